// The first process: what runs, as whom, where, with which environment and terminal.

import { invalid } from '../base/errors.ts'
import type { AccountFacet } from './accounts.ts'
import { ociCapabilities } from './capabilities.ts'
import type { CompleteSpec } from './container-spec.ts'
import { hasVariable, mergeEnvironment } from './environment.ts'
import type { OciFacts } from './facts.ts'
import { notifyVariable } from './notify.ts'
import type { OciProcess } from './oci-config.ts'
import { ociApparmor } from './security.ts'
import type { SystemdMode } from './systemd-mode.ts'
import { ociRlimits } from './ulimits.ts'

export interface ProcessFacet {
  /** undefined: the image's; empty: none. */
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  /** `KEY=value`, later ones win. Complete after create. */
  readonly environment: readonly string[]
  /** Names that the image and the configuration shall not set; `*` for all. */
  readonly unsetEnvironment?: readonly string[]
  readonly workdir?: string
  /** `user[:group]`, names or numbers, resolved against the root file system at start. */
  readonly user?: string
  /** Its words have podAddressMark in them. */
  readonly namesPodAddress?: boolean
  /** Further groups, by name or number. */
  readonly groups?: readonly string[]
  /** --group-add keep-groups: the groups that Gantry itself was called with. Only crun can. */
  readonly isKeepingGroups?: boolean
  readonly hasTerminal: boolean
  readonly isStdinOpen: boolean
  /** --init: a minimal process 1 reaps and forwards signals. */
  readonly init?: boolean
  readonly hostname?: string
  /** Octal text. */
  readonly umask?: string
  readonly accounts?: AccountFacet
  /** Of the host's zoneinfo, or `local`; empty: the image's. */
  readonly timeZone?: string
  /** --env-merge: entries whose values speak of the image's variables. */
  readonly environmentMerge?: readonly string[]
  readonly systemd?: SystemdMode
  /** Another init than the configured one. */
  readonly initPath?: string
  /** Folders inside that programs change their root to: files of ours are mounted there, too. */
  readonly chrootFolders?: readonly string[]
  /** personality(2): LINUX32 makes uname(2) speak of the 32-bit architecture. */
  readonly personality?: Personality
}

export type Personality = (typeof personalities)[number]

const personalities = ['LINUX', 'LINUX32'] as const

/** @throws invalid `personality-invalid` */
export function parsePersonality(text: string): Personality {
  const personality = personalities.find((name) => name === text)
  if (personality !== undefined) return personality
  throw invalid('personality-invalid', `unknown personality ${JSON.stringify(text)}: choose LINUX or LINUX32`)
}

export interface CompleteProcess extends ProcessFacet {
  readonly command: readonly string[]
  readonly init: boolean
  readonly isSystemd: boolean
  readonly workdir: string
  /** The image's workdir is made where it lacks; one that the user named must be there. */
  readonly isWorkdirMade: boolean
}

/** Where --init's program is mounted. */
export const initDestination = '/run/podman-init'

export function ociProcess(spec: CompleteSpec, facts: OciFacts): OciProcess {
  const { process, resources, security } = spec
  const { uid, gid, groups } = facts.user
  const apparmor = ociApparmor(spec, facts)
  const oomScoreAdj = oomScore(resources.oomScoreAdj, facts)
  return {
    terminal: process.hasTerminal,
    ...(facts.windowSize === undefined || !process.hasTerminal
      ? {}
      : { consoleSize: { height: facts.windowSize.rows, width: facts.windowSize.columns } }),
    user: {
      uid,
      gid,
      ...(process.umask === undefined ? {} : { umask: Number.parseInt(process.umask, 8) }),
      additionalGids: groups,
    },
    args: argumentsOf(spec, facts.initPath !== undefined),
    env: environmentOf(spec, facts),
    cwd: facts.workdir,
    capabilities: ociCapabilities(spec, facts),
    rlimits: ociRlimits(spec, facts),
    noNewPrivileges: security.noNewPrivileges,
    ...(apparmor === undefined ? {} : { apparmorProfile: apparmor }),
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
  }
}

/** As execve(2) gets it, but for --init's program. */
function commandLine({ process }: CompleteSpec): string[] {
  const { entrypoint = [] } = process
  const isBlank = entrypoint.length === 1 && entrypoint[0] === ''
  const words = [...(isBlank ? [] : entrypoint), ...process.command]
  return words.length === 0 ? [''] : words
}

/** The init program precedes it where there is one. */
export function argumentsOf(spec: CompleteSpec, hasInit: boolean): string[] {
  const program = commandLine(spec)
  return hasInit ? [initDestination, '--', ...program] : program
}

/** What depends on the user, the host name and the terminal joins last, unless somebody said otherwise. */
function environmentOf({ process }: CompleteSpec, facts: OciFacts): string[] {
  const own = process.environment
  const unset = process.unsetEnvironment ?? []
  const derived = [
    ['HOSTNAME', facts.hostname],
    ['HOME', facts.user.home],
    ...(process.isSystemd ? ([['container_uuid', facts.id.slice(0, 32)]] as const) : []),
  ] as const
  const wanted = derived.filter(([name]) => !hasVariable(own, name) && !unset.includes('*') && !unset.includes(name))
  return mergeEnvironment(
    own,
    wanted.map(([name, value]) => `${name}=${value}`),
    facts.secretEnvironment,
    facts.notifyFolder === undefined ? [] : [notifyVariable],
    facts.activation,
  )
}

/** Without privilege the score may only be raised. */
function oomScore(asked: number | undefined, facts: OciFacts): number | undefined {
  if (asked === undefined) return undefined
  return facts.isRootless ? Math.max(asked, facts.oomScoreAdj) : asked
}
