// pull from another program's store on this machine: docker-daemon: and containers-storage:.

import { isDigest } from '../../base/digest.ts'
import { parseReference, printReference, withDefaultTag } from '../../image/reference.ts'
import { copyToStore } from '../../transport/copy.ts'
import type { Engine } from '../engine.ts'
import { copyContext } from './copy-context.ts'
import { type Origin, parseOrigin, withSource } from './outward-source.ts'
import { findPodmanImage, namesToBring, openPodmansOwn } from './podman-image.ts'
import type { PulledImage, PullOptions } from './pull.ts'

/** Under the name that it has there. @throws what reading the other store throws */
export async function pullFromStore(engine: Engine, text: string, options: PullOptions): Promise<PulledImage[]> {
  const origin = parseOrigin(text)
  const names = await namesOf(origin)
  const { platform } = options
  const wanted = { names, ...(platform === undefined ? {} : { platform }) }
  const { record } = await withSource(engine, { origin, access: options }, async (source) =>
    copyToStore(copyContext(engine), source, wanted),
  )
  return [{ record, name: names[0] ?? record.id }]
}

async function namesOf(origin: Origin): Promise<readonly string[]> {
  if (origin.kind === 'docker-daemon' && !isDigest(origin.name))
    return [printReference(withDefaultTag(parseReference(origin.name)))]
  if (origin.kind !== 'containers-storage') return []
  using store = await openPodmansOwn(origin.place)
  return namesToBring(findPodmanImage(store, origin.name), origin.name)
}
