// Flags of mounts and devices → MountFacet, DeviceFacet. The texts themselves are read by spec/mount-text.ts.

import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { invalid } from '../../base/errors.ts'
import { parseBinarySize } from '../../base/size.ts'
import { findByGlob } from '../../engine/container/find-by-glob.ts'
import { isCdiName } from '../../spec/cdi-name.ts'
import { type DeviceFacet, parseDevice, parseDeviceRule } from '../../spec/devices.ts'
import { parseMounts, parseTmpfs, parseVolume } from '../../spec/mount-text.ts'
import type { BindMount, ImageVolumeMode, Mount, MountFacet } from '../../spec/mounts.ts'
import { uniteMounts } from '../../spec/unite-mounts.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const mountOptions = defineOptions({
  device: {
    type: 'strings',
    value: 'host[:container][:rwm]',
    describe: "Add a device of the host, or a vendor's by its CDI name: vendor/class=name",
  },
  'device-cgroup-rule': {
    type: 'strings',
    value: 'type major:minor access',
    isCommaSeparated: true,
    describe: 'Allow devices by their numbers: "c 13:* rwm"',
    complete: 'none',
  },
  gpus: {
    type: 'strings',
    value: 'gpu',
    isCommaSeparated: true,
    describe: "Add NVIDIA's devices by the names of their CDI file: all, 0, …",
    complete: 'none',
  },
  'image-volume': {
    type: 'string',
    value: 'mode',
    describe: "What becomes of the image's volumes: anonymous (or bind), tmpfs, ignore",
  },
  mount: {
    type: 'strings',
    value: 'type=TYPE,…',
    describe: 'Mount: type=bind, devpts, glob, image, ramfs, tmpfs or volume',
  },
  'read-only': { type: 'boolean', describe: 'Make the root file system read-only' },
  'read-only-tmpfs': {
    type: 'boolean',
    default: true,
    describe: 'With --read-only: keep /dev, /run, /tmp and /var/tmp writable',
  },
  'shm-size': { type: 'string', value: 'size', describe: 'Size of /dev/shm' },
  'shm-size-systemd': { type: 'string', value: 'size', describe: 'Size of each tmpfs that systemd gets' },
  tmpfs: { type: 'strings', value: 'folder[:options]', describe: 'Mount a tmpfs' },
  volume: {
    type: 'strings',
    short: 'v',
    value: '[source:]container[:options]',
    describe: 'Mount a volume, or bind a file or folder of the host; options: ro, U, O, idmap, …',
    complete: 'file',
  },
  'volumes-from': {
    type: 'strings',
    value: 'container[:options]',
    isCommaSeparated: false,
    describe: 'Mount what another container mounts',
    complete: 'container',
  },
})

/** @throws invalid `mount-invalid`, `size-malformed`, `image-volume-invalid`; unsupported `mount-unsupported` */
export function mountFacet({ options, given }: Invocation<typeof mountOptions>): MountFacet {
  const mounts = uniteMounts({
    mounts: options.mount.flatMap((text) => parseMounts(text, findByGlob)).map(absolute),
    volumes: options.volume.map(parseVolume).map(absolute),
    tmpfs: options.tmpfs.map(parseTmpfs),
  })
  const shm = options['shm-size']
  const systemdShm = options['shm-size-systemd']
  const mode = options['image-volume']
  return {
    mounts,
    ...(mode === undefined ? {} : { imageVolumes: imageVolumeMode(mode) }),
    volumesFrom: options['volumes-from'],
    ...(given.has('read-only') ? { isRootReadOnly: options['read-only'] } : {}),
    hasWritableTmpfs: options['read-only-tmpfs'],
    ...(shm === undefined ? {} : { shmBytes: parseBinarySize(shm) }),
    ...(systemdShm === undefined ? {} : { systemdTmpfsBytes: parseBinarySize(systemdShm) }),
  }
}

/** @throws invalid `device-invalid`, `device-rule-invalid`, `gpu-invalid` */
export function deviceFacet({ options }: Invocation<typeof mountOptions>): DeviceFacet {
  const rules = options['device-cgroup-rule'].map(parseDeviceRule)
  const gpus = options.gpus.map((name) => parseGpu(name))
  const cdi = [...options.device.filter(isCdiName), ...gpus]
  return {
    devices: options.device.filter((text) => !isCdiName(text)).map(parseDevice),
    ...(cdi.length === 0 ? {} : { cdi }),
    ...(rules.length === 0 ? {} : { rules }),
  }
}

/** docker's `device=0,1` is the same as `0,1`. */
function parseGpu(text: string): string {
  const name = `nvidia.com/gpu=${text.replace(/^"?device=/, '').replace(/"$/, '')}`
  if (isCdiName(name)) return name
  throw invalid('gpu-invalid', `--gpus ${JSON.stringify(text)} is no name of a GPU`, 'Say all, or names: --gpus 0,1')
}

function imageVolumeMode(text: string): ImageVolumeMode {
  if (text === 'bind' || text === 'anonymous' || text === '') return 'anonymous'
  if (text === 'tmpfs' || text === 'ignore') return text
  throw invalid(
    'image-volume-invalid',
    `invalid image-volume type ${JSON.stringify(text)}. Pick one of bind, tmpfs, or ignore`,
  )
}

/** Relative to where the command was typed; links are followed for those, as podman does. */
export function absolute(mount: Mount): Mount {
  if (mount.kind !== 'bind' || mount.source.startsWith('/')) return mount
  const path = resolve(mount.source)
  const source = existsSync(path) ? realpathSync(path) : path
  return { ...mount, source } satisfies BindMount
}
