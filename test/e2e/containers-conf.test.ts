// containers.conf(5): what it says is a container's, unless a flag says otherwise.

import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()

function conf(name: string, ...lines: readonly string[]): string {
  const path = join(world.box.folder, `${name}.conf`)
  writeFileSync(path, `[containers]\nnetns = "none"\n${lines.join('\n')}\n`)
  return path
}

describe('lists of several files', () => {
  const printed = async (...files: readonly string[]) => {
    const modules = files.flatMap((file) => ['--module', file])
    const { stdout } = await world.box.try([...modules, 'run', '--rm', busyboxName, 'sh', '-c', 'echo $A $B $C'])
    return stdout.trim()
  }

  realTest('are added to each other from {append=true} on, until {append=false}', async () => {
    const first = conf('first', 'env = ["A=1", {append=true}]')
    const second = conf('second', 'env = ["B=2"]')
    const third = conf('third', 'env = ["C=3", {append=false}]')
    expect(await printed(first, second)).toBe('1 2')
    expect(await printed(second, first)).toBe('1 2')
    expect(await printed(first, third)).toBe('3')
    expect(await printed(first, third, second)).toBe('2')
  })
})

describe('[containers]', () => {
  const run = async (file: string, flags: readonly string[], script: string) =>
    world.box.ok(['--module', file, 'run', '--rm', ...flags, busyboxName, 'sh', '-c', script], {
      env: { FROM_US: 'ours', http_proxy: 'http://proxy.example:1' },
    })

  realTest('annotations; those of the command line win', async () => {
    const file = conf('annotated', 'annotations = ["one=1", "two=2"]')
    const flags = ['--annotation', 'two=3', '--name', 'annotated', busyboxName]
    await world.box.ok(['--module', file, 'create', ...flags])
    const { Config } = (await world.box.inspect('annotated')) as unknown as { Config: { Annotations: object } }
    expect(Config.Annotations).toMatchObject({ one: '1', two: '3' })
    await world.box.ok(['rm', 'annotated'])
  })

  realTest('env_host, http_proxy', async () => {
    const script = 'echo $FROM_US,$http_proxy; env | grep -c _GANTRY'
    const all = conf('all', 'env_host = true')
    expect(await run(all, [], `${script}; true`)).toBe('ours,http://proxy.example:1\n0')
    expect(await run(all, ['--env-host=false'], `${script}; true`)).toBe(',http://proxy.example:1\n0')
    expect(await run(conf('no-proxy', 'http_proxy = false'), [], `${script}; true`)).toBe(',\n0')
  })

  realTest('privileged, also of exec', async () => {
    const file = conf('privileged', 'privileged = true')
    const capabilities = 'grep CapBnd /proc/self/status'
    const full = await run(file, [], capabilities)
    expect(full).not.toBe(await run(file, ['--privileged=false'], capabilities))
    await world.box.ok(['run', '-d', '--name', 'plain', '--network', 'none', busyboxName, 'sleep', '1000'])
    const exec = ['exec', 'plain', 'sh', '-c', capabilities]
    expect(await world.box.ok(['--module', file, ...exec])).toBe(full)
    expect(await world.box.ok(exec)).not.toBe(full)
    await world.box.ok(['rm', '-f', '-t', '0', 'plain'])
  })

  realTest('ipcns, pidns, utsns, cgroupns', async () => {
    const file = conf('host', ...['ipc', 'pid', 'uts', 'cgroup'].map((type) => `${type}ns = "host"`))
    const own = 'for type in ipc pid uts cgroup; do readlink /proc/self/ns/$type; done'
    const [ipc, ...others] = (await run(file, ['--ipc', 'private'], own)).split('\n')
    expect(others).toEqual(['pid', 'uts', 'cgroup'].map((type) => namespaceOf(type)))
    expect(ipc).not.toBe(namespaceOf('ipc'))
    const { code, stderr } = await world.box.try(['--module', conf('bad', 'pidns = "mine"'), 'create', busyboxName])
    expect([code, stderr]).toEqual([125, expect.stringContaining("'pidns' must be one of")])
  })

  realTest('the file that a container was made by shows in its monitor’s environment, and nothing else', async () => {
    const env = { CONTAINERS_CONF: conf('chosen', 'env = ["A=1"]'), GANTRY_TEST_SECRET: 'x' }
    await world.box.ok(['run', '-d', '--name', 'long', busyboxName, 'sleep', '1000'], { env })
    const { State } = await world.box.inspect('long')
    const environment = readFileSync(`/proc/${String(State['ConmonPid'])}/environ`, 'utf8')
    expect(environment).toBe(`CONTAINERS_CONF=${env.CONTAINERS_CONF}\0`)
    await world.box.ok(['rm', '-f', '-t', '0', 'long'])
  })
})

describe('[engine]', () => {
  realTest.each(['file', 'journald'])('events_container_create_inspect_data, in the backend %s', async (backend) => {
    if (backend === 'journald' && !existsSync('/run/systemd/journal/socket')) return
    const file = join(world.box.folder, `${backend}.conf`)
    writeFileSync(file, `[engine]\nevents_logger = "${backend}"\nevents_container_create_inspect_data = true\n`)
    const events = ['--module', file, 'events', '--stream=false', '--filter', 'event=create']
    await world.box.ok(['--module', file, 'create', '--name', backend, busyboxName, 'true'])
    await world.box.ok(['--events-backend', backend, 'create', '--name', `${backend}-plain`, busyboxName, 'true'])
    const of = (name: string) => ['--filter', `container=${name}`]
    const data = await world.box.ok([...events, ...of(backend), '--format', '{{.ContainerInspectData}}'])
    expect([JSON.parse(data)]).toEqual(JSON.parse(await world.box.ok(['inspect', '--size', backend])))
    expect(await world.box.ok([...events, ...of(backend)])).not.toContain('EffectiveCaps')
    expect(await world.box.ok([...events, ...of(`${backend}-plain`), '--format', '{{.ContainerInspectData}}'])).toBe('')
    await world.box.ok(['rm', backend, `${backend}-plain`])
  })
})

function namespaceOf(type: string): string {
  return readlinkSync(`/proc/self/ns/${type}`)
}
