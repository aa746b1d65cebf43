// What a Dockerfile says, instruction by instruction. A word is text as written: quotes, escapes and variables are still in it until
// `scope.ts` expands the instruction; then the same types hold plain strings.

/** Lines count from 1, as an editor shows them. */
export interface SourceRange {
  readonly startLine: number
  readonly endLine: number
}

/** A file written in the Dockerfile itself: `<<NAME … NAME`. */
export interface Heredoc {
  readonly name: string
  readonly content: string
  /** As in the file, where that is not the content: with the tabs that `<<-` takes away. History says it. */
  readonly written?: string
  /** Variables in it are the builder's to expand: its name was not quoted. */
  readonly isExpanded: boolean
}

export type Command =
  | { readonly form: 'exec'; readonly words: readonly string[] }
  /** For the stage's shell; a heredoc's own script starts with `<<`, as written. */
  | { readonly form: 'shell'; readonly text: string; readonly heredocs: readonly Heredoc[] }

export interface Pair {
  readonly name: string
  readonly value: string
}

interface Common {
  readonly range: SourceRange
  /** As written, lines joined, without the keyword's own spelling changed: what history shows. */
  readonly original: string
  /** The lines with `#` directly above it, without the sign: descriptions, and `check=` for this instruction alone. */
  readonly comments?: readonly string[]
  /** Blank lines inside it: BuildKit warns of them. */
  readonly hasBlankContinuation?: true
}

export interface FromInstruction extends Common {
  readonly kind: 'from'
  readonly image: string
  readonly platform?: string
  /** In lower case. */
  readonly name?: string
}

export interface ArgInstruction extends Common {
  readonly kind: 'arg'
  readonly args: readonly { readonly name: string; readonly value?: string }[]
}

export interface EnvInstruction extends Common {
  readonly kind: 'env'
  readonly pairs: readonly Pair[]
}

export interface LabelInstruction extends Common {
  readonly kind: 'label'
  readonly pairs: readonly Pair[]
}

export interface RunInstruction extends Common {
  readonly kind: 'run'
  readonly command: Command
  /** Each `--mount`, as written; `run-mount.ts` reads it after expansion. */
  readonly mounts: readonly string[]
  readonly network?: string
  readonly security?: string
  readonly devices: readonly string[]
}

export interface CopyInstruction extends Common {
  readonly kind: 'copy' | 'add'
  readonly sources: readonly string[]
  /** Sources that the Dockerfile itself holds; their names are their file names. */
  readonly heredocs: readonly Heredoc[]
  readonly target: string
  readonly from?: string
  readonly chown?: string
  readonly chmod?: string
  readonly isLink: boolean
  readonly keepsParents: boolean
  readonly excluded: readonly string[]
  /** ADD of a URL. */
  readonly checksum?: string
  readonly keepsGitFolder: boolean
  /** ADD: unset as usual (local archives are, downloaded ones are not). */
  readonly isUnpacked?: boolean
}

export interface CommandInstruction extends Common {
  readonly kind: 'cmd' | 'entrypoint'
  readonly command: Command
}

export interface ShellInstruction extends Common {
  readonly kind: 'shell'
  readonly words: readonly string[]
}

export interface TextInstruction extends Common {
  readonly kind: 'workdir' | 'user' | 'stopsignal' | 'maintainer'
  readonly text: string
}

export interface ListInstruction extends Common {
  readonly kind: 'expose' | 'volume'
  readonly words: readonly string[]
}

export interface HealthcheckInstruction extends Common {
  readonly kind: 'healthcheck'
  /** `none` switches off what the base image checks. */
  readonly command: Command | 'none'
  readonly intervalNs?: number
  readonly timeoutNs?: number
  readonly startPeriodNs?: number
  readonly startIntervalNs?: number
  readonly retries?: number
}

export interface OnbuildInstruction extends Common {
  readonly kind: 'onbuild'
  /** The instruction for a later build, as written. */
  readonly text: string
}

export type Instruction =
  | ArgInstruction
  | EnvInstruction
  | LabelInstruction
  | RunInstruction
  | CopyInstruction
  | CommandInstruction
  | ShellInstruction
  | TextInstruction
  | ListInstruction
  | HealthcheckInstruction
  | OnbuildInstruction

export interface Stage {
  readonly index: number
  readonly from: FromInstruction
  readonly instructions: readonly Instruction[]
}

export interface Dockerfile {
  /** How errors name it. */
  readonly path: string
  /** For errors: see `errorAt` of source-error.ts. */
  readonly lines: readonly string[]
  /** Of `# escape=`; a backslash unless said. */
  readonly escape: '\\' | '`'
  readonly syntax?: string
  /** Of `# check=`. */
  readonly check?: string
  /** ARGs before the first FROM. */
  readonly globalArgs: readonly ArgInstruction[]
  readonly stages: readonly Stage[]
}
