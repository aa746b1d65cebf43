// The numbers of the devices that limits name.

import { statSync } from 'node:fs'
import { EngineError, errnoOf, invalid } from '../../base/errors.ts'
import { splitDevice } from '../../os/device-number.ts'
import { type BlockDevices, type BlockIoLimits, blockDevicePaths } from '../../spec/block-io.ts'

/** @throws invalid `device-unknown` */
export function resolveBlockDevices(limits: BlockIoLimits): BlockDevices {
  return Object.fromEntries(
    blockDevicePaths(limits).map(({ path, isWeight }) => {
      const prefix = isWeight
        ? `failed to inspect '${path}' in --blkio-weight-device`
        : `could not parse throttle device at ${path}`
      return [path, numbersOf(path, prefix)]
    }),
  )
}

function numbersOf(path: string, prefix: string): { major: number; minor: number } {
  try {
    const stat = statSync(path)
    if (stat.isBlockDevice() || stat.isCharacterDevice()) return splitDevice(stat.rdev)
  } catch (cause) {
    const reason = { ENOENT: 'no such file or directory', EACCES: 'permission denied' }[errnoOf(cause) ?? '']
    if (reason === undefined) throw cause
    throw new EngineError({ kind: 'invalid', code: 'device-unknown', message: `${prefix}: ${reason}`, cause })
  }
  throw invalid('device-unknown', `${prefix}: not a device node`)
}
