import { expect, test } from 'vitest'
import { compareResults, parseReport } from '../../vm/podman/bats-report.ts'

const report = `# podman version 5
## 250-systemd.bats
1..4
ok 1 [250] podman generate - systemd - basic in 7871ms
not ok 2 [250] podman-kube@.service template in 4000ms
# ok 9 in a diagnosis is no result
ok 3 [250] only for rootless in 914ms # skip only meaningful for rootless
## 270-socket-activation.bats
1..1
ok 1 no prefix in setup in 12ms
# end
`

test('parseReport reads outcomes by file; a planned test without a line has failed', () => {
  expect(parseReport(report).map(({ file, name, outcome }) => `${file} ${outcome} ${name}`)).toEqual([
    '250-systemd.bats pass podman generate - systemd - basic',
    '250-systemd.bats fail podman-kube@.service template',
    '250-systemd.bats skip only for rootless',
    '250-systemd.bats fail (test 4)',
    '270-socket-activation.bats pass no prefix in setup',
  ])
})

test('compareResults counts what podman passes, and names what Gantry does not', () => {
  const theirs = parseReport(report.replace('not ok 2', 'ok 2'))
  expect(compareResults(parseReport(report), theirs, ['250', '270'])).toEqual({
    lines: [
      '250: gantry 1 passed, 2 failed, 1 skipped; podman 2 passed, 1 failed, 1 skipped',
      '270: gantry 1 passed, 0 failed, 0 skipped; podman 1 passed, 0 failed, 0 skipped',
      '250: fail: podman-kube@.service template',
      'vm: of 3 tests that podman passes there, gantry passes 2',
    ],
    isEqual: false,
  })
  expect(compareResults(theirs, theirs, ['250', '270']).isEqual).toBe(true)
})

test('compareResults of nothing is no equality', () => {
  expect(compareResults([], [], ['250']).isEqual).toBe(false)
})
