// buildah's verbs: the steps of its tutorials, as root and as an ordinary user; and what a kill leaves.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const test = requires('root', 'runc', 'overlay')

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  let box: Box
  // What does not depend on who asks is looked at once.
  const rootTest: typeof test = who === 'root' ? test : test.skip

  beforeAll(async () => {
    box = openBox(who === 'root' ? {} : { user: testUser() })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
  })
  afterAll(async () => {
    await box.ok(['buildah', 'rm', '--all'])
    await box.ok(['rmi', '--all', '--force'])
    await box[Symbol.asyncDispose]()
  })

  const buildah = async (...words: string[]) => box.ok(['buildah', ...words])
  const run = async (name: string, ...words: string[]) => buildah('run', '--network', 'none', name, '--', ...words)

  test('from an image: run, copy, config, commit, and the image does as it was told', async () => {
    const name = await buildah('from', busybox)
    expect(name).toMatch(/^[\w.-]+-working-container$/)
    expect(await buildah('from', busybox)).toBe(`${name}-1`)
    writeFileSync(join(box.folder, 'greet'), '#!/bin/sh\necho "$GREETING from $(cat /made) in $(pwd)"\n', {
      mode: 0o755,
    })
    await run(name, 'sh', '-c', 'echo here >/made')
    await buildah('config', '--workingdir', '/srv', '--env', 'GREETING=hello', '--label', 'a=1', '--label', 'b=2', name)
    expect(await buildah('copy', name, join(box.folder, 'greet'), '/bin/')).toMatch(/^[0-9a-f]{64}$/)
    await buildah('copy', name, join(box.folder, 'greet'))
    await buildah(
      'config',
      '--cmd',
      'greet',
      '--label',
      'b-',
      '--port',
      '80',
      '--author',
      'me',
      '--created-by',
      'test',
      name,
    )
    expect(await run(name, 'ls', '/srv')).toBe('greet')
    const id = await buildah('commit', '-q', name, 'greeter')
    expect(await box.ok(['run', '--rm', '--network', 'none', 'greeter'])).toBe('hello from here in /srv')
    const [image] = JSON.parse(await box.ok(['image', 'inspect', id]))
    expect(image).toMatchObject({
      Author: 'me',
      Config: { Cmd: ['greet'], WorkingDir: '/srv', Labels: { a: '1' }, ExposedPorts: { '80/tcp': {} } },
    })
    expect(image.History.at(-1)).toMatchObject({ created_by: 'test', author: 'me' })
    expect(await buildah('inspect', '--format', '{{.OCIv1.Config.WorkingDir}} {{.FromImage}}', name)).toBe(
      `/srv ${busybox}`,
    )
    const { code } = await box.try(['buildah', 'run', name, '--', 'sh', '-c', 'exit 7'])
    expect(code).toBe(7)
    await buildah('rm', name, `${name}-1`)
  })

  rootTest('from scratch: what is copied is all that the image has', async () => {
    const name = await buildah('from', 'scratch')
    expect(name).toBe('working-container')
    expect((await box.try(['buildah', 'run', name, 'sh'])).code).not.toBe(0)
    await buildah('add', '--chown', '3:4', '--from', busybox, name, '/bin/busybox', '/bin/sh')
    await buildah('config', '--entrypoint', '["/bin/sh"]', name)
    await buildah('commit', '-q', '--squash', name, 'small')
    expect(await box.ok(['run', '--rm', '--network', 'none', 'small', '-c', 'stat -c %u:%g /bin/sh'])).toBe('3:4')
    expect(JSON.parse(await box.ok(['image', 'inspect', 'small']))[0].RootFS.Layers).toHaveLength(1)
    const images = await box.ok(['images', '--format', '{{.Repository}}'])
    expect(images).not.toContain('<none>')
    // An image without layers can be looked at, too.
    const folder = join(box.folder, 'nothing')
    mkdirSync(folder)
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nLABEL a=b\n')
    await box.ok(['build', '-q', '-t', 'nothing', folder])
    expect(readdirSync(await box.ok(['image', 'mount', 'nothing']))).toEqual([])
    await box.ok(['image', 'unmount', 'nothing'])
    await buildah('rm', name)
  })

  rootTest('they are listed apart, and prune leaves them', async () => {
    const name = await buildah('from', '--name', 'apart', busybox)
    expect(await box.ok(['ps', '-aq'])).toBe('')
    const listed = '{{.Names}} {{.Status}} {{.State}} {{.Command}}'
    expect(await box.ok(['ps', '-a', '--external', '--format', listed])).toBe(`${name} Storage storage buildah`)
    expect(await buildah('containers', '--format', '{{.ContainerName}} {{.ImageName}}')).toBe(`${name} ${busybox}`)
    await box.ok(['container', 'prune', '--force'])
    expect(await buildah('containers', '-q')).toMatch(/^[0-9a-f]{64}$/)
    expect((await box.try(['rmi', busybox])).code).toBe(2)
    await buildah('rm', 'apart')
  })

  rootTest('ONBUILD is done by from, and not handed on', async () => {
    const name = await buildah('from', '--format', 'docker', busybox)
    const folder = join(box.folder, 'context')
    mkdirSync(folder, { recursive: true })
    await buildah('config', '--onbuild', 'RUN touch /triggered', '--onbuild', 'ENV A=b', name)
    await buildah('commit', '-q', name, 'triggers')
    expect(await buildah('inspect', '--type', 'image', '--format', '{{.Docker.Config.OnBuild}}', 'triggers')).toBe(
      '[RUN touch /triggered ENV A=b]',
    )
    const next = await buildah('from', 'triggers')
    expect(await run(next, 'sh', '-c', 'ls /triggered; echo $A')).toBe('/triggered\nb')
    expect(await buildah('inspect', '--format', '{{.Docker.Config.OnBuild}}', next)).toBe('[]')
    await buildah('rm', '--all')
  })

  test('a run that is killed leaves no process, and the container goes on', async () => {
    const name = await buildah('from', busybox)
    await run(name, 'touch', '/before')
    const child = box.start(['buildah', 'run', '--network', 'none', name, '--', 'sh', '-c', 'echo up; sleep 1000'])
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    child.kill('SIGKILL')
    // Its pipes stay open with the process that it has left.
    await new Promise((resolve) => child.once('exit', resolve))
    await box.try(['version'], { isChecked: false })
    expect(await run(name, 'sh', '-c', 'ls /before; ps | grep -c "[s]leep 1000" || true')).toBe('/before\n0')
    await buildah('rm', name)
  })

  rootTest('names that are none are told', async () => {
    expect((await box.try(['buildah', 'run', 'nobody', 'sh'])).stderr).toContain('nobody')
    await box.ok(['create', '--name', 'plain', '--network', 'none', busybox, 'true'])
    expect((await box.try(['buildah', 'rm', 'plain'])).stderr).toContain("'plain' is no working container")
    await box.ok(['rm', 'plain'])
  })
})
