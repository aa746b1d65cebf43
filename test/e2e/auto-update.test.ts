// auto-update where there is no systemd: containers are made anew by their own commands, and get their image back when that fails.

import { afterAll, beforeAll, describe, expect } from 'vitest'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName as busybox } from '../support/busybox-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay', 'docker-registry')
const boxed = busyboxBox()
const columns = '{{.Unit}}|{{.ContainerName}}|{{.Image}}|{{.Policy}}|{{.Updated}}'
let registry: RealRegistry

beforeAll(async () => {
  registry = await startDockerRegistry()
})

afterAll(async () => registry[Symbol.asyncDispose]())

describe('auto-update', () => {
  test('pulls the newer image, and makes the container anew with all that it had', async () => {
    const { box } = boxed
    const name = `${registry.address}/app:1`
    const update = async (...flags: string[]) =>
      box.ok(['auto-update', '--tls-verify=false', '--format', columns, ...flags])
    await box.ok(['push', '-q', '--tls-verify=false', busybox, name])
    await box.ok(['pull', '-q', '--tls-verify=false', name])
    const flags = ['--name', 'app', '-e', 'PASSED', '-l', 'io.containers.autoupdate=registry', '--stop-signal', 'KILL']
    await box.ok(['run', '-d', ...flags, name, 'sleep', '1000'], { env: { PASSED: 'once' } })
    await box.ok(['run', '-d', '--name', 'other', '--stop-signal', 'KILL', name, 'sleep', '1000'])
    expect(await update()).toBe(`|app|${name}|registry|false`)
    await changed(name)
    await box.ok(['push', '-q', '--tls-verify=false', name, name])
    await box.ok(['tag', busybox, name])
    const before = await box.inspect('app')
    expect(await update('--dry-run')).toBe(`|app|${name}|registry|pending`)
    expect((await box.inspect('app')).Id).toBe(before.Id)
    expect(await update()).toBe(`|app|${name}|registry|true`)
    expect(await box.ok(['exec', 'app', 'sh', '-c', 'cat /version; echo $PASSED'])).toBe('2\nonce')
    expect((await box.try(['exec', 'other', 'cat', '/version'])).code).toBe(1)
    expect(await update()).toBe(`|app|${name}|registry|false`)
    await box.ok(['rm', '-f', 'app', 'other'])
  })

  test('goes back to the image that it had when the new one does not start, unless told not to', async () => {
    const { box } = boxed
    const name = 'localhost/local:latest'
    const label = ['-l', 'io.containers.autoupdate=local', '--stop-signal', 'KILL']
    await box.ok(['tag', busybox, name])
    await box.ok(['run', '-d', '--name', 'app', ...label, name, '/bin/sleep', '1000'])
    const { Image } = (await box.inspect('app')) as unknown as { Image: string }
    await broken(name)
    const rolledBack = await box.try(['auto-update', '--format', 'json'])
    expect([rolledBack.code, JSON.parse(rolledBack.stdout)]).toEqual([
      0,
      [expect.objectContaining({ ContainerName: 'app', Image: name, Policy: 'local', Updated: 'rolled back' })],
    ])
    expect(await box.inspect('app')).toMatchObject({ Image, State: { Status: 'running' } })
    await broken(name)
    const failed = await box.try(['auto-update', '--rollback=false'])
    expect([failed.code, failed.stderr]).toEqual([125, expect.stringContaining('restarting container app: ')])
    expect(failed.stdout).toMatch(/^UNIT +CONTAINER +IMAGE +POLICY +UPDATED\n.*\(app\) .* local +failed\n$/)
    await box.ok(['rm', '-f', '--ignore', 'app'])
  })

  test('says what is wrong with a label, and passes over those that want nothing', async () => {
    const { box } = boxed
    const run = ['run', '-d', '--stop-signal', 'KILL']
    await box.ok([...run, '--name', 'odd', '-l', 'io.containers.autoupdate=sometimes', busybox, 'sleep', '1000'])
    await box.ok([...run, '--name', 'off', '-l', 'io.containers.autoupdate=disabled', busybox, 'sleep', '1000'])
    const { code, stdout, stderr } = await box.try(['auto-update'])
    expect([code, stdout, stderr]).toEqual([125, '', expect.stringContaining('invalid auto-update policy "sometimes"')])
    await box.ok(['rm', '-f', 'odd', 'off'])
  })

  test('takes no image for newer whose list has got another platform', async () => {
    const { box } = boxed
    const name = `${registry.address}/many:1`
    await changed('localhost/other:1')
    const pushList = async (list: string, other?: string) => {
      await box.ok(['manifest', 'create', list, `containers-storage:${busybox}`])
      if (other !== undefined)
        await box.ok(['manifest', 'add', '--arch', other, list, 'containers-storage:localhost/other:1'])
      await box.ok(['manifest', 'push', '-q', '--all', '--tls-verify=false', list, `docker://${name}`])
      await box.ok(['manifest', 'rm', list])
    }
    await pushList('localhost/one')
    await box.ok(['pull', '-q', '--tls-verify=false', name])
    const label = ['-l', 'io.containers.autoupdate=registry', '--stop-signal', 'KILL']
    await box.ok(['run', '-d', '--name', 'app', ...label, name, 'sleep', '1000'])
    await pushList('localhost/two', 'riscv64')
    const { stdout } = await box.try(['auto-update', '--tls-verify=false', '--format', columns])
    expect(stdout).toBe(`|app|${name}|registry|false\n`)
    await box.ok(['rm', '-f', 'app'])
    await box.ok(['rmi', 'localhost/other:1'])
  })

  test('says which container the registry has no image for, also before it would pull', async () => {
    const { box } = boxed
    const name = `${registry.address}/gone:1`
    await box.ok(['tag', busybox, name])
    const label = ['-l', 'io.containers.autoupdate=registry', '--stop-signal', 'KILL']
    const id = await box.ok(['run', '-d', '--name', 'app', ...label, name, 'sleep', '1000'])
    for (const flags of [['--dry-run'], []]) {
      const { code, stdout, stderr } = await box.try([
        'auto-update',
        '--tls-verify=false',
        '--format',
        columns,
        ...flags,
      ])
      expect([code, stdout]).toEqual([125, `|app|${name}|registry|failed\n`])
      expect(stderr).toMatch(new RegExp(`^Error: checking image updates for container ${id}: .*manifest unknown\n$`))
    }
    await box.ok(['rm', '-f', 'app'])
    await box.ok(['untag', busybox, name])
  })
})

/** The name is another image's, which has /version. */
async function changed(name: string): Promise<void> {
  const { box } = boxed
  await box.ok(['run', '--name', 'changing', busybox, 'sh', '-c', 'echo 2 > /version'])
  await box.ok(['commit', '-q', 'changing', name])
  await box.ok(['rm', 'changing'])
}

/** The name is one's that has no /bin/sleep. */
async function broken(name: string): Promise<void> {
  const { box } = boxed
  await box.ok(['run', '--name', 'breaking', busybox, 'rm', '/bin/sleep'])
  await box.ok(['commit', '-q', 'breaking', name])
  await box.ok(['rm', 'breaking'])
}
