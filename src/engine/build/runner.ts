// RUN: one process in the root file system of a step, by the OCI runtime itself. No monitor watches it, for its maker does; no record speaks of
// it, for it ends with its maker: what a killed build leaves is found by its workshop.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { isUnifiedCgroup, killCgroup } from '../../os/cgroup.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { nothing, spawnProcess } from '../../os/spawn.ts'
import { killByMounts } from '../../os/stray-processes.ts'
import { deleteByRuntime } from '../../runtime/delete.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { runtimeError } from '../../runtime/runtime-error.ts'
import { completeSpec } from '../../spec/complete.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import type { Mount } from '../../spec/mounts.ts'
import type { NetworkMode } from '../../spec/namespaces.ts'
import { defaultUser } from '../../spec/user-namespace.ts'
import { paths } from '../../state/layout.ts'
import { currentSchema } from '../../state/record.ts'
import { readBundleConfig } from '../container/bundle-config.ts'
import { cgroupPathOf } from '../container/cgroup-path.ts'
import { takeDownOverlays } from '../container/overlay-mounts.ts'
import { defaultNetworkMode, resolveNetwork } from '../container/resolve-network.ts'
import { networkTeardown, type SetUpNetwork, setUpNetwork } from '../container/set-up-network.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import { userSituation } from '../container/user-situation.ts'
import { type Bundle, writeBundle } from '../container/write-bundle.ts'
import type { Engine } from '../engine.ts'
import type { RunSettings } from './run-settings.ts'
import { type Bench, type Workshop, workshopPrefix } from './workshop.ts'

export interface RunRequest {
  readonly bench: Bench
  readonly words: readonly string[]
  readonly environment: readonly string[]
  readonly user: string | undefined
  readonly workdir: string
  readonly mounts: readonly Mount[]
  /** That of the flags unless said. */
  readonly network?: NetworkMode
  readonly isPrivileged: boolean
  /** Its standard streams are a terminal. */
  readonly hasTerminal?: boolean
  /** Descriptors for what it says, and for what it reads: nothing unless given. */
  readonly output: { readonly stdin?: number; readonly stdout: number; readonly stderr: number }
}

export interface RunOutcome {
  readonly exitCode: number
  /** Where something was mounted, and may have left its point. */
  readonly mountPoints: readonly string[]
}

/** Runs one step after another; what connects them to the network is set up once. */
export interface Runner {
  /** @throws as writeBundle, setUpNetwork and the runtime; canceled */
  run(request: RunRequest): Promise<RunOutcome>
}

export function openRunner(
  engine: Engine,
  workshop: Omit<Workshop, keyof AsyncDisposable>,
  settings: RunSettings,
): Runner {
  let connected: { readonly key: string; readonly network: SetUpNetwork } | undefined
  const connect = async (container: StoredContainer): Promise<SetUpNetwork> => {
    const key = JSON.stringify(container.stored.spec.namespaces.network)
    if (connected?.key === key) return connected.network
    if (connected !== undefined) for (const step of networkTeardown(engine, workshop.id)) await step()
    connected = undefined
    const network = await setUpNetwork(engine, container)
    connected = { key, network }
    return network
  }
  return {
    async run(request) {
      const container = containerOf(engine, workshop, { settings, request })
      makeFolders(paths.runContainer(engine.at, workshop.id), 0o700)
      const network = await connect(container)
      const facts = { rootfs: request.bench.merged, network: network.facts }
      const bundle = await writeBundle(engine, container, facts)
      const exitCode = await runBundle(engine, container, { bundle, output: request.output }).finally(() => {
        takeDownOverlays(engine, workshop.id)
      })
      const mounts = readBundleConfig(engine.at, workshop.id)?.mounts ?? []
      return { exitCode, mountPoints: mounts.map(({ destination }) => destination) }
    },
  }
}

interface Asked {
  readonly id: string
  readonly settings: RunSettings
  readonly request: RunRequest
}

function containerOf(engine: Engine, { id }: Pick<Workshop, 'id'>, asked: Omit<Asked, 'id'>): StoredContainer {
  const { containerDefaults, isRootless, runtime, cgroupManager, globalFlags } = engine.settings
  const wanted = resolveNetwork(engine, specOf({ ...asked, id }), [])
  const user = defaultUser(wanted.namespaces.user ?? containerDefaults.userNamespace, userSituation(isRootless))
  const spec = completeSpec(wanted, {
    name: id,
    image: undefined,
    defaults: { ...containerDefaults, hasInit: false, isRootReadOnly: false },
    isUnifiedCgroup: isUnifiedCgroup(),
    defaultNetwork: defaultNetworkMode(engine),
    defaultUser: user,
  })
  const schema = currentSchema
  const createdAt = engine.clock.now()
  return {
    id,
    name: id,
    record: { schema, id, name: id, last: { status: 'created' }, restartCount: 0, isStoppedByUser: false },
    stored: { schema, id, createdAt, spec, layers: [], runtime, cgroupManager, globalFlags },
    live: { status: 'created', isUnsettled: false },
  }
}

function specOf({ id, settings, request }: Asked): ContainerSpec {
  const { bench, words, environment, user, workdir, mounts, network, isPrivileged } = request
  const { shmBytes } = settings
  return {
    // A folder as it is: nothing of ours is put into it.
    source: { kind: 'rootfs', path: bench.merged, isOverlay: false },
    labels: {},
    annotations: {},
    process: {
      entrypoint: [],
      command: words,
      environment: [...settings.environment, ...environment],
      workdir,
      ...(user === undefined ? {} : { user }),
      hasTerminal: request.hasTerminal === true,
      isStdinOpen: false,
      ...groupsOf(settings.groups),
      systemd: 'false',
      ...(namesHost(settings) ? { hostname: id.slice(workshopPrefix.length, workshopPrefix.length + 12) } : {}),
    },
    namespaces: { ...settings.namespaces, ...(network === undefined ? {} : { network }) },
    ...(settings.network === undefined ? {} : { network: settings.network }),
    mounts: {
      mounts: [...settings.mounts, ...mounts],
      volumesFrom: [],
      ...(shmBytes === undefined ? {} : { shmBytes }),
    },
    devices: settings.devices,
    resources: settings.resources,
    cgroup: settings.cgroup,
    security: { ...settings.security, isPrivileged: settings.security.isPrivileged || isPrivileged },
    log: { driver: 'none', options: {} },
    stop: {},
    isAutoRemoved: true,
    restart: { policy: 'no' },
    createCommand: [],
  }
}

/** `keep-groups`: those that we have. */
function groupsOf(groups: readonly string[] = []): Pick<ContainerSpec['process'], 'groups' | 'isKeepingGroups'> {
  if (groups.includes('keep-groups')) return { isKeepingGroups: true }
  return groups.length === 0 ? {} : { groups }
}

/** One that has a host name of its own. */
function namesHost({ namespaces }: RunSettings): boolean {
  return namespaces.uts === undefined || namespaces.uts.kind === 'private'
}

interface Running {
  readonly bundle: Bundle
  readonly output: RunRequest['output']
}

async function runBundle(engine: Engine, container: StoredContainer, running: Running): Promise<number> {
  const { bundle, output } = running
  const runtime = runtimeOf(engine.at, container.stored)
  const log = join(bundle.path, 'runtime.log')
  const words = ['--log', log, 'run', '--bundle', bundle.path, container.id]
  // A step that was killed before us may have left it.
  await deleteByRuntime(engine.at, runtime, container.id)
  const child = spawnProcess(runtime.path, [...runtime.globalArguments, ...words], {
    fds: [output.stdin ?? nothing, output.stdout, output.stderr],
    filter: bundle.callFilter,
  })
  const stop = () => void killStep(engine, container)
  engine.signal.addEventListener('abort', stop, { once: true })
  try {
    if (engine.signal.aborted) stop()
    const { exitCode } = await child.end()
    engine.signal.throwIfAborted()
    const said = exitCode === 0 ? undefined : absentAsUndefined(() => readFileSync(log, 'utf8'))
    if (said !== undefined && /level=(?:error|fatal)/.test(said)) throw runtimeError(runtime.name, said)
    return exitCode
  } finally {
    engine.signal.removeEventListener('abort', stop)
  }
}

/** The runtime ends when its container does. */
async function killStep(engine: Engine, container: StoredContainer): Promise<void> {
  const group = cgroupPathOf(engine, container)
  if (group === undefined) await killByMounts(container.id)
  else await killCgroup(group)
}
