// Why a container's process is denied a path: whose it is on the host and in the container, who the process is here and there, and what would help.

import { lstatSync, readFileSync, type Stats } from 'node:fs'
import { join, posix } from 'node:path'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { ociCapabilities } from '../../spec/capabilities.ts'
import type { IdMappings, ResolvedUser } from '../../spec/facts.ts'
import { insideId, mappedId, outsideId } from '../../spec/id-mapping.ts'
import { mountIdMaps } from '../../spec/mount-id-map.ts'
import { completeMount, type Mount, sourceOf } from '../../spec/mounts.ts'
import { idMappings } from '../../spec/user-namespace.ts'
import type { Layout } from '../../state/layout.ts'
import { volumeMountpoint } from '../../volume/mount-volume.ts'
import { readVolume } from '../../volume/volume-store.ts'
import { hostFacts } from '../container/host-facts.ts'
import { hostId, hostUser } from '../container/host-user.ts'
import { lockContainer } from '../container/lock-container.ts'
import { resolveUserIn } from '../container/resolve-user.ts'
import { openRoot, pathInRoot } from '../container/root-folder.ts'
import { setUpRootfs, takeDownRootfs } from '../container/rootfs.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import { userSituation } from '../container/user-situation.ts'
import type { Engine } from '../engine.ts'
import { type Accessor, type Denial, denials, type PathStep } from './path-access.ts'
import { type Ownership, type PathPlace, type Remedy, remedyFor } from './path-remedy.ts'

export interface Identity {
  readonly uid: number | undefined
  readonly gid: number | undefined
}

export interface PathReport {
  readonly container: string
  /** Inside. */
  readonly path: string
  readonly hostPath: string
  /** As `-v` would say it; undefined in the container's own layer. */
  readonly mount: string | undefined
  /** Octal. */
  readonly mode: string
  readonly owner: { readonly onHost: Identity; readonly inContainer: Identity }
  readonly process: { readonly onHost: Identity; readonly inContainer: Identity }
  /** `read`, `write`, `search /folder`; empty when there is nothing to mend. */
  readonly denied: readonly string[]
  readonly remedy: Remedy | undefined
}

/** @throws not-found `path-missing`, `container-unknown`; invalid `user-unknown`, `arguments-invalid` */
export async function examinePath(engine: Engine, target: StoredContainer, path: string): Promise<PathReport> {
  if (!path.startsWith('/')) {
    throw new EngineError({
      kind: 'invalid',
      code: 'arguments-invalid',
      message: `the path must be one inside the container, and absolute: ${JSON.stringify(path)}`,
    })
  }
  using locked = await lockContainer(engine, target)
  const { container } = locked
  const rootfs = setUpRootfs(engine, container)
  try {
    return report(engine, container, { rootfs, path: posix.normalize(path) })
  } finally {
    if (!isAlive(container.live)) takeDownRootfs(engine, container)
  }
}

interface Looked {
  readonly rootfs: string
  readonly path: string
}

function report(engine: Engine, container: StoredContainer, { rootfs, path }: Looked): PathReport {
  const { spec } = container.stored
  const mappings = idMappings(spec.namespaces.user, userSituation(engine.settings.isRootless))
  const user = resolveUserIn(rootfs, spec.process.user ?? '', spec.process.groups)
  const mount = mountOver(spec.mounts.mounts, path)
  const top = topOf(engine.at, mount, rootfs)
  const found = walk(top, posix.relative(mount?.destination ?? '/', path))
  if (found === undefined) throw missing(container.name, path)
  const maps = mount === undefined ? undefined : mountIdMaps(mount, mappings)
  const way = found.map((step) => seen(step, mappings, maps))
  const end = found.at(-1) as Step
  const who = accessorOf(engine, container, user)
  const place: PathPlace = { mount: placeOf(mount), hostPath: end.path }
  const modeDenials = denials(way, who)
  const isReadOnly = place.mount?.isReadOnly ?? spec.mounts.isRootReadOnly
  const [first] = modeDenials
  const helped =
    first === undefined ? undefined : remedyFor(first, who, { place, owner: ownershipOf(engine, end.stat) })
  return {
    container: container.name,
    path,
    hostPath: end.path,
    mount: place.mount?.text,
    mode: (end.stat.mode & 0o7777).toString(8).padStart(4, '0'),
    owner: { onHost: hostOwner(end), inContainer: identityOf(way.at(-1) as PathStep) },
    process: { onHost: onHost(user, mappings), inContainer: { uid: user.uid, gid: user.gid } },
    denied: deniedWords(modeDenials, { end, isReadOnly }),
    remedy: helped ?? (isReadOnly ? writableRemedy(place) : undefined),
  }
}

function deniedWords(
  list: readonly Denial[],
  { end, isReadOnly }: { readonly end: Step; readonly isReadOnly: boolean },
): string[] {
  const words = list.map(({ right, step }) => (step.path === end.path ? right : `${right} ${step.path}`))
  return isReadOnly && !words.includes('write') ? [...words, 'write'] : words
}

interface Step {
  readonly path: string
  readonly stat: Stats
}

/** Links are followed inside the mount, as the process would, by the kernel; each folder on the way counts. */
function walk(top: string, relative: string): Step[] | undefined {
  using root = openRoot(top)
  const real = relative === '' ? top : pathInRoot(root, relative)
  if (real === undefined) return undefined
  const names = posix.relative(top, real).split('/').filter(Boolean)
  const paths = [top, ...names.map((_, index) => join(top, ...names.slice(0, index + 1)))]
  const steps = paths.flatMap((path) => {
    const stat = absentAsUndefined(() => lstatSync(path))
    return stat === undefined ? [] : [{ path, stat }]
  })
  return steps.length === paths.length ? steps : undefined
}

/** The one that the kernel would meet last on the way. */
function mountOver(mounts: readonly Mount[], path: string): Mount | undefined {
  const holds = ({ destination }: Mount) => path === destination || path.startsWith(`${destination}/`)
  return mounts.filter(holds).sort((a, b) => b.destination.length - a.destination.length)[0]
}

function topOf(at: Layout, mount: Mount | undefined, rootfs: string): string {
  if (mount === undefined) return rootfs
  if (mount.kind === 'bind') return mount.source
  const record = mount.kind === 'volume' ? readVolume(at, mount.name) : undefined
  const top = record === undefined ? undefined : volumeMountpoint(at, record)
  if (top === undefined) throw hidden(mount)
  return mount.kind === 'volume' && mount.subPath !== undefined ? join(top, mount.subPath) : top
}

function placeOf(mount: Mount | undefined): PathPlace['mount'] {
  if (mount === undefined) return undefined
  const source = sourceOf(mount) ?? mount.kind
  return {
    kind: mount.kind,
    text: `${source}:${mount.destination}`,
    isReadOnly: completeMount(mount).options.includes('ro'),
  }
}

/** `maps`: those of the mount (option `idmap`), if it has some. */
function seen({ path, stat }: Step, mappings: IdMappings | undefined, maps: IdMappings | undefined): PathStep {
  const idOf = (kind: 'uid' | 'gid', half: 'uids' | 'gids') => {
    const shown = maps === undefined ? stat[kind] : mappedId(stat[kind], maps[half])
    return shown === undefined || hostId(kind, shown) === undefined
      ? undefined
      : insideId(shown, mappings?.[half] ?? [])
  }
  return {
    path,
    uid: idOf('uid', 'uids'),
    gid: idOf('gid', 'gids'),
    mode: stat.mode & 0o777,
    isFolder: stat.isDirectory(),
  }
}

/** Of the process as it runs, where it does: programs become others. */
function accessorOf(engine: Engine, { live, stored }: StoredContainer, user: ResolvedUser): Accessor {
  const configured = ociCapabilities(stored.spec, hostFacts(engine.settings.isRootless))
  const running = isAlive(live) ? effectiveBits(live.pid) : undefined
  const isExcused =
    running === undefined
      ? user.uid === 0 && configured.effective.includes('CAP_DAC_OVERRIDE')
      : (running & dacOverride) !== 0n
  return { uid: user.uid, gid: user.gid, groups: user.groups, isExcused }
}

/** CAP_DAC_OVERRIDE is capability 1. */
const dacOverride = 2n

function effectiveBits(pid: number): bigint | undefined {
  const status = absentAsUndefined(() => readFileSync(`/proc/${pid}/status`, 'utf8'))
  const digits = status === undefined ? undefined : /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  return digits === undefined ? undefined : BigInt(`0x${digits}`)
}

function hostOwner({ stat }: Step): Identity {
  return { uid: hostId('uid', stat.uid), gid: hostId('gid', stat.gid) }
}

function identityOf({ uid, gid }: PathStep): Identity {
  return { uid, gid }
}

function onHost({ uid, gid }: ResolvedUser, mappings: IdMappings | undefined): Identity {
  return {
    uid: hostId('uid', outsideId(uid, mappings?.uids ?? [])),
    gid: hostId('gid', outsideId(gid, mappings?.gids ?? [])),
  }
}

function ownershipOf(engine: Engine, stat: Stats): Ownership {
  return {
    hostUid: hostId('uid', stat.uid),
    hostGid: hostId('gid', stat.gid),
    ownUid: engine.settings.isRootless ? hostUser().uid : undefined,
  }
}

function writableRemedy({ mount }: PathPlace): Remedy {
  return mount === undefined
    ? { words: '--read-only=false', reason: "the container's root file system is read-only" }
    : { words: `-v ${mount.text}:rw`, reason: 'it is mounted read-only' }
}

function missing(name: string, path: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'path-missing',
    message: `container '${name}' has no '${path}'`,
  })
}

function hidden(mount: Mount): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'path-hidden',
    message: `what is mounted at '${mount.destination}' can be seen from inside only`,
  })
}
