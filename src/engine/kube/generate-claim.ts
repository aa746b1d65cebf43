// A volume → a PersistentVolumeClaim, with what Kubernetes has no field for in annotations.

import type { VolumeRecord } from '../../volume/volume-record.ts'
import { claimAnnotations } from './claim.ts'
import { claimName, claimNote } from './claim-name.ts'

export function generateClaim({ name, driver, labels, options }: VolumeRecord): object {
  const { o, device, type, UID: uid, GID: gid } = options
  const said = [
    [claimAnnotations.driver, driver],
    [claimAnnotations.options, o],
    [claimAnnotations.device, device],
    [claimAnnotations.type, type],
    [claimAnnotations.uid, uid],
    [claimAnnotations.gid, gid],
    ...Object.entries(claimNote(name)),
  ].filter(([, value]) => value !== undefined)
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      annotations: Object.fromEntries(said) as object,
      creationTimestamp: timestamp(),
      name: claimName(name),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
}

/** In whole seconds, as Kubernetes writes it. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z')
}
