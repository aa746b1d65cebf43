// The usual seccomp profile goes to the runtime as a short list, with a filter of ours before it: both together must say of every call
// what libseccomp's own filter of the whole list says. The filters are read back from the kernel and run here.

import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { defaultSeccompProfile } from '../../src/spec/default-seccomp.ts'
import { syscallTables } from '../../src/spec/syscalls.ts'
import { fixture } from '../native/programs.ts'
import { type Box, openBox } from '../support/box.ts'
import { type SystemCall, verdictOf } from '../support/bpf-machine.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'runc', 'overlay')
const timeout = 60_000

/** Where a named profile comes from that says the same as the usual one. */
function usualProfile(box: Box): string {
  const installed = ['/etc/containers/seccomp.json', '/usr/share/containers/seccomp.json'].find(existsSync)
  if (installed !== undefined) return installed
  const own = join(box.folder, 'seccomp.json')
  writeFileSync(own, JSON.stringify(defaultSeccompProfile()))
  return own
}

/** Of a container's first process. */
async function filtersOf(box: Box, name: string, flags: readonly string[]): Promise<Buffer[]> {
  await box.ok(['run', '-d', '--name', name, '--network', 'none', ...flags, busyboxName, 'sleep', '1000'])
  const { State } = await box.inspect(name)
  const text = execFileSync(fixture('dump-filters'), [String(State['Pid'])], { encoding: 'utf8' })
  return text
    .trim()
    .split('\n')
    .map((line) => Buffer.from(line, 'hex'))
}

const values = [
  0n,
  1n,
  8n,
  9n,
  16n,
  0x20000n,
  0x20008n,
  0x20009n,
  0xffffffffn,
  0x100000008n,
  0x7e020000n,
  2n ** 64n - 1n,
]
const arm64 = 0xc00000b7
const i386 = 0x40000003
/** libseccomp of Debian 12 knows no call beyond, and so refuses what the profile allows. */
const lastKnownToAll = 450

function* everyCall(): Generator<SystemCall> {
  for (const { auditArchitecture: architecture, names } of Object.values(syscallTables)) {
    for (let number = 0; number < names.length + 50; number += 1) {
      for (const first of architecture === i386 ? values.filter((value) => value < 2n ** 32n) : values)
        for (const third of [0n, 9n]) yield { architecture, number, args: [first, 0n, third] }
    }
    for (const number of [511, 512, 547, 1000, 0x7fffffff, 0x40000000, 0x40000027, 0xffffffff])
      yield { architecture, number }
  }
  yield { architecture: arm64, number: 64 }
}

for (const flags of [[], ['--cap-add', 'SYS_ADMIN,SYS_PTRACE'], ['--cap-drop', 'all'], ['--cap-add', 'AUDIT_WRITE']]) {
  rootTest(
    `with ${flags.join(' ') || 'the usual capabilities'} every call is decided as by the whole profile`,
    { timeout },
    async () => {
      await using box = openBox()
      await box.ok(['load', '-q', '-i', busyboxArchive()])
      const split = await filtersOf(box, 'split', flags)
      const whole = await filtersOf(box, 'whole', [...flags, '--security-opt', `seccomp=${usualProfile(box)}`])
      expect([split.length, whole.length]).toEqual([2, 1])
      const differences = [...everyCall()]
        .filter(({ number }) => number <= lastKnownToAll || number >= 500)
        .map((call) => ({ ...call, split: verdictOf(split, call), whole: verdictOf(whole, call) }))
        .filter((one) => one.split !== one.whole)
        .map(
          ({ architecture, number, args, split: ours, whole: theirs }) =>
            `${architecture} ${number} (${args}): ${ours}, not ${theirs}`,
        )
      expect(differences).toEqual([])
    },
  )
}

rootTest('exec is under the filters too, with and without a monitor', { timeout }, async () => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  await box.ok(['run', '-d', '--name', 'web', '--network', 'none', busyboxName, 'sleep', '1000'])
  const filters = ['sh', '-c', 'grep Seccomp_filters /proc/self/status | tee /told']
  expect(await box.ok(['exec', 'web', ...filters])).toMatch(/\t2$/)
  await box.ok(['exec', '-d', 'web', ...filters])
  await expect.poll(async () => box.ok(['exec', 'web', 'cat', '/told']), { timeout: 10_000 }).toMatch(/\t2$/)
  expect((await box.try(['exec', 'web', 'mount', '-t', 'proc', 'proc', '/mnt'])).code).not.toBe(0)
})
