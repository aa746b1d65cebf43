// The commands as docker has them, where a flag means something else than podman's of that name, or podman has none. What is printed
// otherwise is asked of `isDocker` at that place.

import { EngineError, invalid } from '../base/errors.ts'
import type { AnyCommand, Invocation, OptionTable } from './command.ts'

type Values = Invocation<OptionTable>['options']

interface Difference {
  readonly options: (podmans: OptionTable) => OptionTable
  /** docker's values → those that the command knows. */
  readonly values: (given: Values) => Values
}

/** @throws when run: invalid `flag-invalid`; unsupported `docker-host-refused` */
export function asDocker(path: readonly string[], command: AnyCommand): AnyCommand {
  const { options, values } = differences[path.join(' ').replace(/^container /, '')] ?? noDifference
  const run = command.run as (open: unknown, invocation: Invocation<OptionTable>) => Promise<number | undefined>
  return {
    ...command,
    options: options(command.options),
    run: async (open, invocation: Invocation<OptionTable>) => {
      refuseOtherHosts(process.env)
      return run(open, { ...invocation, options: values(invocation.options) })
    },
  }
}

const noDifference: Difference = { options: (podmans) => podmans, values: (given) => given }

/** Whoever means another machine must not work on this one. A socket of this one is what we stand in for. */
function refuseOtherHosts(environment: NodeJS.ProcessEnv): void {
  const { DOCKER_HOST: host = '', DOCKER_CONTEXT: context = '' } = environment
  const name = !['', 'default'].includes(context)
    ? `DOCKER_CONTEXT=${context}`
    : host !== '' && !host.startsWith('unix://')
      ? `DOCKER_HOST=${host}`
      : undefined
  if (name === undefined) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'docker-host-refused',
    message: `${name} is not supported: Gantry works on this machine, without a service`,
    hint: `Unset it: env -u ${name.replace(/=.*/, '')} docker …`,
  })
}

/** docker writes no other images than its own, which alone hold health checks and a comment. */
function inDockersFormat(podmans: OptionTable): OptionTable {
  const { format } = podmans
  return format?.type === 'string' ? { ...podmans, format: { ...format, default: 'docker' } } : podmans
}

const build: Difference = { options: inDockersFormat, values: (given) => given }

const differences: Readonly<Record<string, Difference>> = {
  build,
  'builder build': build,
  'buildx build': build,
  'image build': build,
  commit: {
    options: (podmans) => ({
      ...inDockersFormat(podmans),
      pause: { type: 'boolean', short: 'p', default: true, describe: 'Pause container during commit' },
      'no-pause': { type: 'boolean', describe: 'Do not pause the container' },
    }),
    values: (given) => ({ ...given, pause: given['pause'] === true && given['no-pause'] !== true }),
  },
  cp: {
    options: (podmans) => ({
      ...podmans,
      'follow-link': { type: 'boolean', short: 'L', describe: 'Follow a link in the source path: always done' },
      quiet: { type: 'boolean', short: 'q', describe: 'Show no progress: none is shown' },
    }),
    values: (given) => given,
  },
  logs: {
    options: ({ names: _, ...podmans }) => ({
      ...podmans,
      tail: { type: 'string', short: 'n', default: 'all', describe: 'Output this many lines at the end of the logs' },
    }),
    values: (given) => ({ ...given, tail: lineCount(String(given['tail'])) }),
  },
  rm: {
    options: (podmans) => podmans,
    // docker waits for nobody: SIGKILL at once.
    values: (given) => (given['force'] === true && given['time'] === undefined ? { ...given, time: 0 } : given),
  },
  'volume prune': {
    options: (podmans) => ({
      ...podmans,
      all: { type: 'boolean', short: 'a', describe: 'Remove all unused volumes, not just anonymous ones' },
    }),
    values: (given) => ({
      ...given,
      filter: [...(given['filter'] as unknown as string[]), ...(given['all'] === true ? [] : ['anonymous=true'])],
    }),
  },
}

function lineCount(text: string): number {
  if (text === 'all') return -1
  if (/^-?\d+$/.test(text)) return Number(text)
  throw invalid('flag-invalid', `invalid argument "${text}" for "-n, --tail" flag: it is "all" or a number of lines`)
}
