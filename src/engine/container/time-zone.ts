// --tz: /etc/localtime of a container, as localtime(5) wants it: a link into the image's own zoneinfo where that has the zone, else a
// copy of the host's file.

import { readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, invalid } from '../../base/errors.ts'
import { linkInRoot, openRoot, removeInRoot, statInRoot } from './root-folder.ts'

/** @throws invalid `time-zone-unknown` */
export function checkTimeZone(zone: string | undefined): void {
  if (zone) zoneFile(zone)
}

/** What is to be mounted at /etc/localtime; undefined where a link does, which needs leave to change the root. @throws invalid `time-zone-unknown` */
export function localTime(rootfs: string, zone: string, mayChange: boolean): Buffer | undefined {
  const file = zoneFile(zone)
  if (!mayChange) return readFileSync(file)
  using root = openRoot(rootfs)
  removeInRoot(root, '/etc/localtime')
  if (statInRoot(root, file) === undefined) return readFileSync(file)
  linkInRoot(root, '/etc/localtime', `..${file}`)
  return undefined
}

/** `local` is the host's own. */
function zoneFile(zone: string): string {
  const file = zone === 'local' ? '/etc/localtime' : join(process.env['TZDIR'] || '/usr/share/zoneinfo', zone)
  const isSound = !zone.startsWith('/') && !zone.split('/').includes('..')
  if (!isSound || absentAsUndefined(() => statSync(file))?.isFile() !== true) {
    throw invalid('time-zone-unknown', `finding timezone: unknown time zone ${zone}`)
  }
  return zone === 'local' ? realpathSync(file) : file
}
