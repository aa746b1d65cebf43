// restore of a checkpoint that left its container: the container is made again, its files are brought to where they were, and it goes on.

import { createReadStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import type { ContainerId } from '../../base/ids.ts'
import { unpackStream } from '../../image/unpack.ts'
import { removeFile, syncFileSystem } from '../../os/atomic-file.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { volumeMounts } from '../../spec/mounts.ts'
import { canPublish, networkFacetOf, type PortMapping } from '../../spec/network.ts'
import { checkpointFiles, containerFiles, paths } from '../../state/layout.ts'
import { readImage } from '../../transport/image-records.ts'
import { readVolume } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { importVolume } from '../volume/import.ts'
import { removeUnused } from '../volume/remove-unused.ts'
import { needsRoot } from './checkpoint.ts'
import { applyRootfs } from './checkpoint-rootfs.ts'
import { type CheckpointSource, openCheckpoint, readDump, unsound } from './checkpoint-source.ts'
import { type ImageOfContainer, imageOfContainer } from './container-image.ts'
import { type CreatedContainer, createComplete } from './create.ts'
import { lockContainer } from './lock-container.ts'
import { checkName } from './name.ts'
import type { ContainerDump } from './pack-checkpoint.ts'
import { remove } from './remove.ts'
import { choosePorts } from './resolve-network.ts'
import { type RestoreReport, type RestoreRequest, restore } from './restore.ts'

export interface ImportRequest extends Omit<RestoreRequest, 'container' | 'isRenamed'> {
  readonly source: CheckpointSource
  /** The memory that was dumped ahead. */
  readonly previous?: CheckpointSource
  /** With a name of its own it gets an id of its own, and addresses; else it is what it was. */
  readonly name?: string
  readonly hasRootfs: boolean
  readonly hasVolumes: boolean
  /** In place of those that it published. */
  readonly ports: readonly PortMapping[]
}

/**
 * When it throws, nothing is left.
 * @throws already-exists `name-in-use`, `container-exists`, `volume-exists`; not-found `archive-missing`, `image-unknown`; corrupt; as restore and create do
 */
export async function importCheckpoint(
  engine: Engine,
  request: ImportRequest,
): Promise<RestoreReport & { readonly id: string }> {
  if (engine.settings.isRootless) throw needsRoot('restoring')
  const dump = await readDump(request.source)
  const volumes = newVolumes(engine, dump, request)
  const container = await createFrom(engine, dump, request)
  try {
    await fill(engine, container, request)
    const report = await restore(engine, { ...request, container, isRenamed: request.name !== undefined })
    return { ...report, id: container.id }
  } catch (error) {
    await remove(engine, {
      container,
      isForced: true,
      timeoutSeconds: 0,
      removesDependents: false,
      removesVolumes: true,
    })
    for (const name of volumes) {
      if (readVolume(engine.at, name) !== undefined) await removeUnused(engine, name, { except: undefined })
    }
    throw error
  }
}

/** Those that come with it. @throws already-exists `volume-exists` */
function newVolumes({ at }: Engine, { gantry }: ContainerDump, { hasVolumes }: ImportRequest): string[] {
  const names = [...new Set(volumeMounts(gantry.spec.mounts).map(({ name }) => name))]
  const missing = names.filter((name) => readVolume(at, name) === undefined)
  const there = names.find((name) => !missing.includes(name))
  if (!hasVolumes || there === undefined) return missing
  throw new EngineError({
    kind: 'already-exists',
    code: 'volume-exists',
    message: `volume with name ${there} already exists. Use --ignore-volumes to not restore content of volumes`,
  })
}

async function createFrom(engine: Engine, dump: ContainerDump, request: ImportRequest): Promise<CreatedContainer> {
  // Files of the host's are not for an archive to name.
  const { pidFiles: _pids, cidFile: _cid, ...spec } = dump.gantry.spec
  if (request.ports.length > 0 && !canPublish(spec.namespaces.network)) {
    throw invalid('network-conflict', 'cannot publish ports of a container that has no network of its own')
  }
  const facet = { ...networkFacetOf(spec), isAllPublished: false }
  const network =
    request.ports.length > 0 ? { ...facet, ports: choosePorts(engine, { ...facet, ports: request.ports }) } : facet
  const isRenamed = request.name !== undefined
  const name = checkName(request.name ?? dump.name)
  if (!isRenamed && existsSync(paths.container(engine.at, dump.id))) throw containerExists(dump)
  const image = await imageOf(engine, dump)
  const complete = (own: string) => ({ ...spec, network, name: own })
  const id = isRenamed ? {} : { id: dump.id as ContainerId }
  return createComplete(engine, { name, complete, image, limits: {}, ...id })
}

/** The very image: criu finds in it the files that processes have open. */
async function imageOf(engine: Engine, dump: ContainerDump): Promise<ImageOfContainer | undefined> {
  const { rootfsImageID: id, rootfsImageName: name } = dump
  if (id === '') return undefined
  const isHere = readImage(engine.at, id) !== undefined
  const reference = isHere ? id : name
  const found = await imageOfContainer(engine, { kind: 'image', reference, pull: isHere ? 'never' : 'missing' }, {})
  if (found.record.id === id) return { ...found, name }
  throw new EngineError({
    kind: 'conflict',
    code: 'checkpoint-of-other-image',
    message: `the image ${name} is not the one that the checkpoint is of, ${id.slice(0, 12)}`,
    hint: `Bring that one here: gantry save ${name} there, gantry load here`,
  })
}

function containerExists({ id }: ContainerDump): EngineError {
  return new EngineError({
    kind: 'already-exists',
    code: 'container-exists',
    message: `container with ID ${id} already exists: container already exists`,
    hint: 'Restore it under another name: --name NAME',
  })
}

/** Killed meanwhile, it leaves a container that was never started, and has no checkpoint. */
async function fill(engine: Engine, target: CreatedContainer, request: ImportRequest): Promise<void> {
  using locked = await lockContainer(engine, target)
  const { id, stored } = locked.container
  const arriving = join(paths.container(engine.at, id), containerFiles.root.arriving)
  mkdirSync(arriving, { mode: 0o700 })
  for (const source of [request.previous, request.source]) {
    if (source !== undefined) await unpackAll(engine, source, arriving)
  }
  const rootfs = join(arriving, checkpointFiles.rootfs)
  if (request.hasRootfs && existsSync(rootfs)) await applyRootfs(engine, locked.container, createReadStream(rootfs))
  for (const name of new Set(volumeMounts(stored.spec.mounts).map((mount) => mount.name))) {
    const path = join(arriving, checkpointFiles.volumes, `${name}.tar`)
    if (request.hasVolumes && existsSync(path)) await importVolume(engine, name, { kind: 'path', path })
  }
  const log = join(arriving, containerFiles.root.log)
  if (existsSync(log)) renameSync(log, join(paths.container(engine.at, id), containerFiles.root.log))
  for (const name of [checkpointFiles.rootfs, 'config.dump', 'spec.dump']) removeFile(join(arriving, name))
  removeTree(join(arriving, checkpointFiles.volumes))
  syncFileSystem(arriving)
  renameSync(arriving, paths.criu(engine.at, id))
}

async function unpackAll(engine: Engine, source: CheckpointSource, folder: string): Promise<void> {
  const request = { folder, whiteouts: 'none', limits: engine.settings.unpackLimits } as const
  try {
    await unpackStream(await openCheckpoint(source), request, () => engine.signal.throwIfAborted())
  } catch (error) {
    throw unsound(source, error)
  }
}
