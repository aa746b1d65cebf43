// system reset: everything that a state directory holds, and the directory. Never more: a folder in which anything lies that Gantry does
// not make is left as it is.

import { readdirSync, rmdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { absentAsUndefined, EngineError, errnoOf } from '../../base/errors.ts'
import { mountsBelow } from '../../os/mounts.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { volumeNames } from '../../volume/volume-store.ts'
import { containerIds } from '../container/find-container.ts'
import { isContainerGone } from '../container/lock-container.ts'
import { remove } from '../container/remove.ts'
import { readStoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { mountedImages, unmountImage } from '../image/mount.ts'
import { removeBridges } from '../network/remove.ts'
import { allPods } from '../pod/pod-record.ts'
import { remove as removePod } from '../pod/remove.ts'
import { removeUnused } from '../volume/remove-unused.ts'
import { removeDamagedContainer } from './remove-damaged-container.ts'
import { sweepPassingBy } from './sweep-passing-by.ts'

/** What Gantry makes in $ROOT, for each folder what its entries are called. */
const rootEntries: Readonly<Record<string, RegExp | undefined>> = {
  version: undefined,
  'storage.json': undefined,
  'oci-layout': undefined,
  'index.json': undefined,
  blobs: /^sha(256|512)$/,
  staging: /^[0-9a-f]{64,128}\.(part|lock|tmp)$/,
  images: /^[0-9a-f]{64}\.json(\.[0-9a-f]{12}\.tmp)?$/,
  manifests: /^[0-9a-f]{64}\.json(\.[0-9a-f]{12}\.tmp)?$/,
  'image-mounts': /^[0-9a-f]{64}$/,
  'build-cache': /^(steps|digests|mounts)$/,
  packings: /^[0-9a-f]{64}\.json(\.[0-9a-f]{12}\.tmp)?$/,
  'blob-places': undefined,
  names: /^(container|image|pod)$/,
  layers: /^[0-9a-f]{64}(\.[0-9a-f]+\.tmp)?$/,
  l: /^[0-9A-Z]{1,6}$/,
  containers: /^(build-)?[0-9a-f]{64}(\.\d+\.tmp|\.state\.tmp)?$/,
  pods: /^[0-9a-f]{64}(\.\d+\.tmp)?$/,
  volumes: /^(\.[0-9a-f]{12}\.tmp|[a-zA-Z0-9][a-zA-Z0-9_.-]*)$/,
  secrets: /^([0-9a-f]{25}\.json|draft\.tmp)$/,
  trash: /^((layer-)?[0-9a-f]{64}\.[0-9a-f]{12}|(context|add)\.[0-9a-f]{16})$/,
  events: /^events\.log(\.1)?$/,
  networks: /\.json(\.[0-9a-f]{12}\.tmp)?$/,
  locks: /^(images|claims|secrets|user-ids|layer-[0-9a-f]{64}|networks|network-.+)$/,
}

const runEntries: Readonly<Record<string, RegExp | undefined>> = {
  containers: /^(build-)?[0-9a-f]{64}$/,
  pins: /^[0-9a-f]{64}$/,
  mounts: /^[0-9a-f]{64}(\.passing)?$/,
  volumes: /./,
  runtime: /./,
  networks: /./,
  netns: /^(netns|slirp)-[0-9a-f]+$/,
  dns: /./,
  'dns.lock': undefined,
  'dns.draft': undefined,
  'dns.missing': undefined,
  'rootless-network': /./,
  'rootless-network.lock': undefined,
  'rootless-network.old-pasta': undefined,
  'linger-hinted': undefined,
  boot: undefined,
  'boot.lock': undefined,
}

/** Temporaries of our own, and what mkfs makes. */
const passing =
  /^(trial\.\w{6}|(version|storage\.json|oci-layout|index\.json|blob-places|boot)\.[0-9a-f]{12}\.tmp|lost\+found)$/

/** @throws conflict `state-has-strangers`, naming them, `state-has-mounts` */
export function refuseStrangers({ root, run }: Layout): void {
  const strangers = [...strangersIn(root, rootEntries), ...strangersIn(run, runEntries)]
  if (strangers.length === 0) return
  const more = strangers.length > 10 ? ` and ${strangers.length - 10} more` : ''
  throw new EngineError({
    kind: 'conflict',
    code: 'state-has-strangers',
    message: `nothing was removed: Gantry did not make ${strangers
      .slice(0, 10)
      .map((path) => `'${path}'`)
      .join(', ')}${more}`,
    hint: 'Move it elsewhere first.',
  })
}

function strangersIn(top: string, known: Readonly<Record<string, RegExp | undefined>>): string[] {
  return list(top).flatMap((name) => {
    if (passing.test(name)) return []
    if (!Object.hasOwn(known, name)) return [join(top, name)]
    const entries = known[name]
    if (entries === undefined) return []
    return list(join(top, name)).flatMap((entry) => (entries.test(entry) ? [] : [join(top, name, entry)]))
  })
}

/** Stops and removes all containers, then removes both folders of the state. Idempotent. @throws as refuseStrangers */
export async function reset(engine: Engine): Promise<void> {
  const { at } = engine
  refuseStrangers(at)
  await sweepPassingBy(engine)
  for (const pod of allPods(at)) await removePod(engine, { pod, isForced: true, timeoutSeconds: 0 })
  for (const id of containerIds(at)) await removeContainer(engine, id)
  await removeBridges(engine)
  for (const name of volumeNames(at)) await removeVolumeAnyway(engine, name)
  for (const { record } of mountedImages(engine)) await unmountImage(engine, record.id, true)
  refuseMounts(at)
  // Last the marker: what a killed reset left is still a state directory.
  const marker = basename(paths.version(at))
  for (const name of Object.keys(rootEntries)) if (name !== marker) removeTree(join(at.root, name))
  for (const name of list(at.root).filter((one) => passing.test(one) && one !== 'lost+found')) {
    removeTree(join(at.root, name))
  }
  for (const name of Object.keys(runEntries)) removeTree(join(at.run, name))
  removeTree(paths.version(at))
  for (const folder of [at.run, at.root]) removeEmpty(folder)
}

async function removeContainer(engine: Engine, id: string): Promise<void> {
  try {
    const container = readStoredContainer(engine.at, id)
    if (container === undefined) return
    await remove(engine, { container, isForced: true, timeoutSeconds: 0, removesDependents: true, isPodRemoved: true })
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') await removeDamagedContainer(engine, id)
    else if (!isContainerGone(error)) throw error
  }
}

/** Unmounted, and out of its plugin where that answers; a damaged one goes with the folder. */
async function removeVolumeAnyway(engine: Engine, name: string): Promise<void> {
  try {
    await removeUnused(engine, name, { except: undefined, isForced: true })
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
  }
}

function refuseMounts({ root, run }: Layout): void {
  const [mount] = [...mountsBelow(root), ...mountsBelow(run)]
  if (mount === undefined) return
  throw new EngineError({
    kind: 'conflict',
    code: 'state-has-mounts',
    message: `the containers are gone, but something is still mounted on '${mount}'`,
    hint: `Unmount it: umount '${mount}'`,
  })
}

/** It may be a mount point, or hold what mkfs made. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    if (!['ENOENT', 'EBUSY', 'ENOTEMPTY', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) throw error
  }
}

function list(folder: string): string[] {
  return absentAsUndefined(() => readdirSync(folder)) ?? []
}
