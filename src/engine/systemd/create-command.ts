// The command that made a container or pod, read again by the front door that knows its flags: a unit repeats it, and so does auto-update.

export interface CreateCommand {
  /** `container run`, `pod create`. */
  readonly name: string
  /** Those before the command's words, in `--name=value` form. */
  readonly globalFlags: readonly string[]
  readonly flags: readonly CreateFlag[]
  /** Image and command; of a pod its name, if that is no flag. */
  readonly args: readonly string[]
}

export interface CreateFlag {
  /** As typed: `-dit`, or `--name` and `web`. */
  readonly words: readonly string[]
  readonly settings: readonly { readonly name: string; readonly value: string }[]
}

/** Undefined for what is no command of ours. */
export type ReadCreateCommand = (words: readonly string[]) => Promise<CreateCommand | undefined>

/** The last value; undefined where it was not given. */
export function flagValue({ flags }: CreateCommand, name: string): string | undefined {
  return flagValues({ flags }, name).at(-1)
}

function flagValues({ flags }: Pick<CreateCommand, 'flags'>, name: string): string[] {
  return flags.flatMap(({ settings }) => settings.flatMap((one) => (one.name === name ? [one.value] : [])))
}

/** Whether it can be repeated to make a container. */
export function makesContainer(command: CreateCommand | undefined): command is CreateCommand {
  return command !== undefined && /(^| )(run|create)$/.test(command.name)
}

/** What `-e NAME` took from the environment: `NAME=value`. `environment` is the container's. */
export function passedVariables(command: CreateCommand, environment: readonly string[]): string[] {
  const names = flagValues(command, 'env').filter((text) => !text.includes('='))
  return environment.filter((entry) => names.includes(entry.split('=')[0] as string))
}

/** The words of its flags, but for those of these names. */
export function flagWords({ flags }: CreateCommand, without: ReadonlySet<string>): string[] {
  const kept = flags.filter(({ settings }) => !settings.every(({ name }) => without.has(name)))
  return kept.flatMap(({ words }) => words)
}
