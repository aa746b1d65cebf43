// What a container could change of the host, or gain, by flags and configuration: kernel parameters, capabilities, groups, programs of ours.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { withAttack } from '../../support/attack.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName as busybox } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const none = ['--network', 'none']
const status = (name: string) => `grep ^${name}: /proc/self/status | cut -f2`

describe('CVE-2022-0811: kernel parameters that are smuggled in', () => {
  const corePattern = () => readFileSync('/proc/sys/kernel/core_pattern', 'utf8')
  /** Values: the kernel reads the number, and no more. */
  const harmless = [
    'kernel.shm_rmid_forced=1+kernel.core_pattern=|/evil',
    'kernel.shm_rmid_forced=1\nkernel.core_pattern=|/evil',
  ]
  const refused = [
    'kernel.core_pattern=|/evil',
    'net./../kernel.core_pattern=|/evil',
    'net/../kernel/core_pattern=|/evil',
  ]

  test('by --sysctl, in names and in values', async () => {
    const before = corePattern()
    for (const sysctl of [...harmless, ...refused]) {
      const words = ['run', '--rm', ...none, `--sysctl=${sysctl}`, busybox, 'true']
      const { code } = await world.box.try(words, { isChecked: false })
      if (refused.includes(sysctl)) expect(code).not.toBe(0)
      expect(corePattern()).toBe(before)
    }
    expect(await world.box.findings()).toEqual([])
    expect(await world.box.ok(['ps', '-aq'])).toBe('')
  })

  test('by default_sysctls of containers.conf', async () => {
    const before = corePattern()
    const conf = join(world.box.folder, 'containers.conf')
    for (const sysctl of ['kernel.core_pattern=|/evil', 'net./../kernel.core_pattern=|/evil']) {
      writeFileSync(conf, `[containers]\ndefault_sysctls = [${JSON.stringify(sysctl)}]\n`)
      const words = ['run', '--rm', ...none, busybox, 'true']
      expect((await world.box.try(words, { env: { CONTAINERS_CONF: conf } })).code).not.toBe(0)
      expect(corePattern()).toBe(before)
    }
  })
})

describe('CVE-2022-24769, 27649 and 29162: capabilities', () => {
  test('none is inheritable, neither in run nor in exec, nor ambient where nobody asked', async () => {
    const { box } = world
    await box.ok(['run', '-d', '--name', 'caps', ...none, '--cap-add', 'SYS_ADMIN', busybox, 'sleep', '1000'])
    const lines = `${status('CapInh')}; ${status('CapAmb')}`
    const zero = '0000000000000000\n0000000000000000'
    const runs = [[], ['--privileged'], ['--user', '1000'], ['--user', '1000', '--privileged']]
    // An ordinary user gets what --cap-add says, and --privileged, as ambient ones: podman's way to give them at all.
    for (const flags of runs.slice(0, 3)) expect(await world.out(flags, lines)).toBe(zero)
    for (const flags of runs) expect(await box.ok(['exec', ...flags, 'caps', 'sh', '-c', lines])).toBe(zero)
    const effective = ['sh', '-c', `${status('CapEff')}; ${status('CapPrm')}`]
    expect(await box.ok(['exec', '--user', '1000', '--privileged', 'caps', ...effective])).toBe(zero)
    await box.ok(['rm', '-f', '-t', '0', 'caps'])
  })
})

test('CVE-2022-2989: the primary group is one of the groups, so that a file closed to it stays closed', async () => {
  const { box } = world
  const script = 'for f in $(grep ^Groups: /proc/self/status | cut -f2); do echo $f; done'
  expect(await world.out(['--user', '1000:5000', '--group-add', '77'], script)).toBe('77\n5000')
  await box.ok(['run', '-d', '--name', 'grouped', ...none, '--user', '1000:5000', busybox, 'sleep', '1000'])
  expect(await box.ok(['exec', 'grouped', 'sh', '-c', script])).toBe('5000')
  expect(await box.ok(['exec', '--user', '7:8', 'grouped', 'sh', '-c', script])).toBe('8')
  await box.ok(['rm', '-f', '-t', '0', 'grouped'])
})

test('CVE-2022-1227: top runs nothing of the container’s as the host, and shows it no program of the host’s', async () => {
  const { box } = world
  for (const flags of [[], ['--cap-add', 'SYS_PTRACE']]) {
    const names = ['--name', 'watched', ...flags, ...withAttack()]
    await box.ok(['run', '-d', ...none, ...names, busybox, '/attack', 'catch'])
    const plant =
      'rm /bin/ps; printf "#!/bin/sh\\necho planted; id -u; grep CapEff /proc/self/status" >/bin/ps; chmod 755 /bin/ps'
    await box.ok(['exec', 'watched', 'sh', '-c', plant])
    expect(await box.ok(['top', 'watched', 'pid', 'args'])).toContain('/attack catch')
    const { stdout } = await box.try(['top', 'watched', '-o', 'pid,args'], { isChecked: false })
    // Where the host's ps may not be shown to the container, it is the container's own that runs, as what it is.
    if (flags.length === 0) expect(stdout).toContain('/attack catch')
    else expect(stdout).not.toContain('000001ff')
    expect(await box.ok(['logs', 'watched'])).not.toMatch(/caught .*\b(ps|nsenter|unshare|node)\b/)
    await box.ok(['rm', '-f', '-t', '0', 'watched'])
  }
})
