// Files and folders that are written where people say: what is published survives a power cut, and what cannot be
// written ends at once and names the path.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'runc', 'overlay')
const quick = { isChecked: false, timeoutMs: 20_000 }
const shared = busyboxBox()

const straceTest = requires('root', 'runc', 'overlay', 'strace')

/** Each call on a name or for the disk's sake below `folder`, as `CALL PATH`: names are relative, the last one of the call, `*` where they are random. */
async function calls(words: readonly string[]): Promise<string[]> {
  const { box } = shared
  const trace = join(box.folder, 'trace')
  const traced = 'trace=fsync,fdatasync,syncfs,rename,renameat,renameat2,linkat'
  const strace = ['-f', '-qq', '-y', '-s', '512', '-e', traced, '-o', trace]
  execFileSync('strace', [...strace, ...box.argv, ...words], { env: box.env as NodeJS.ProcessEnv, cwd: box.folder })
  const lines = readFileSync(trace, 'utf8').split('\n')
  return lines.flatMap((line) => {
    const [, call = '', rest = ''] = /^\d+ +(\w+)\((.*)/.exec(line) ?? []
    const path = [...rest.matchAll(/["<]([^">]*)[">]/g)]
      .map(([, name]) => name as string)
      .findLast((name) => name.includes(out()))
    if (path === undefined) return []
    const name = path.slice(out().length).replace(/#\d+|[0-9a-f]{12}\.tmp|[0-9a-f]{64}/g, '*')
    return [`${call.replace('renameat2', 'rename')} ${name}`.replace(' (deleted)', '')]
  })
}
const out = () => join(shared.box.folder, 'out')

/** `name` is given after the content was synced, and its folder is synced after that. */
function expectLasting(
  seen: readonly string[],
  { content, name, folder }: Record<'content' | 'name' | 'folder', string>,
): void {
  const at = [content, name, folder].map((call) => seen.lastIndexOf(call))
  expect(at, `${content}, ${name}, ${folder} in:\n${seen.join('\n')}`).not.toContain(-1)
  expect(at, seen.join('\n')).toEqual(at.toSorted((a, b) => a - b))
}

describe('what is published', () => {
  straceTest('has its content and its name on the disk', async () => {
    const { box } = shared
    mkdirSync(out())
    await box.ok(['create', '--name', 'c', busyboxName, 'true'])
    await box.ok(['volume', 'create', 'v'])
    const to = (name: string) => join(out(), name)
    const files: readonly (readonly [string, readonly string[]])[] = [
      ['saved', ['save', '-q', '-o', to('saved'), busyboxName]],
      ['archive', ['copy', '-q', busyboxName, `oci-archive:${to('archive')}`]],
      ['exported', ['export', '-o', to('exported'), 'c']],
      ['volume', ['volume', 'export', '-o', to('volume'), 'v']],
    ]
    for (const [name, words] of files) {
      expectLasting(await calls(words), { content: 'fdatasync /*', name: `linkat /${name}`, folder: 'fsync ' })
    }
    const folder = await calls(['copy', '-q', busyboxName, `dir:${to('folder')}`])
    expectLasting(folder, { content: 'fsync /folder.*/*', name: 'rename /folder', folder: 'fsync ' })
    const layout = await calls(['copy', '-q', busyboxName, `oci:${to('layout')}`])
    const blobs = '/layout/blobs/sha256'
    expectLasting(layout, { content: `fdatasync ${blobs}/*`, name: `linkat ${blobs}/*`, folder: `fsync ${blobs}` })
    expectLasting(layout, { content: `fsync ${blobs}`, name: 'linkat /layout/index.json', folder: 'fsync /layout' })
    expectLasting(layout, {
      content: 'fdatasync /layout/*',
      name: 'linkat /layout/index.json',
      folder: 'fsync /layout',
    })
    const again = await calls(['save', '-q', '-o', to('saved'), busyboxName])
    expectLasting(again, { content: 'fdatasync /*', name: 'rename /saved', folder: 'fsync ' })
    mkdirSync(join(box.folder, 'context'))
    writeFileSync(join(box.folder, 'context', 'Containerfile'), `FROM ${busyboxName}\n`)
    const built = await calls(['build', '-q', '-o', to('tree'), '--iidfile', to('iid'), join(box.folder, 'context')])
    expect(built).toEqual(expect.arrayContaining(['syncfs /tree', 'fsync /iid']))
  })
})

const unwritable: readonly (readonly string[])[] = [
  ['copy', '-q', busyboxName, 'oci:/proc/gantry/a'],
  ['copy', '-q', busyboxName, 'dir:/proc/gantry'],
  ['copy', '-q', busyboxName, 'oci-archive:/proc/gantry'],
  ['save', '-q', '-o', '/proc/gantry', busyboxName],
  ['save', '-q', '--format', 'oci-dir', '-o', '/proc/gantry', busyboxName],
  ['image', 'trust', 'set', '--policypath', '/proc/gantry/a', '--type', 'reject', 'default'],
  ['--root', '/proc/gantry/a', 'images'],
  ['--runroot', '/proc/gantry', 'images'],
]

describe('a path that takes no files', () => {
  rootTest.for(unwritable)('%s', async (words) => {
    const { code, stderr } = await shared.box.try(words, quick)
    expect(code).toBe(125)
    expect(stderr).toMatch(/^Error: .*'\/proc\/gantry(\/a|\/containers)?' cannot be (made|written): .*\n.*\n$/)
  })
})

describe('what is there already', () => {
  rootTest('and is of the wrong kind is left alone, and named', async () => {
    const { box } = shared
    const [file, folder] = [join(box.folder, 'a-file'), join(box.folder, 'a-folder')]
    writeFileSync(file, 'mine')
    mkdirSync(folder)
    const refused = async (words: readonly string[]) => (await box.try([...words, busyboxName], quick)).stderr
    expect(await refused(['save', '-o', folder])).toBe(`Error: open ${folder}: is a directory\n`)
    for (const format of ['oci-dir', 'docker-dir'])
      expect(await refused(['save', '--format', format, '-o', file])).toMatch(`Error: open ${file}: not a directory\n`)
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['mine', []])
  })
})

describe('a file that is a mount point is written in place', () => {
  const credentials = JSON.stringify({ auths: { 'example.org': { auth: 'eDp5' }, 'example.com': { auth: 'eDp5' } } })
  const policy = JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] })
  const cases: readonly (readonly [name: string, before: string, words: (path: string) => string[], after: RegExp])[] =
    [
      ['save', '', (path) => ['save', '-q', '-o', path, busyboxName], /manifest\.json/],
      ['copy', '', (path) => ['copy', '-q', busyboxName, `oci-archive:${path}`], /oci-layout/],
      ['volume export', '', (path) => ['volume', 'export', '-o', path, 'w'], /ustar/],
      ['create --cidfile', '', (path) => ['create', '--cidfile', path, busyboxName], /^[0-9a-f]{64}$/],
      [
        'logout',
        credentials,
        (path) => ['logout', '--authfile', path, 'example.org'],
        /^(?!.*example.org).*example.com/s,
      ],
      [
        'trust set',
        policy,
        (path) => ['image', 'trust', 'set', '--policypath', path, '-t', 'reject', 'default'],
        /reject/,
      ],
    ]

  rootTest.for(cases)('%s', async ([name, before, words, after]) => {
    const { box } = shared
    const path = join(box.folder, `mounted-${name}`)
    const content = `${path}.content`
    await box.ok(['volume', 'create', '--ignore', 'w'])
    writeFileSync(content, before)
    writeFileSync(path, '')
    execFileSync('mount', ['--bind', content, path])
    try {
      await box.ok(words(path))
      expect(readFileSync(content, 'latin1')).toMatch(after)
      expect(readdirSync(box.folder).filter((entry) => entry.endsWith('.tmp'))).toEqual([])
    } finally {
      execFileSync('umount', [path])
    }
  })
})
