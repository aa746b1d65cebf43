// Which mounts a container has in the end: the image's volumes, those of other containers (--volumes-from), the configured ones, its own, the later stronger; and a
// name for each volume that has none.

import { posix } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import type { RunConfig } from '../../image/config.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import { parseMounts, parseVolume } from '../../spec/mount-text.ts'
import { hasSource, type Mount, type VolumeMount } from '../../spec/mounts.ts'
import { newVolumeName } from '../../volume/volume-name.ts'
import type { Engine } from '../engine.ts'
import { findByGlob } from './find-by-glob.ts'
import { findContainer } from './find-container.ts'

/** @throws not-found `container-unknown`; invalid `volumes-from-invalid`, and `mount-invalid` for what is configured */
export function resolveVolumes(engine: Engine, spec: ContainerSpec, image: RunConfig | undefined): ContainerSpec {
  const { mounts, volumesFrom = [], imageVolumes = engine.settings.imageVolumes } = spec.mounts
  const configured = engine.settings.containerDefaults
  const all = [
    ...volumesOfImage(image?.volumes ?? [], imageVolumes),
    ...volumesFrom.flatMap((text) => mountsOfOther(engine, text)),
    ...configured.mounts.flatMap(configuredMount),
    ...configured.volumes.map(parseVolume),
    ...mounts,
  ]
  const united = new Map(all.map((mount) => [mount.destination, mount]))
  return { ...spec, mounts: { ...spec.mounts, mounts: [...united.values()].map(named) } }
}

/** @throws invalid `mount-invalid`, `mount-unsupported` */
function configuredMount(text: string): Mount[] {
  try {
    return parseMounts(text, findByGlob)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    const { kind, code, message } = error
    throw new EngineError({ kind, code, message: `parsing containers.conf mounts: ${message}`, cause: error })
  }
}

function volumesOfImage(paths: readonly string[], mode: NonNullable<ContainerSpec['mounts']['imageVolumes']>): Mount[] {
  if (mode === 'ignore') return []
  const options = ['rprivate', 'rw', 'nodev', 'exec']
  return paths.map((path) => {
    const destination = clean(path)
    if (mode === 'tmpfs') return { kind: 'tmpfs', destination, options }
    return { kind: 'volume', name: '', destination, options, isAnonymous: true }
  })
}

function clean(path: string): string {
  const normal = posix.normalize(`/${path}`)
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal
}

/** Its binds and volumes; an anonymous volume of its own is shared, not made anew. */
function mountsOfOther(engine: Engine, text: string): Mount[] {
  const at = text.indexOf(':')
  const name = at === -1 ? text : text.slice(0, at)
  const options = at === -1 ? [] : checkOptions(text.slice(at + 1).split(','))
  const other = findContainer(engine.at, name)
  if (other === undefined) throw unknown(name)
  return other.stored.spec.mounts.mounts
    .filter(hasSource)
    .map((mount) => ({ ...mount, options: changed(mount.options, options) }))
}

function changed(own: readonly string[], given: readonly string[]): string[] {
  const replaces = (option: string) => given.some((one) => sameMatter(one) === sameMatter(option))
  return [...own.filter((option) => !replaces(option)), ...given]
}

function sameMatter(option: string): string {
  if (option === 'ro' || option === 'rw') return 'access'
  return option === 'z' || option === 'Z' ? 'label' : option
}

function checkOptions(options: readonly string[]): readonly string[] {
  const unknown = options.find((option) => !['z', 'ro', 'rw'].includes(option))
  if (unknown !== undefined) {
    throw bad(
      `invalid option ${JSON.stringify(unknown)} specified - volumes from another container can only use z,ro,rw options`,
    )
  }
  if (options.filter((option) => option === 'z').length > 1) throw bad('cannot set :z more than once in mount options')
  if (options.filter((option) => option !== 'z').length > 1) throw bad('cannot set ro or rw options more than once')
  return options
}

function named(mount: Mount): Mount {
  if (mount.kind !== 'volume' || mount.name !== '') return mount
  return { ...mount, name: newVolumeName() } satisfies VolumeMount
}

function bad(message: string): Error {
  return invalid('volumes-from-invalid', message)
}

function unknown(name: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'container-unknown',
    message: `looking up container ${JSON.stringify(name)} for volumes-from: no container with name or ID ${JSON.stringify(name)} found: no such container`,
  })
}
