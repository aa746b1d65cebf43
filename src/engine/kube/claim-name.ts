// A volume and the claim that stands for it in a manifest. Kubernetes refuses capitals and underscores in names; where one has them, the claim has
// another, and annotations tell kube play which volume is meant: else it would make an empty one beside it.

import { createHash } from 'node:crypto'
import type { Annotations } from './annotations.ts'
import { isHostName, kubeLabel } from './kube-name.ts'

/** Of a claim: its volume's name. Of a pod: `KEY/CLAIM`. */
const volumeAnnotation = 'io.gantry.volume'

/** The volume's own name, or one that no other volume's claim has. */
export function claimName(volume: string): string {
  if (isHostName(volume)) return volume
  const mark = createHash('sha256').update(volume).digest('hex').slice(0, 6)
  return `${kubeLabel(volume.slice(0, 50))}-${mark}`
}

/** What a claim says of its volume; nothing where both have one name. */
export function claimNote(volume: string): Annotations {
  return claimName(volume) === volume ? {} : { [volumeAnnotation]: volume }
}

/** What a pod says of the volumes that it claims. */
export function claimNotes(volumes: readonly string[]): Annotations {
  const renamed = volumes.filter((volume) => claimName(volume) !== volume)
  return Object.fromEntries(renamed.map((volume) => [`${volumeAnnotation}/${claimName(volume)}`, volume]))
}

export function volumeOfClaim(claim: string, annotations: Annotations): string {
  return annotations[volumeAnnotation] || claim
}

export function volumeClaimedBy(pod: Annotations, claim: string): string {
  return pod[`${volumeAnnotation}/${claim}`] || claim
}
