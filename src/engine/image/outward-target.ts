// A destination opened for writing.

import { statSync } from 'node:fs'
import { isDigest } from '../../base/digest.ts'
import { absentAsUndefined, EngineError, invalid } from '../../base/errors.ts'
import { parseReference, printReference, withDefaultTag } from '../../image/reference.ts'
import { blobPlaces } from '../../transport/blob-places.ts'
import type { OutwardCopy, OutwardOptions } from '../../transport/copy-to-target.ts'
import { dockerArchiveTarget } from '../../transport/docker-archive-target.ts'
import type { ImageTarget } from '../../transport/image-target.ts'
import { layoutTarget } from '../../transport/layout-target.ts'
import { writeRegistrySignatures } from '../../transport/registry/signatures.ts'
import { registryTarget } from '../../transport/registry/target.ts'
import { directoryTarget, ociTarget, type SinkPlace } from '../../transport/sink-target.ts'
import type { Engine } from '../engine.ts'
import { writeOutput } from './archive-output.ts'
import type { Destination } from './destination.ts'
import { neighboursIn } from './neighbours.ts'
import { openRegistrySession, type RegistryAccess, signaturesAt } from './registry-session.ts'

export interface TargetOptions extends RegistryAccess {
  /** `dir:`: plain layers are gzipped, or packed ones unpacked. */
  readonly directoryPacking?: ImageTarget['packing']
  /** `oci:`, `oci-archive:`: plain layers stay so. */
  readonly arePlainLayersKept?: boolean
  /** `docker-archive:`: further references. */
  readonly additionalTags?: readonly string[]
}

type FileDestination = Exclude<Destination, { kind: 'docker' | 'docker-daemon' }>

/** Archives and folders appear when `write` has ended well. @throws conflict `save-target-exists`; what `write` throws */
export async function withTarget(
  engine: Engine,
  on: { destination: Destination; options: TargetOptions },
  write: (target: ImageTarget) => Promise<OutwardCopy>,
): Promise<OutwardCopy> {
  const { destination, options } = on
  if (destination.kind === 'docker') {
    await using session = await openRegistrySession(engine, options)
    const opened = await session.open(session.destination(destination.reference))
    const neighbourWith = neighboursIn(engine.at, opened.reference)
    await using target: ImageTarget = {
      ...registryTarget({ ...opened, neighbourWith, places: blobPlaces(engine.at) }),
      putSignatures: async (list, { digest }) =>
        writeRegistrySignatures(await signaturesAt(engine, opened), list, digest),
    }
    return await write(target)
  }
  if (destination.kind === 'docker-daemon') return withDaemon(engine, { name: destination.name, options }, write)
  const { kind, path } = destination
  if (kind === 'oci') return intoLayout(destination, options, write)
  if (kind === 'docker-archive') refuseExistingArchive(path)
  let copied: OutwardCopy | undefined
  await writeOutput({ kind: 'path', path }, !kind.endsWith('-archive'), async (sink) => {
    await using target = fileTarget({ label: `${kind}:${path}`, sink }, destination, options)
    copied = await write(target)
  })
  if (copied === undefined) throw new Error('nothing was written')
  return copied
}

async function intoLayout(
  { path: folder, name }: FileDestination,
  options: TargetOptions,
  write: (target: ImageTarget) => Promise<OutwardCopy>,
): Promise<OutwardCopy> {
  const { sharedBlobs } = options
  const place = { folder, name, packing: ociPacking(options), ...(sharedBlobs === undefined ? {} : { sharedBlobs }) }
  await using target = layoutTarget(place)
  return await write(target)
}

function ociPacking({ arePlainLayersKept }: TargetOptions): ImageTarget['packing'] {
  return arePlainLayersKept === true ? 'keep' : 'gzip plain ones'
}

async function withDaemon(
  engine: Engine,
  { name, options }: { name: string; options: TargetOptions },
  write: (target: ImageTarget) => Promise<OutwardCopy>,
): Promise<OutwardCopy> {
  if (isDigest(name) || parseReference(name).digest !== undefined)
    throw invalid('transport-malformed', `docker-daemon:${name}: an image is loaded under a name and a tag`)
  const { daemonTarget, defaultDaemonHost: usual } = await import('../../transport/docker-daemon.ts')
  await using target = daemonTarget({ host: options.daemonHost ?? usual, signal: engine.signal }, name)
  return await write(target)
}

function fileTarget(place: SinkPlace, { kind, name }: FileDestination, options: TargetOptions): ImageTarget {
  switch (kind) {
    case 'dir':
      return directoryTarget(place, options.directoryPacking ?? 'keep')
    case 'oci':
    case 'oci-archive':
      return ociTarget(place, { name, packing: ociPacking(options) })
    case 'docker-archive': {
      const names = [...(name === undefined ? [] : [name]), ...(options.additionalTags ?? [])]
      return dockerArchiveTarget(
        place,
        names.map((one) => printReference(withDefaultTag(parseReference(one)))),
      )
    }
  }
}

/** As podman and skopeo: they add nothing to an archive that has something in it. */
function refuseExistingArchive(path: string): void {
  const stat = absentAsUndefined(() => statSync(path))
  if (stat === undefined || !stat.isFile() || stat.size === 0) return
  throw new EngineError({
    kind: 'conflict',
    code: 'save-target-exists',
    message: `docker-archive doesn't support modifying existing images: '${path}' exists`,
    hint: 'Name a file that does not exist.',
  })
}

/** What the place makes of it: an OCI layout holds OCI manifests unless something else is asked for, a docker-archive or daemon only Docker's. */
export function optionsAt(kind: Destination['kind'], options: OutwardOptions): OutwardOptions {
  if (kind === 'docker-archive' || kind === 'docker-daemon') {
    if (options.format === 'oci') throw invalid('format-conflict', `${kind}: holds Docker's format, not oci`)
    const { codec: _codec, ...rest } = options
    return { ...rest, format: 'v2s2' }
  }
  const isKept = options.format !== undefined || options.isDigestKept === true
  return kind.startsWith('oci') && !isKept ? { ...options, format: 'oci' } : options
}
