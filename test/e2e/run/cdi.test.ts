// Devices of the Container Device Interface: what a vendor's file asks for, seen from inside.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect } from 'vitest'
import { openBox } from '../../support/box.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxArchive, busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'
import { testUser } from '../../support/user.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
let weak: string
let strong: string
let env: Record<string, string>

beforeEach(() => {
  ;({ weak, strong, env } = makeFolders(world.box.folder))
})

function makeFolders(folder: string) {
  const [first, second] = [join(folder, 'weak'), join(folder, 'strong')]
  for (const each of [first, second]) {
    rmSync(each, { recursive: true, force: true })
    mkdirSync(each)
  }
  const conf = join(folder, 'cdi.conf')
  const network = readFileSync(join(import.meta.dirname, '../../support/no-network.conf'), 'utf8')
  writeFileSync(conf, `${network}\n[engine]\ncdi_spec_dirs = ["${first}", "${second}"]\n`)
  return { weak: first, strong: second, env: { CONTAINERS_CONF: conf } }
}

function write(folder: string, name: string, devices: object[], containerEdits: object = {}) {
  const text = JSON.stringify({ cdiVersion: '0.6.0', kind: 'vendor.com/thing', devices, containerEdits })
  writeFileSync(join(folder, name), text)
}

const run = (flags: readonly string[], script: string) =>
  world.box.try(['run', '--rm', '--network', 'none', ...flags, busyboxName, 'sh', '-c', script], { env })

realTest('nodes, variables, mounts, groups and hooks; those of all devices once', async () => {
  const touch = join(weak, 'hooked')
  write(
    weak,
    'vendor.json',
    [
      {
        name: 'one',
        containerEdits: {
          env: ['ONE=1', 'PATH=/vendor:/bin'],
          deviceNodes: [{ path: '/dev/vendor', hostPath: '/dev/zero' }],
        },
      },
      {
        name: 'two',
        containerEdits: {
          deviceNodes: [
            { path: '/dev/vendor2', type: 'c', major: 1, minor: 11, fileMode: 0o600, uid: 7, permissions: 'r' },
          ],
        },
      },
    ],
    {
      mounts: [{ hostPath: '/etc', containerPath: '/vendor/etc', options: ['ro', 'nosuid', 'bind'] }],
      additionalGids: [4711],
      hooks: [
        { hookName: 'createRuntime', path: '/bin/sh', args: ['sh', '-c', `echo x >> ${touch}`], env: ['PATH=/bin'] },
      ],
    },
  )
  const flags = ['--device', 'vendor.com/thing=one', '--device', 'vendor.com/thing=two', '-e', 'ONE=mine']
  const script = `echo $ONE $PATH; id -G; head -c 2 /dev/vendor | od -An -tx1; stat -c '%t:%T %a %u' /dev/vendor2
    (echo x >/dev/vendor2) 2>&1; [ -e /vendor/etc/passwd ] && grep -o ' /vendor/etc ro,[a-z]*' /proc/self/mountinfo`
  const { stdout, stderr } = await run(flags, script)
  expect(stderr).toBe('')
  expect(stdout.split('\n')).toEqual([
    '1 /vendor:/bin',
    '0 4711',
    ' 00 00',
    '1:b 600 7',
    expect.stringContaining('Operation not permitted'),
    ' /vendor/etc ro,nosuid',
    '',
  ])
  expect(readFileSync(touch, 'utf8')).toBe('x\n')
})

realTest('YAML, as nvidia-ctk writes it, and --gpus', async () => {
  const text = `---
cdiVersion: 0.5.0
kind: nvidia.com/gpu
devices:
- name: "0"
  containerEdits:
    env: [GPU=zero]
- name: all
  containerEdits:
    deviceNodes:
    - path: /dev/nvidia0
      hostPath: /dev/null
containerEdits:
  env:
  - NVIDIA_VISIBLE_DEVICES=void
`
  writeFileSync(join(weak, 'nvidia.yaml'), text)
  expect((await run(['--gpus', 'all'], 'echo $NVIDIA_VISIBLE_DEVICES; ls /dev/nvidia0')).stdout).toBe(
    'void\n/dev/nvidia0\n',
  )
  expect((await run(['--gpus', 'device=0'], 'echo $GPU')).stdout).toBe('zero\n')
  expect((await run(['--gpus', '7'], 'true')).stderr).toContain("'nvidia.com/gpu=7'")
  expect((await run(['--gpus', '=='], 'true')).stderr).toContain('--gpus "=="')
})

realTest('the stronger folder wins; two files of one folder do not', async () => {
  write(weak, 'a.json', [{ name: 'x', containerEdits: { env: ['FROM=weak'] } }])
  write(strong, 'b.json', [{ name: 'x', containerEdits: { env: ['FROM=strong'] } }])
  expect((await run(['--device', 'vendor.com/thing=x'], 'echo $FROM')).stdout).toBe('strong\n')
  write(strong, 'c.json', [{ name: 'x' }])
  const { code, stderr } = await run(['--device', 'vendor.com/thing=x'], 'true')
  expect([code, stderr]).toEqual([125, expect.stringMatching(/b\.json and .*c\.json/)])
})

realTest('an unknown device is refused by name, with where it was looked for and what was not understood', async () => {
  write(weak, 'good.json', [{ name: 'x' }])
  writeFileSync(join(strong, 'bad.json'), '{"cdiVersion":"9.0.0"}')
  const { code, stderr } = await run(['--device', 'vendor.com/thing=y'], 'true')
  expect(code).toBe(125)
  for (const part of ["'vendor.com/thing=y'", `${weak} or ${strong}`, 'bad.json: cdiVersion "9.0.0" is unknown']) {
    expect(stderr).toContain(part)
  }
  expect(await world.box.ok(['ps', '-aq'])).toBe('')
  expect((await run(['--device', 'vendor.com/thing=x'], 'echo ok')).stdout).toBe('ok\n')
})

realTest('a file that has changed counts at the next start', async () => {
  write(weak, 'v.json', [{ name: 'x', containerEdits: { env: ['V=1'] } }])
  const words = ['--name', 'again', '--network', 'none', '--device', 'vendor.com/thing=x']
  await world.box.ok(['create', ...words, busyboxName, 'sh', '-c', 'echo $V'], { env })
  write(weak, 'v.json', [{ name: 'x', containerEdits: { env: ['V=2'] } }])
  expect(await world.box.ok(['start', '-a', 'again'], { env })).toBe('2')
  await world.box.ok(['rm', 'again'])
})

realTest('an ordinary user’s container has the nodes bound', async () => {
  await using box = openBox({ user: testUser('gantry-rootless') })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const places = makeFolders(box.folder)
  write(places.weak, 'v.json', [
    { name: 'x', containerEdits: { deviceNodes: [{ path: '/dev/vendor', hostPath: '/dev/zero' }] } },
  ])
  const words = ['run', '--rm', '--network', 'none', '--device', 'vendor.com/thing=x', busyboxName]
  const out = await box.ok([...words, 'sh', '-c', 'head -c 2 /dev/vendor | od -An -tx1'], { env: places.env })
  expect(out).toBe(' 00 00')
})
