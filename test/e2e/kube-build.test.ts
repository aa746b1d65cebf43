// kube play: images that are made from folders of their names.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect } from 'vitest'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName } from '../support/busybox-image.ts'
import { documents, podManifest } from '../support/kube.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const shared = busyboxBox()
const play = ['kube', 'play', '--network', 'none']

afterEach(async () => shared.box.ok(['pod', 'rm', '--all', '--force', '--time', '0']))

function writeContext(parent: string, name: string, { file = 'Containerfile', says }: { file?: string; says: string }) {
  const folder = join(shared.box.folder, parent, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'said'), `${says}\n`)
  writeFileSync(join(folder, file), `FROM ${busyboxName}\nCOPY said /said\nCMD ["cat", "/said"]\n`)
}

const container = (name: string, image: string, more: object = {}) => ({ name, image, ...more })

describe('kube play --build', () => {
  test('an image that lacks is built from its folder, and taken as it is wherever it is named; --build builds it anew, --build=false never', async () => {
    const { box } = shared
    writeContext('.', 'first', { says: 'one' })
    writeContext('.', 'second', { file: 'Dockerfile', says: 'two' })
    const text = podManifest('p', {
      initContainers: [container('i', 'second')],
      containers: [
        container('a', 'first', { imagePullPolicy: 'Always' }),
        container('b', 'example.com:5000/x/second:1.0'),
      ],
    })
    const said = async (name: string) => {
      await box.ok(['wait', name])
      return box.ok(['logs', name])
    }
    const never = await box.try([...play, '--build=false', '-'], { stdin: text })
    expect(never).toMatchObject({ code: 125, stderr: expect.stringContaining('short-name "second"') })
    expect(await box.ok(['pod', 'ps', '-q'])).toBe('')
    await box.ok([...play, '-'], { stdin: text })
    expect([await said('p-a'), await said('p-b')]).toEqual(['one', 'two'])
    expect(await box.ok(['images', '--noheading', '--format', '{{.Repository}}:{{.Tag}}'])).toMatch(
      /^(?=[^]*^example\.com:5000\/x\/second:1\.0$)(?=[^]*^localhost\/first:latest$)(?=[^]*^localhost\/second:latest$)/m,
    )

    writeContext('elsewhere', 'first', { says: 'three' })
    writeContext('.', 'first', { says: 'four' })
    const single = podManifest('q', { containers: [container('a', 'first')] })
    await box.ok([...play, '-'], { stdin: single })
    expect(await said('q-a')).toBe('one')
    await box.ok(['pod', 'rm', '--force', 'q'])
    await box.ok(['buildah', 'from', '--name', 'q-a', busyboxName])
    expect((await box.try([...play, '-'], { stdin: single })).stderr).toContain(
      'the container name "q-a" is already in use',
    )
    await box.ok([...play, '--replace', '--build', '--context-dir', 'elsewhere', '-'], { stdin: single })
    expect(await said('q-a')).toBe('three')
  })

  test('what is refused, and a build that fails, make nothing, and leave the pod that was to be replaced', async () => {
    const { box } = shared
    writeContext('.', 'app', { says: 'good' })
    const text = podManifest('p', { containers: [container('a', 'app', { command: ['sleep', '1000'] })] })
    await box.ok([...play, '-'], { stdin: text })
    const running = async () => box.ok(['ps', '--filter', 'name=p-a', '--format', '{{.ID}} {{.Status}}'])
    const id = (await running()).split(' ')[0]

    writeFileSync(join(box.folder, 'app', 'Containerfile'), `FROM ${busyboxName}\nRUN exit 7\n`)
    const failed = await box.try([...play, '--replace', '--build', '-'], { stdin: text })
    expect(failed).toMatchObject({ code: 125, stderr: expect.stringMatching(/RUN exit 7.*exit status 7/) })
    const odd = documents(text, podManifest('q', { nodeName: 'n', containers: [container('a', busyboxName)] }))
    const refused = await box.try([...play, '--replace', '--strict', '-'], { stdin: odd })
    expect(refused).toMatchObject({ code: 125, stderr: expect.stringContaining('spec.nodeName is not honoured') })
    const nowhere = await box.try([...play, '--build', '--context-dir', 'nowhere', '-'], { stdin: text })
    expect(nowhere).toMatchObject({ code: 125, stderr: 'Error: --context-dir nowhere: no such folder\n' })
    const alone = await box.try([...play, '--context-dir', '.', '-'], { stdin: text })
    expect(alone.stderr).toContain('--build must be specified when using --context-dir option')
    expect(await running()).toMatch(new RegExp(`^${id} Up`))
  })
})
