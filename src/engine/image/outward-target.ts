// A destination opened for writing.

import type { OutwardCopy, OutwardOptions } from '../../transport/copy-to-target.ts'
import type { ImageTarget } from '../../transport/image-target.ts'
import { writeRegistrySignatures } from '../../transport/registry/signatures.ts'
import { registryTarget } from '../../transport/registry/target.ts'
import { directoryTarget, ociTarget } from '../../transport/sink-target.ts'
import type { Engine } from '../engine.ts'
import { writeOutput } from './archive-output.ts'
import type { Destination } from './destination.ts'
import { neighboursIn } from './neighbours.ts'
import { openRegistrySession, type RegistryAccess, signaturesAt } from './registry-session.ts'

export interface TargetOptions extends RegistryAccess {
  /** `dir:`: plain layers are gzipped. */
  readonly areLayersCompressed?: boolean
}

export type OpenDestination = Exclude<Destination, { kind: 'docker-archive' }>

/** Archives and folders appear when `write` has ended well. @throws conflict `save-target-exists`; what `write` throws */
export async function withTarget(
  engine: Engine,
  on: { destination: OpenDestination; options: TargetOptions },
  write: (target: ImageTarget) => Promise<OutwardCopy>,
): Promise<OutwardCopy> {
  const { destination, options } = on
  if (destination.kind === 'docker') {
    await using session = await openRegistrySession(engine, options)
    const opened = await session.open(session.destination(destination.reference))
    const signatures = await signaturesAt(engine, opened)
    const neighbourWith = neighboursIn(engine.at, opened.reference)
    await using target: ImageTarget = {
      ...registryTarget({ ...opened, neighbourWith }),
      putSignatures: async (list, { digest }) => writeRegistrySignatures(signatures, list, digest),
    }
    return await write(target)
  }
  const { kind, path, name } = destination
  let copied: OutwardCopy | undefined
  await writeOutput({ kind: 'path', path }, kind !== 'oci-archive', async (sink) => {
    const place = { label: `${kind}:${path}`, sink }
    await using target =
      kind === 'dir' ? directoryTarget(place, options.areLayersCompressed === true) : ociTarget(place, name)
    copied = await write(target)
  })
  if (copied === undefined) throw new Error('nothing was written')
  return copied
}

/** An OCI layout holds OCI manifests, unless something else is asked for. */
export function defaultFormat(kind: Destination['kind'], options: OutwardOptions): Pick<OutwardOptions, 'format'> {
  return options.format === undefined && options.isDigestKept !== true && kind.startsWith('oci')
    ? { format: 'oci' }
    : {}
}
