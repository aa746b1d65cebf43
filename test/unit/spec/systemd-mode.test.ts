import { expect, test } from 'vitest'
import { isSystemdMode } from '../../../src/spec/systemd-mode.ts'

test.for([
  [undefined, ['/sbin/init'], true],
  [undefined, ['/usr/local/sbin/init', '--log-level=info'], true],
  [undefined, ['/lib/systemd/systemd'], true],
  [undefined, ['systemd'], true],
  [undefined, ['/bin/sh', '-c', '/usr/sbin/init'], true],
  [undefined, ['/bin/sh', '/sbin/init'], false],
  [undefined, ['/opt/sbin/init'], false],
  [undefined, ['init'], false],
  [undefined, ['systemd-run'], false],
  [undefined, [], false],
  ['true', ['sh'], false],
  ['always', ['sh'], true],
  ['false', ['/sbin/init'], false],
] as const)('isSystemdMode %s %j', ([systemd, command, expected]) => {
  expect(isSystemdMode({ ...(systemd === undefined ? {} : { systemd }), command })).toBe(expected)
})
