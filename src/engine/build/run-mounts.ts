// `RUN --mount`: what one step sees beside its root file system, and nothing of which becomes a layer. Sources are resolved inside their tree: a link
// in it leads nowhere else.

import { chmodSync, copyFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import type { BindMount as RunBind, RunMount, SecretMount, SshMount, TmpfsMount } from '../../dockerfile/run-mount.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { native } from '../../os/native.ts'
import { removeTree } from '../../os/remove-tree.ts'
import type { Mount } from '../../spec/mounts.ts'
import { paths } from '../../state/layout.ts'
import type { BuildSession } from './build-session.ts'
import { holdCache } from './cache-mount.ts'
import { sourceIn } from './source-in.ts'
import type { Workshop } from './workshop.ts'

export interface MountPlace {
  readonly session: BuildSession
  readonly workshop: Workshop
  /** Of the stage: its earlier ones can be named. */
  readonly index: number
}

/** What they come to: kept until disposed. */
export interface ReadyMounts extends AsyncDisposable {
  readonly mounts: readonly Mount[]
  /** `NAME=value` that no history has. */
  readonly environment: readonly string[]
}

/** @throws not-found `mount-source-missing`, `secret-missing`, `ssh-missing`; what opening a source throws */
export async function readyMounts(place: MountPlace, wanted: readonly RunMount[]): Promise<ReadyMounts> {
  await using cleanup = new AsyncDisposableStack()
  const mounts: Mount[] = []
  const environment: string[] = []
  // Caches are locked in the order of their names, as all locks are.
  const order = wanted.toSorted((a, b) => (a.type === 'cache' && b.type === 'cache' ? (a.id < b.id ? -1 : 1) : 0))
  for (const [index, mount] of order.entries()) {
    const ready = await readyOne({ ...place, number: index }, mount, cleanup)
    mounts.push(...ready.mounts)
    environment.push(...ready.environment)
  }
  const rest = cleanup.move()
  return { mounts, environment, [Symbol.asyncDispose]: async () => rest.disposeAsync() }
}

interface NumberedPlace extends MountPlace {
  readonly number: number
}

interface Ready {
  readonly mounts: readonly Mount[]
  readonly environment: readonly string[]
}

const nothing: Ready = { mounts: [], environment: [] }

/** Of mount(8), and no others: what goes on to the runtime must not bring options of its own (CVE-2024-9407). */
const knownOptions = new Set(
  'bind rbind ro rw suid nosuid dev nodev exec noexec shared rshared slave rslave private rprivate relatime norelatime z Z U'.split(
    ' ',
  ),
)

function checkOptions(options: readonly string[]): void {
  const unknown = options.find((option) => !knownOptions.has(option))
  if (unknown === undefined) return
  throw invalid('mount-invalid', `--mount: ${JSON.stringify(unknown)} is no option of a mount`)
}

async function readyOne(place: NumberedPlace, mount: RunMount, cleanup: AsyncDisposableStack): Promise<Ready> {
  if ('options' in mount) checkOptions(mount.options)
  switch (mount.type) {
    case 'bind':
      return bind(place, mount)
    case 'cache': {
      const held = cleanup.use(await holdCache(place.session, mount, place.index))
      const options = [mount.isReadOnly ? 'ro' : 'rw', ...mount.options]
      return { mounts: [{ kind: 'bind', source: held.folder, destination: mount.target, options }], environment: [] }
    }
    case 'tmpfs':
      return { mounts: [tmpfs(mount)], environment: [] }
    case 'secret':
      return secret(place, mount, cleanup)
    case 'ssh':
      return ssh(place, mount, cleanup)
  }
}

async function bind({ session, workshop, index, number }: NumberedPlace, mount: RunBind): Promise<Ready> {
  const { from, target, isReadOnly, source: wanted = '/' } = mount
  const named = await session.trees.find(session, from, index)
  const source = sourceIn(await named.open(), wanted)
  const isFolder = statSync(source).isDirectory()
  const options = [...mount.options, ...(mount.chowns ? ['U'] : [])]
  // What is written to it is nobody's: it goes with the step.
  if (!isReadOnly && isFolder) {
    return { mounts: [{ kind: 'bind', source, destination: target, options: [...options, 'O'] }], environment: [] }
  }
  const copy = join(workshop.folder, `bound-${number}`)
  if (!isReadOnly) copyFileSync(source, copy)
  const access = isReadOnly ? ['ro'] : ['rw']
  const shown = isReadOnly ? source : copy
  return {
    mounts: [{ kind: 'bind', source: shown, destination: target, options: [...options, ...access] }],
    environment: [],
  }
}

function tmpfs({ target, sizeBytes, mode, copiesUp, options }: TmpfsMount): Mount {
  const own = [
    ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`]),
    ...(mode === undefined ? [] : [`mode=${mode.toString(8)}`]),
    ...(copiesUp ? ['tmpcopyup'] : []),
  ]
  return { kind: 'tmpfs', destination: target, options: [...options, ...own] }
}

function secret(place: NumberedPlace, mount: SecretMount, cleanup: AsyncDisposableStack): Ready {
  const found = place.session.request.secrets.find(({ id }) => id === mount.id)
  if (found === undefined) {
    if (!mount.isRequired) return nothing
    throw missing(
      'secret-missing',
      `secret required but no secret with id ${mount.id} found`,
      `--secret id=${mount.id},src=FILE`,
    )
  }
  const content = found.read()
  const { target, env } = mount
  const environment = env === undefined ? [] : [`${env}=${content.toString()}`]
  if (target === undefined) return { mounts: [], environment }
  const source = secretFile(place, mount, content)
  cleanup.defer(() => removeTree(source))
  return { mounts: [{ kind: 'bind', source, destination: target, options: ['ro'] }], environment }
}

/** Below $RUN, which is memory where the system is set up as usual; only for the time of the step. */
function secretFile({ session, workshop, number }: NumberedPlace, mount: SecretMount, content: Buffer): string {
  const { uid = 0, gid = 0, mode = 0o400 } = mount
  const path = join(paths.runContainer(session.engine.at, workshop.id), 'build-secrets', String(number))
  makeFolders(dirname(path), 0o755)
  writeFileSync(path, content, { mode: 0o600 })
  native().lchown(path, uid, gid)
  chmodSync(path, mode)
  return path
}

async function ssh(place: NumberedPlace, mount: SshMount, cleanup: AsyncDisposableStack): Promise<Ready> {
  const found = place.session.request.ssh.find(({ id }) => id === mount.id)
  if (found === undefined) {
    if (!mount.isRequired) return nothing
    throw missing('ssh-missing', `no ssh key or agent with id ${mount.id} was forwarded`, `--ssh ${mount.id}=SOCKET`)
  }
  const { sshSocket } = await import('./ssh-socket.ts')
  const source = await sshSocket(place.session.engine, { source: found, owner: mount }, cleanup)
  const destination = mount.target ?? `/run/buildkit/ssh_agent.${place.number}`
  return {
    mounts: [{ kind: 'bind', source, destination, options: ['rw'] }],
    environment: [`SSH_AUTH_SOCK=${destination}`],
  }
}

function missing(code: string, message: string, hint: string): EngineError {
  return new EngineError({ kind: 'not-found', code, message, hint: `Give it: ${hint}` })
}
