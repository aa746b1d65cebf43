// Images in and out, judged by skopeo and by a real registry.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { startDockerRegistry } from '../support/docker-registry.ts'
import { layeredImage, layeredName } from '../support/layered-image.ts'
import { addImage, startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'

const quick = { isChecked: false }
const rootTest = requires('root', 'overlay', 'docker-registry')

describe.each([
  ['docker-archive', 'docker-archive'],
  ['oci-archive', 'oci-archive'],
  ['docker-dir', 'dir'],
  ['oci-dir', 'oci'],
])('save --format %s', (format, transport) => {
  rootTest('is read by skopeo, and gives the same image when loaded', async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const id = await box.ok(['image', 'inspect', '--format', '{{.Id}}', busyboxName])
    const saved = join(box.folder, 'saved')
    await box.ok(['save', '-q', '--format', format, '-o', saved, busyboxName])
    const config = execFileSync('skopeo', ['inspect', '--config', `${transport}:${saved}`], { encoding: 'utf8' })
    expect(JSON.parse(config)).toMatchObject({ config: { Cmd: ['sh'] } })
    await box.ok(['rmi', busyboxName])
    expect((await box.try(['load', '-i', saved])).stderr).toMatch(/^Getting image source signatures\nCopying blob/)
    expect(await box.ok(['image', 'inspect', '--format', '{{.Id}}', id])).toBe(id)
  })
})

rootTest('an image for another platform than was asked for is warned of, by pull and by run', async () => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', layeredImage(box.folder, [], { architecture: 'riscv64' })])
  const [own, other] = [process.arch === 'arm64' ? 'arm64' : 'amd64', 'riscv64']
  const warning = (has: string, wanted: string) =>
    `WARNING: image platform (linux/${has}) does not match the expected platform (linux/${wanted})\n`
  expect((await box.try(['create', layeredName, 'true'])).stderr).toBe(warning(other, own))
  expect((await box.try(['create', '--platform', 'linux/riscv64', layeredName, 'true'])).stderr).toBe('')
  await using registry = await startRegistry()
  addImage(registry, 'a', [])
  const pull = async (...flags: string[]) => (await box.try(['pull', '-q', ...flags, `${registry.address}/a:a`])).stderr
  expect(await pull('--arch', 's390x')).toBe(warning(own, 's390x'))
  expect(await pull()).toBe('')
  const digest = registry.manifests.get('a')?.bytes ?? ''
  const named = `${registry.address}/a:a@sha256:${createHash('sha256').update(digest).digest('hex')}`
  expect((await box.try(['pull', named])).stderr).toContain(`Trying to pull ${named.replace(':a@', '@')}...\n`)
})

rootTest('an id that no image has is no image, like any other name', async () => {
  await using box = openBox()
  const id = 'e5'.repeat(32)
  expect((await box.try(['image', 'exists', id])).code).toBe(1)
  expect(await box.try(['rmi', id])).toMatchObject({ code: 1, stderr: `Error: ${id}: image not known\n` })
  expect(await box.try(['rmi', '-f', id])).toMatchObject({ code: 0, stderr: '' })
})

rootTest('history names the image that ends at a step, with its last step, and whose the layers are', async () => {
  await using box = openBox()
  writeFileSync(join(box.folder, 'a'), 'a')
  const build = async (name: string, text: string) => {
    writeFileSync(join(box.folder, 'Containerfile'), text)
    return box.ok(['build', '-q', '-t', name, box.folder])
  }
  const parent = await build('parent', 'FROM scratch\nLABEL a=b\nCOPY a /a\nCMD ["/a"]\n')
  const child = await build('child', 'FROM parent\nCOPY a /b\nENV A=b\n')
  const rows = await box.ok(['history', '--no-trunc', '--format', '{{.ID}} {{.Tags}} {{.CreatedBy}}', 'child'])
  const steps = rows.split('\n').map((row) => row.replace(/\/bin\/sh -c #\(nop\) +(\w+).*/, '$1'))
  expect(steps).toEqual([
    `${child} [localhost/child:latest] ENV`,
    '<missing> [localhost/child:latest] COPY',
    `${parent} [localhost/parent:latest] CMD`,
    '<missing> [localhost/parent:latest] COPY',
    '<missing> [] LABEL',
  ])
})

rootTest('load and import take xz and bzip2', async () => {
  await using box = openBox()
  const saved = join(box.folder, 'saved')
  execFileSync('cp', [busyboxArchive(), saved])
  for (const [program, ending] of [
    ['xz', 'xz'],
    ['bzip2', 'bz2'],
  ] as const) {
    execFileSync(program, ['-k', '-1', saved])
    const packed = readFileSync(`${saved}.${ending}`)
    expect(await box.ok(['load', '-q', '-i', `${saved}.${ending}`], quick)).toBe(`Loaded image: ${busyboxName}`)
    expect(await box.ok(['load', '-q'], { ...quick, stdin: packed })).toBe(`Loaded image: ${busyboxName}`)
    const tree = join(box.folder, `tree.${ending}`)
    execFileSync('tar', ['-C', import.meta.dirname, '--use-compress-program', program, '-cf', tree, 'image.test.ts'])
    expect(await box.ok(['import', '-q', tree, program], quick)).toMatch(/^sha256:/)
    expect(await box.ok(['import', '-q', '-', `${program}-piped`], { ...quick, stdin: readFileSync(tree) })).toMatch(
      /^sha256:/,
    )
    const format = '{{.HealthCheck}} {{.Size}}'
    expect(await box.ok(['image', 'inspect', '--format', format, program, `${program}-piped`], quick)).toBe(
      Array.from({ length: 2 }, () => `<nil> ${readFileSync(import.meta.filename).length}`).join('\n'),
    )
    expect(await box.ok(['image', 'inspect', program], quick)).not.toContain('Healthcheck')
    writeFileSync(`${saved}.cut`, packed.subarray(0, packed.length / 2))
    const cut = await box.try(['load', '-i', `${saved}.cut`])
    expect(cut).toMatchObject({ code: 125, stderr: expect.stringMatching(`^Error: '${program}' ended with code.*\n$`) })
  }
})

rootTest('rmi of an image that was named twice, also by its id, is no error', async () => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const id = await box.ok(['image', 'inspect', '--format', '{{.Id}}', busyboxName])
  const removed = await box.try(['rmi', busyboxName, id.slice(0, 12), busyboxName])
  expect(removed).toMatchObject({ code: 0, stdout: `Untagged: ${busyboxName}\nDeleted: ${id}\n`, stderr: '' })
  expect(await box.try(['rmi', ''])).toMatchObject({ code: 125, stderr: "Error: invalid reference format: ''\n" })
})

rootTest('rmi of one of several names leaves the others, and an index that lists them alone', async () => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  await box.ok(['tag', busyboxName, 'localhost/other:1'])
  expect(await box.ok(['rmi', 'localhost/other:1'])).toBe('Untagged: localhost/other:1')
  const index = readFileSync(join(box.root, 'index.json'), 'utf8')
  expect(index).toContain(busyboxName)
  expect(index).not.toContain('localhost/other:1')
})

describe('pull', () => {
  rootTest.each(['v2s2', 'oci'])('a %s manifest from a real registry; rmi leaves nothing', async (manifest) => {
    await using registry = await startDockerRegistry()
    await using box = openBox()
    const name = `${registry.address}/busybox:1`
    execFileSync('skopeo', [
      ...['copy', '-q', '--format', manifest, '--dest-tls-verify=false'],
      `docker-archive:${busyboxArchive()}`,
      `docker://${name}`,
    ])
    const id = await box.ok(['pull', '-q', name])
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(await box.ok(['images', '--format', '{{.Repository}}:{{.Tag}}'])).toBe(name)
    expect((await box.try(['image', 'exists', name])).code).toBe(0)
    expect(await box.ok(['rmi', name])).toBe(`Untagged: ${name}\nDeleted: ${id}`)
    expect((await box.try(['image', 'exists', name])).code).toBe(1)
    expect(existsSync(join(box.root, 'images', `${id}.json`))).toBe(false)
  })

  rootTest('names what a registry does not have', async () => {
    await using registry = await startDockerRegistry()
    await using box = openBox()
    const { code, stderr } = await box.try(['pull', '-q', `${registry.address}/nosuch`])
    expect(code).toBe(125)
    expect(stderr).toContain('manifest unknown')
  })
})
