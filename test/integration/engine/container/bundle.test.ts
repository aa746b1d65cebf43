// A created container's bundle, run by the real runc: what is asked for is seen inside.

import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bundleConfigPath, readBundleConfig } from '../../../../src/engine/container/bundle-config.ts'
import { create } from '../../../../src/engine/container/create.ts'
import { execProcess } from '../../../../src/engine/container/exec-process.ts'
import { foreignNetwork } from '../../../../src/engine/container/network-facts.ts'
import { readStoredContainer } from '../../../../src/engine/container/stored-container.ts'
import { writeBundle } from '../../../../src/engine/container/write-bundle.ts'
import { defaultSeccompProfile } from '../../../../src/spec/default-seccomp.ts'
import { specOf } from '../../../support/container-spec.ts'
import { type TestEngine, testEngine } from '../../../support/engine.ts'

let box: TestEngine
let rootfs: string

beforeEach(() => {
  box = testEngine()
  rootfs = join(box.folder, 'rootfs')
  for (const name of ['bin', 'etc', 'tmp', 'proc', 'sys', 'dev', 'run', 'home/web', 'srv']) {
    mkdirSync(join(rootfs, name), { recursive: true })
  }
  chmodSync(join(rootfs, 'tmp'), 0o1777)
  cpSync('/bin/busybox', join(rootfs, 'bin/busybox'))
  for (const applet of [
    'sh',
    'cat',
    'id',
    'env',
    'grep',
    'mount',
    'pwd',
    'hostname',
    'ls',
    'touch',
    'stat',
    'echo',
    'ps',
    'true',
    'ulimit',
  ]) {
    symlinkSync('busybox', join(rootfs, 'bin', applet))
  }
  writeFileSync(join(rootfs, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1001:web:/home/web:/bin/sh\n')
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\nweb:x:1001:\nextra:x:2000:web\n')
  writeFileSync(join(rootfs, 'srv/file'), 'from the image')
})

afterEach(() => box[Symbol.dispose]())

interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

async function run(words: readonly string[], command: string): Promise<Outcome> {
  const { engine } = box
  const spec = specOf(['--rootfs', '--network', 'none', ...words, rootfs, 'sh', '-c', command], engine.settings)
  const { id } = await create(engine, spec)
  const container = readStoredContainer(engine.at, id)
  if (container === undefined) throw new Error('created, but not there')
  const bundle = await writeBundle(engine, container, { rootfs, network: foreignNetwork(engine) })
  const result = spawnSync('runc', ['--root', join(box.folder, 'runc'), 'run', '--bundle', bundle.path, id], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { code: result.status, out: result.stdout.trim(), err: result.stderr.trim() }
}

async function output(words: readonly string[], command: string): Promise<string> {
  const { code, out, err } = await run(words, command)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out
}

test('config.json is replaced as a whole: others read it beside a start', async () => {
  const { engine } = box
  const { id } = await create(engine, specOf(['--rootfs', '--network', 'none', rootfs, 'true'], engine.settings))
  const container = readStoredContainer(engine.at, id)
  if (container === undefined) throw new Error('created, but not there')
  const made = { rootfs, network: foreignNetwork(engine) }
  await writeBundle(engine, container, made)
  const before = statSync(bundleConfigPath(engine.at, id)).ino
  await writeBundle(engine, container, made)
  expect(statSync(bundleConfigPath(engine.at, id)).ino).not.toBe(before)
  expect(readBundleConfig(engine.at, id)?.process.args).toEqual(['true'])
})

test('an exec into a container that has just ended is one into a container that does not run', async () => {
  const { engine } = box
  const { id } = await create(engine, specOf(['--rootfs', '--network', 'none', rootfs, 'true'], engine.settings))
  const container = readStoredContainer(engine.at, id)
  if (container === undefined) throw new Error('created, but not there')
  await writeBundle(engine, container, { rootfs, network: foreignNetwork(engine) })
  const live = { status: 'running', pid: spawnSync('true').pid } as never
  const request = { command: ['true'], environment: [] } as never
  const own = readBundleConfig(engine.at, id)?.process as never
  expect(() => execProcess(own, { request, live, container })).toThrow(
    'can only create exec sessions on running containers',
  )
})

describe('process', () => {
  test('root, a home, a path and podman as container by default', async () => {
    const env = (await output(['--name', 'web'], 'id; pwd; env')).split('\n')
    expect(env[0]).toBe('uid=0(root) gid=0(root)')
    expect(env[1]).toBe('/')
    expect(env).toContain('PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')
    expect(env).toContain('HOME=/root')
    expect(env).toContain('container=podman')
    expect(env.some((line) => /^HOSTNAME=[0-9a-f]{12}$/.test(line))).toBe(true)
    expect(env.some((line) => line.startsWith('TERM='))).toBe(false)
  })

  test('a user by name gets its groups and its home, and no capabilities', async () => {
    const out = await output(
      ['--user', 'web', '--workdir', '/srv'],
      'id; pwd; echo $HOME; grep -E "Cap(Eff|Bnd|Amb)" /proc/self/status',
    )
    expect(out.split('\n')).toEqual([
      'uid=1000(web) gid=1001(web) groups=1001(web),2000(extra)',
      '/srv',
      '/home/web',
      'CapEff:\t0000000000000000',
      'CapBnd:\t00000000800405fb',
      'CapAmb:\t0000000000000000',
    ])
  })

  test('a number that nobody has is fine, a name is not', async () => {
    expect(await output(['--user', '4242:4343'], 'id -u; id -g')).toBe('4242\n4343')
    await expect(run(['--user', 'nobody-here'], 'true')).rejects.toThrow('unable to find user nobody-here')
  })

  test('a working directory that is not there is refused when it was asked for', async () => {
    await expect(run(['--workdir', '/no/such'], 'true')).rejects.toThrow(
      'workdir "/no/such" does not exist on container',
    )
  })

  test('umask, host name and environment', async () => {
    expect(
      await output(
        ['--umask', '0077', '-h', 'box', '-e', 'A=1', '-e', 'B'],
        'umask; hostname; cat /etc/hostname; echo $HOSTNAME $A',
      ),
    ).toBe('0077\nbox\nbox\nbox 1')
  })

  test('init is process 1 and passes the exit code on', async () => {
    const { code, out } = await run(['--init'], 'cat /proc/1/cmdline | tr "\\0" " "; exit 7')
    expect(out).toMatch(/^\/run\/podman-init -- sh -c/)
    expect(code).toBe(7)
  })
})

describe('security', () => {
  test('capabilities are added and dropped', async () => {
    const out = await output(['--cap-drop', 'ALL', '--cap-add', 'net_raw,chown'], 'grep CapEff /proc/self/status')
    expect(out).toBe(`CapEff:\t${((1n << 13n) | 1n).toString(16).padStart(16, '0')}`)
  })

  test('seccomp filters by default, not when privileged or unconfined', async () => {
    const command = 'grep Seccomp: /proc/self/status'
    expect(await output([], command)).toBe('Seccomp:\t2')
    expect(await output(['--security-opt', 'seccomp=unconfined'], command)).toBe('Seccomp:\t0')
    expect(await output(['--privileged'], command)).toBe('Seccomp:\t0')
  })

  test('no-new-privileges', async () => {
    expect(await output(['--security-opt', 'no-new-privileges'], 'grep NoNewPrivs /proc/self/status')).toBe(
      'NoNewPrivs:\t1',
    )
  })

  test('kernel paths are hidden, and unmask shows them', async () => {
    const panic = readFileSync('/proc/sys/kernel/panic', 'utf8')
    const count = 'cat /proc/timer_list | grep -c . || true'
    expect(await output([], count)).toBe('0')
    expect(Number(await output(['--security-opt', 'unmask=/proc/timer_list'], count))).toBeGreaterThan(0)
    expect(await output([], '(echo 77 > /proc/sys/kernel/panic) 2>/dev/null || true')).toBe('')
    expect(readFileSync('/proc/sys/kernel/panic', 'utf8')).toBe(panic)
  })

  test('a privileged container sees the devices of the host', async () => {
    const nodes = (await output(['--privileged'], 'ls /dev')).split('\n')
    const own = (await output([], 'ls /dev')).split('\n')
    expect(own).not.toContain('kmsg')
    const host = readdirSync('/dev')
    for (const name of ['kmsg', 'vda']) if (host.includes(name)) expect(nodes).toContain(name)
  })
})

describe('mounts', () => {
  test('binds, read-only ones and the read-only root', async () => {
    mkdirSync(join(box.folder, 'data'))
    writeFileSync(join(box.folder, 'data/x'), 'hello')
    const volume = `${box.folder}/data:/mnt/data:ro`
    const out = await output(
      ['--read-only', '-v', volume],
      'cat /mnt/data/x; touch /mnt/data/y 2>&1; touch /no 2>&1; touch /tmp/yes /run/yes && echo written',
    )
    expect(out).toBe('hellotouch: /mnt/data/y: Read-only file system\ntouch: /no: Read-only file system\nwritten')
  })

  test('a tmpfs keeps what the image has there', async () => {
    const out = await output(['--tmpfs', '/srv:size=1m,mode=0700'], 'cat /srv/file; echo; grep " /srv " /proc/mounts')
    expect(out).toMatch(/^from the image\ntmpfs \/srv tmpfs rw,nosuid,nodev,relatime,size=1024k,mode=700/)
  })

  test('a missing source is named', async () => {
    await expect(run(['-v', '/no/such/folder:/x'], 'true')).rejects.toThrow(
      'statfs /no/such/folder: no such file or directory',
    )
  })

  test('option U gives the source to the user', async () => {
    mkdirSync(join(box.folder, 'data/deep'), { recursive: true })
    expect(await output(['--user', 'web', '-v', `${box.folder}/data:/data:U`], 'stat -c %u:%g /data /data/deep')).toBe(
      '1000:1001\n1000:1001',
    )
  })

  test('devices, and their permissions', async () => {
    expect(await output(['--device', '/dev/kmsg:/dev/log1:r'], 'ls -l /dev/log1')).toMatch(
      /^crw.* 1, +11 .*\/dev\/log1$/,
    )
  })

  test('hosts, resolv.conf and .containerenv', async () => {
    const out = await output(
      ['--name', 'web', '-h', 'box'],
      'grep box /etc/hosts; test -f /run/.containerenv && echo yes; test -f /etc/resolv.conf && echo yes',
    )
    expect(out).toBe('127.0.0.1\tbox web\nyes\nyes')
  })

  test('shm has its size', async () => {
    expect(await output(['--shm-size', '2m'], 'grep /dev/shm /proc/mounts')).toContain('size=2048k')
  })
})

describe('resources', () => {
  test('limits reach the control group', async () => {
    const limits =
      'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us'
    if (!existsSync('/sys/fs/cgroup/memory')) return
    expect(await output(['--memory', '64m', '--cpus', '0.5', '--pids-limit', '99'], limits)).toBe(
      `${64 * 1024 * 1024}\n99\n50000`,
    )
  })

  test('ulimits', async () => {
    const out = await output(
      ['--ulimit', 'nofile=123:456', '--ulimit', 'core=-1:-1'],
      'ulimit -Sn; ulimit -Hn; grep core /proc/self/limits',
    )
    expect(out).toMatch(/^123\n456\nMax core file size\s+unlimited\s+unlimited/)
  })

  test('sysctls', async () => {
    expect(
      await output(
        ['--sysctl', 'net.ipv4.ip_forward=1,kernel.msgmax=9000'],
        'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax',
      ),
    ).toBe('1\n9000')
  })
})

describe('namespaces', () => {
  test('the host name of the host', async () => {
    expect(await output(['--uts', 'host'], 'hostname')).toBe(readFileSync('/proc/sys/kernel/hostname', 'utf8').trim())
  })

  test('processes of the host', async () => {
    expect(Number(await output(['--pid', 'host'], 'echo $$'))).toBeGreaterThan(1)
    expect(await output([], 'echo $$')).toBe('1')
  })

  test('only loopback', async () => {
    expect(await output([], 'cat /proc/net/dev | grep -c :')).toBe('1')
  })
})

test('our own seccomp profile, for hosts without one, is one that runc takes', async () => {
  const profile = join(box.folder, 'seccomp.json')
  writeFileSync(profile, JSON.stringify(defaultSeccompProfile()))
  const words = ['--security-opt', `seccomp=${profile}`]
  expect(await output(words, 'id -u; grep Seccomp: /proc/self/status; hostname x 2>&1 || true')).toBe(
    '0\nSeccomp:\t2\nhostname: sethostname: Operation not permitted',
  )
})
