// The OCI process of an exec session: the container's own, as it was started, with what the session says laid over it.

import { absentAsUndefined } from '../../base/errors.ts'
import type { AliveState } from '../../runtime/live-state.ts'
import { updatedEnvironment } from '../../spec/update.ts'
import type { ExecRequest } from './exec-session.ts'
import { grantableCapabilities } from './host-facts.ts'
import { notRunning } from './lock-container.ts'
import { checkAccountFiles, type ResolvedUser, resolveUser } from './resolve-user.ts'
import { openRoot } from './root-folder.ts'
import type { StoredContainer } from './stored-container.ts'

interface Capabilities {
  bounding?: string[]
  effective?: string[]
  permitted?: string[]
  inheritable?: string[]
  ambient?: string[]
}

/** The part of the OCI runtime spec's `process` that a session changes; the rest is passed through. */
export interface ExecProcess {
  terminal?: boolean
  consoleSize?: unknown
  args: string[]
  env: string[]
  cwd: string
  user: { uid: number; gid: number; additionalGids?: number[]; umask?: number }
  capabilities?: Capabilities
  [key: string]: unknown
}

export interface ExecContext {
  readonly request: ExecRequest
  readonly live: AliveState
  readonly container: StoredContainer
}

/** `own` is the container's process as config.json has it. @throws what resolving the user throws */
export function execProcess(own: ExecProcess, context: ExecContext): ExecProcess {
  const { request, live, container } = context
  const { consoleSize: _, ...rest } = own
  const user = lookUp(live.pid, request.user)
  const isRoot = (user?.uid ?? own.user.uid) === 0
  return {
    ...rest,
    terminal: request.hasTerminal,
    args: [...request.command],
    env: sessionEnvironment(updatedEnvironment(own.env, container.record.update ?? {}), { request, user, container }),
    cwd: request.workdir ?? own.cwd,
    ...(user === undefined
      ? {}
      : { user: { ...own.user, uid: user.uid, gid: user.gid, additionalGids: [...user.groups] } }),
    ...capabilitiesOf(own.capabilities, {
      isPrivileged: request.isPrivileged,
      isRoot,
      isOtherUser: request.user !== undefined && request.user !== container.stored.spec.process.user,
    }),
  }
}

/** In the container, as it is now; undefined where nobody else is asked for. */
function lookUp(pid: number, text: string | undefined): ResolvedUser | undefined {
  using root = absentAsUndefined(() => openRoot(`/proc/${pid}/root`))
  // The container has just ended.
  if (root === undefined) throw notRunning()
  if (text !== undefined) return resolveUser(root, text)
  checkAccountFiles(root)
  return undefined
}

interface EnvironmentFacts {
  readonly request: ExecRequest
  readonly user: ResolvedUser | undefined
  readonly container: StoredContainer
}

/** HOME follows the user unless somebody set it; a terminal has a TERM. */
function sessionEnvironment(own: readonly string[], { request, user, container }: EnvironmentFacts): string[] {
  const merged = new Map(own.map((entry) => [nameOf(entry), entry]))
  const isHomeSet = container.stored.spec.process.environment.some((entry) => nameOf(entry) === 'HOME')
  if (user !== undefined && !isHomeSet) merged.set('HOME', `HOME=${user.home}`)
  if (request.hasTerminal && !merged.has('TERM')) merged.set('TERM', 'TERM=xterm')
  for (const entry of request.environment) merged.set(nameOf(entry), entry)
  return [...merged.values()]
}

function nameOf(entry: string): string {
  const equals = entry.indexOf('=')
  return equals === -1 ? entry : entry.slice(0, equals)
}

interface Privileges {
  readonly isPrivileged: boolean
  readonly isRoot: boolean
  readonly isOtherUser: boolean
}

/**
 * As podman: root gets what the bounds allow; the container's own user what its first process has; anybody else nothing, as execve(2) would
 * leave it, also with --privileged, which widens the bounds only.
 */
function capabilitiesOf(own: Capabilities | undefined, privileges: Privileges): { capabilities?: Capabilities } {
  const bounding = privileges.isPrivileged ? grantableCapabilities() : own?.bounding
  if (bounding === undefined) return {}
  if (privileges.isRoot) return { capabilities: { bounding, effective: bounding, permitted: bounding } }
  if (!privileges.isOtherUser && own !== undefined) return { capabilities: { ...own, bounding } }
  return { capabilities: { bounding, effective: [], permitted: [], inheritable: [], ambient: [] } }
}
