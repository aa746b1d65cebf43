// A checkpoint as one tar, with podman's members. Two are of our own form: gantry's part of config.dump, from which the container is made
// again, and rootfs-diff.tar, a layer of an image, so that it tells what was removed, too.

import { closeSync, constants, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { EngineError } from '../../base/errors.ts'
import { inTurns } from '../../base/turns.ts'
import { packFolder, packOpenFolder } from '../../image/pack-folder.ts'
import { encodeMember, tarEnd, tarPadding } from '../../image/tar-writer.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { dependenciesOf } from '../../spec/dependencies.ts'
import { volumeMounts } from '../../spec/mounts.ts'
import { networkFacetOf } from '../../spec/network.ts'
import { checkpointFiles, containerFiles, paths } from '../../state/layout.ts'
import { currentSchema } from '../../state/record.ts'
import { lowerFolders } from '../../storage/lower-layers.ts'
import { packChanges } from '../../storage/pack-changes.ts'
import { spool } from '../../transport/spool.ts'
import type { Engine } from '../engine.ts'
import { contentOf } from '../volume/export.ts'
import { findVolume } from '../volume/find-volume.ts'
import { bundleConfigPath } from './bundle-config.ts'
import { upperOf } from './diff.ts'
import { attachmentsOf } from './network-attachments.ts'
import { rootfsPath } from './rootfs.ts'
import { runtimeTraces } from './runtime-traces.ts'
import type { StoredContainer } from './stored-container.ts'

export interface PackWishes {
  readonly hasRootfs: boolean
  readonly hasVolumes: boolean
  /** The memory that was dumped ahead, in place of a whole checkpoint. */
  readonly isAhead: boolean
}

/** config.dump: what tools read of any container engine's, and what we make the container of. */
export interface ContainerDump {
  readonly schema: number
  readonly id: string
  readonly name: string
  readonly createdTime: string
  readonly checkpointedTime: string
  readonly rootfsImageID: string
  readonly rootfsImageName: string
  readonly runtime: string
  readonly gantry: { readonly spec: CompleteSpec }
}

/** @throws unsupported `checkpoint-unportable` */
export function checkPortable({ name, stored }: StoredContainer, { hasRootfs }: PackWishes): void {
  const { spec } = stored
  if (dependenciesOf(spec).length > 0) throw unportable('cannot export checkpoints of containers with dependencies')
  if (spec.namespaces.user.kind === 'auto') {
    throw unportable('cannot export checkpoints of containers with --userns auto: their ids may be others elsewhere')
  }
  if (spec.source.kind === 'rootfs' && hasRootfs) {
    throw unportable(
      `container '${name}' was made with --rootfs: its changes cannot be exported`,
      'Use --ignore-rootfs',
    )
  }
}

function unportable(message: string, hint?: string): EngineError {
  const code = 'checkpoint-unportable'
  return new EngineError({ kind: 'unsupported', code, message, ...(hint === undefined ? {} : { hint }) })
}

/** The container's lock is held; what it had mounted is mounted still. */
export async function* packCheckpoint(
  engine: Engine,
  container: StoredContainer,
  wishes: PackWishes,
): AsyncGenerator<Uint8Array> {
  const { at } = engine
  const { id, stored } = container
  const folder = paths.criu(at, id)
  yield* bytesAs('config.dump', Buffer.from(JSON.stringify(dumpOf(engine, container), undefined, 2)))
  const files = [
    ['spec.dump', bundleConfigPath(at, id)],
    ...[checkpointFiles.network, checkpointFiles.dumpStatistics].map((name) => [name, join(folder, name)]),
    [containerFiles.root.log, join(paths.container(at, id), containerFiles.root.log)],
  ] as const
  for (const [name = '', path = ''] of files) if (existsSync(path)) yield* fileAs(name, openSync(path, 'r'))
  const images = wishes.isAhead ? checkpointFiles.previous : checkpointFiles.images
  yield* folderAs(engine, images, join(folder, images))
  if (wishes.hasRootfs) yield* spooledAs(engine, checkpointFiles.rootfs, changesOf(engine, container))
  if (wishes.hasVolumes) {
    for (const name of new Set(volumeMounts(stored.spec.mounts).map((mount) => mount.name))) {
      const content = packFolder(contentOf(engine, findVolume(engine, name)))
      yield* spooledAs(engine, `${checkpointFiles.volumes}/${name}.tar`, content)
    }
  }
  yield tarEnd()
}

function dumpOf({ clock }: Engine, { id, name, record, stored }: StoredContainer): ContainerDump {
  const { spec } = stored
  const attachments = [...attachmentsOf({ record, stored })]
  return {
    schema: currentSchema,
    id,
    name,
    createdTime: stored.createdAt,
    checkpointedTime: clock.now(),
    rootfsImageID: stored.image?.id ?? '',
    rootfsImageName: stored.image?.name ?? '',
    runtime: stored.runtime.name,
    gantry: { spec: { ...spec, name, network: { ...networkFacetOf(spec), attachments } } },
  }
}

function* changesOf(engine: Engine, container: StoredContainer): Generator<Uint8Array> {
  const { whiteouts: style } = engine.storage()
  const lowers = lowerFolders(engine.at, container.stored.layers.at(-1))
  const path = rootfsPath(engine, container)
  const root = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    // Owners stay those outside: the container that is made of it has the same map.
    const rules = { isLeftOut: runtimeTraces(engine, container, { lowers, style, root }) }
    const folder = style === 'vfs' ? path : upperOf(engine, container)
    yield* packChanges({ folder, isWhole: style === 'vfs', lowers, style }, root, rules)
  } finally {
    closeSync(root)
  }
}

async function* folderAs(engine: Engine, name: string, path: string): AsyncGenerator<Uint8Array> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    yield* inTurns(packOpenFolder(fd, name), engine.signal)
  } finally {
    closeSync(fd)
  }
}

/** A header tells the size first. */
async function* spooledAs(engine: Engine, name: string, chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(inTurns(chunks, engine.signal), { objectMode: false })
  yield* fileAs(name, await spool(engine.at, [source], engine.signal))
}

/** Takes over `fd`. As long as the header says, whatever becomes of the file. */
function* fileAs(name: string, fd: number): Generator<Uint8Array> {
  try {
    const { size } = fstatSync(fd)
    yield headerOf(name, size)
    for (let position = 0; position < size; ) {
      const chunk = Buffer.alloc(Math.min(1 << 20, size - position))
      readSync(fd, chunk, 0, chunk.length, position)
      position += chunk.length
      yield chunk
    }
    yield tarPadding(size)
  } finally {
    closeSync(fd)
  }
}

function* bytesAs(name: string, bytes: Uint8Array): Generator<Uint8Array> {
  yield headerOf(name, bytes.length)
  yield bytes
  yield tarPadding(bytes.length)
}

function headerOf(name: string, size: number): Buffer {
  const nothing = {
    uid: 0,
    gid: 0,
    mtimeNs: BigInt(Date.now()) * 1_000_000n,
    major: 0,
    minor: 0,
    xattrs: [],
    linkName: '',
  }
  return encodeMember({ ...nothing, type: 'file', name, mode: 0o600, size })
}
