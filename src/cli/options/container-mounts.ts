// Flags of mounts and devices → MountFacet, DeviceFacet. The texts themselves are read by spec/mount-text.ts.

import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseBinarySize } from '../../base/size.ts'
import { type DeviceFacet, parseDevice } from '../../spec/devices.ts'
import { parseMount, parseTmpfs, parseVolume, uniteMounts } from '../../spec/mount-text.ts'
import type { BindMount, Mount, MountFacet } from '../../spec/mounts.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const mountOptions = defineOptions({
  device: { type: 'strings', value: 'host[:container][:rwm]', describe: 'Add a device of the host' },
  mount: { type: 'strings', value: 'type=TYPE,…', describe: 'Mount: type=bind or type=tmpfs' },
  'read-only': { type: 'boolean', describe: 'Make the root file system read-only' },
  'read-only-tmpfs': {
    type: 'boolean',
    default: true,
    describe: 'With --read-only: keep /dev, /run, /tmp and /var/tmp writable',
  },
  'shm-size': { type: 'string', value: 'size', describe: 'Size of /dev/shm' },
  tmpfs: { type: 'strings', value: 'folder[:options]', describe: 'Mount a tmpfs' },
  volume: {
    type: 'strings',
    short: 'v',
    value: 'host:container[:options]',
    describe: 'Bind a file or folder of the host',
    complete: 'file',
  },
})

/** @throws invalid `mount-invalid`, `size-malformed`; unsupported `volume-unsupported`, `mount-unsupported` */
export function mountFacet({ options, given }: Invocation<typeof mountOptions>): MountFacet {
  const mounts = uniteMounts({
    mounts: options.mount.map(parseMount).map(absolute),
    volumes: options.volume.map(parseVolume).map(absolute),
    tmpfs: options.tmpfs.map(parseTmpfs),
  })
  const shm = options['shm-size']
  return {
    mounts,
    ...(given.has('read-only') ? { isRootReadOnly: options['read-only'] } : {}),
    hasWritableTmpfs: options['read-only-tmpfs'],
    ...(shm === undefined ? {} : { shmBytes: parseBinarySize(shm) }),
  }
}

/** @throws invalid `device-invalid` */
export function deviceFacet({ options }: Invocation<typeof mountOptions>): DeviceFacet {
  return { devices: options.device.map(parseDevice) }
}

/** Relative to where the command was typed; links are followed for those, as podman does. */
function absolute(mount: Mount): Mount {
  if (mount.kind !== 'bind' || mount.source.startsWith('/')) return mount
  const path = resolve(mount.source)
  const source = existsSync(path) ? realpathSync(path) : path
  return { ...mount, source } satisfies BindMount
}
