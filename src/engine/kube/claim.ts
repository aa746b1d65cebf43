// PersistentVolumeClaim → a named volume. What Kubernetes has no field for, podman's annotations say.

import { existsSync } from 'node:fs'
import { EngineError } from '../../base/errors.ts'
import { readVolume } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { createVolume } from '../volume/create.ts'
import { importVolume } from '../volume/import.ts'
import { removeVolume } from '../volume/remove.ts'
import type { KubeClaim } from './read-manifest.ts'

export const claimAnnotations = {
  driver: 'volume.podman.io/driver',
  device: 'volume.podman.io/device',
  type: 'volume.podman.io/type',
  uid: 'volume.podman.io/uid',
  gid: 'volume.podman.io/gid',
  options: 'volume.podman.io/mount-options',
  importSource: 'volume.podman.io/import-source',
  image: 'volume.podman.io/image',
} as const

/** Its name; one that is there is left as it is. Durable. @throws as createVolume and importVolume */
export async function playClaim(engine: Engine, { name, labels, annotations }: KubeClaim): Promise<string> {
  const source = annotations[claimAnnotations.importSource]
  if (source !== undefined && !existsSync(source)) throw archiveMissing(source)
  const isNew = readVolume(engine.at, name) === undefined
  const driver = annotations[claimAnnotations.driver] ?? ''
  await createVolume(engine, { name, driver, labels, options: optionsOf(annotations) }, { isKept: true })
  if (source === undefined) return name
  try {
    await importVolume(engine, name, { kind: 'path', path: source })
    return name
  } catch (error) {
    if (isNew) await removeVolume(engine, { name, isForced: false })
    throw error
  }
}

function optionsOf(annotations: KubeClaim['annotations']): Record<string, string> {
  const { device, type, image, uid, gid, options } = claimAnnotations
  const owner = [
    ...(annotations[uid] === undefined ? [] : [`uid=${annotations[uid]}`]),
    ...(annotations[gid] === undefined ? [] : [`gid=${annotations[gid]}`]),
  ]
  const words = [...(annotations[options] ? [annotations[options]] : []), ...owner].join(',')
  const named = Object.entries({ device: annotations[device], type: annotations[type], image: annotations[image] })
  const given = named.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
  return { ...Object.fromEntries(given), ...(words === '' ? {} : { o: words }) }
}

function archiveMissing(path: string): EngineError {
  const message = `open ${path}: no such file or directory`
  return new EngineError({ kind: 'not-found', code: 'archive-missing', message })
}
