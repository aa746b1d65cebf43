// container clone and container runlabel.

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName as busybox } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const boxed = busyboxBox()
const gantry = resolve(import.meta.dirname, '..', '..', 'bin', 'gantry')

describe('container clone', () => {
  test('is set up as its original, without what that wrote, and with its volumes', async () => {
    const { box } = boxed
    const flags = ['-e', 'A=1', '-l', 'tier=web', '-w', '/tmp', '-v', 'shared:/v', '--read-only=false', '-u', '1000']
    await box.ok([
      'run',
      '--name',
      'web',
      ...flags,
      '--cap-drop',
      'all',
      busybox,
      'sh',
      '-c',
      'id -u; pwd; echo $A; ls /v',
    ])
    await box.ok(['run', '--rm', '-v', 'shared:/v', busybox, 'touch', '/v/file'])
    const id = await box.ok(['container', 'clone', 'web'])
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(await box.inspect('web-clone')).toMatchObject({ Id: id, State: { Status: 'created' } })
    expect(await box.ok(['start', '-a', 'web-clone'])).toBe('1000\n/tmp\n1\nfile')
    const facts = '{{json .Config.Labels}} {{json .EffectiveCaps}} {{json .Config.CreateCommand}} {{.Image}}'
    const read = async (name: string) => box.ok(['inspect', '--format', facts, name])
    expect(await read('web-clone')).toBe(await read('web'))
    await box.ok(['container', 'clone', 'web'])
    await box.ok(['container', 'clone', 'web-clone'])
    const names = (await box.ok(['ps', '-a', '--format', '{{.Names}}'])).split('\n')
    expect(names.sort()).toEqual(['web', 'web-clone', 'web-clone1', 'web-clone2'])
    await box.ok(['rm', ...names])
    await box.ok(['volume', 'rm', 'shared'])
  })

  test('takes other limits, another name and image, and can replace its original', async () => {
    const { box } = boxed
    const sleep = [busybox, 'sleep', '1000']
    await box.ok(['run', '-d', '--name', 'old', '--stop-signal', 'KILL', '-m', '64m', '--pids-limit', '50', ...sleep])
    await box.ok(['run', '--name', 'changed', busybox, 'touch', '/new-image'])
    await box.ok(['commit', '-q', 'changed', 'localhost/changed'])
    await box.ok(['container', 'clone', '--run', '-m', '32m', 'old', 'small', 'localhost/changed'])
    await box.ok(['exec', 'small', 'test', '-e', '/new-image'])
    const limits = async (name: string) =>
      box.ok(['inspect', '--format', '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}} {{.ImageName}}', name])
    expect(await limits('small')).toBe(`${32 << 20} 50 localhost/changed:latest`)
    expect(await limits('old')).toBe(`${64 << 20} 50 ${busybox}`)
    const refused = await box.try(['container', 'clone', '--destroy', 'old', 'never'])
    expect(refused.code).toBe(125)
    expect((await box.try(['container', 'exists', 'never'])).code).toBe(1)
    await box.ok(['container', 'clone', '--destroy', '--force', '--run', '--name', 'next', 'old'])
    expect((await box.try(['container', 'exists', 'old'])).code).toBe(1)
    expect((await box.inspect('next')).State).toMatchObject({ Status: 'running' })
    await box.ok(['rm', '-f', 'small', 'next', 'changed'])
    await box.ok(['rmi', 'localhost/changed'])
  })

  test('refuses what cannot be', async () => {
    const { box } = boxed
    await box.ok(['create', '--name', 'one', busybox])
    const complaint = async (...words: string[]) => (await box.try(['container', 'clone', ...words])).stderr
    expect(await complaint('--force', 'one')).toContain('cannot set --force without --destroy')
    expect(await complaint('--pod', 'p', 'one')).toContain('--pod is not supported yet')
    expect(await complaint('nobody')).toContain('no container with name or ID "nobody" found')
    expect(await complaint('one', 'one')).toContain('is already in use')
    expect(await complaint('one', 'two', 'localhost/none')).toContain('localhost/none')
    expect(await complaint('-m', '1', 'one')).toMatch(/^Error: .*memory/)
    expect(await box.ok(['ps', '-aq', '--format', '{{.Names}}'])).toBe('one')
    await box.ok(['rm', 'one'])
  })
})

describe('container runlabel', () => {
  const label = 'podman run --rm --name NAME -e HERE=$PWD ${OPT1} IMAGE echo'

  test('runs what an image says, here and with this state', async () => {
    const { box } = boxed
    await box.ok(['create', '--name', 'base', busybox])
    const labels = [`run=${label}`, 'install=touch $PWD/installed-$NAME', `quiet=sh -c 'echo loud; exit 3'`]
    const changes = labels.flatMap((text) => ['-c', `LABEL ${text}`])
    await box.ok(['commit', '-q', ...changes, 'base', 'localhost/said:1'])
    const run = async (...words: string[]) => box.try(['container', 'runlabel', ...words])
    expect((await run('--display', 'RUN', 'localhost/said:1', 'hello')).stdout).toBe(
      `command: ${gantry} run --rm --name said -e HERE=${box.folder} localhost/said:1 echo hello\n`,
    )
    expect(await run('run', 'localhost/said:1', 'hello', 'NAME')).toMatchObject({ code: 0, stdout: 'hello NAME\n' })
    const named = await run('--display', '--opt1', '-t', '-n', 'web', 'run', 'localhost/said:1')
    expect(named.stdout).toContain(`--name web -e HERE=${box.folder} -t localhost/said:1`)
    expect(await run('-n', 'web', 'install', 'localhost/said:1')).toMatchObject({ code: 0 })
    expect(existsSync(join(box.folder, 'installed-web'))).toBe(true)
    expect(await run('quiet', 'localhost/said:1')).toMatchObject({ code: 3, stdout: 'loud\n' })
    expect(await run('-q', 'quiet', 'localhost/said:1')).toMatchObject({ code: 3, stdout: '' })
    await box.ok(['create', '--name', 'web', busybox])
    expect((await run('-n', 'web', 'run', 'localhost/said:1', 'x')).code).toBe(125)
    expect(await run('--replace', '-n', 'web', 'run', 'localhost/said:1', 'x')).toMatchObject({
      code: 0,
      stdout: 'x\n',
    })
    expect((await run('none', 'localhost/said:1')).stderr).toBe(
      'Error: cannot find the value of label: none in image: localhost/said:1\n',
    )
    await box.ok(['rm', 'base'])
    await box.ok(['rmi', 'localhost/said:1'])
  })
})
