// Contexts of a build from everywhere: real archives, a real git daemon, a real web server.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ContextRequest, openContext } from '../../../../src/engine/build/open-context.ts'
import { removeTree } from '../../../../src/os/remove-tree.ts'
import { paths } from '../../../../src/state/layout.ts'
import { openTemporaryFolder } from '../../../../src/state/temporary-folder.ts'
import { abandonedGraves } from '../../../../src/state/trash.ts'
import { type TestEngine, testEngine } from '../../../support/engine.ts'
import { type GitServer, startGitServer } from '../../../support/git-server.ts'

let box: TestEngine
let folder: string
const dockerfile = 'FROM scratch\nCOPY a /\n'

beforeAll(() => {
  box = testEngine()
  folder = mkdtempSync(join(tmpdir(), 'gantry-context-'))
  mkdirSync(join(folder, 'sub'))
  writeFileSync(join(folder, 'Dockerfile'), dockerfile)
  writeFileSync(join(folder, 'sub', 'Containerfile'), 'FROM sub')
  writeFileSync(join(folder, 'a'), 'hello')
  writeFileSync(join(folder, '.dockerignore'), 'left-out')
  symlinkSync('/etc/passwd', join(folder, 'Outside'))
  symlinkSync('/etc', join(folder, 'etc'))
})

afterAll(() => {
  box[Symbol.dispose]()
  removeTree(folder)
})

const never = () => {
  throw new Error('standard input is not read here')
}

async function open(where: string | undefined, rest: Partial<ContextRequest> = {}) {
  return openContext(box.engine, { where, files: [], stdin: never, ...rest })
}

function tar(...flags: string[]): Buffer {
  return execFileSync('tar', ['-C', folder, ...flags, '-cf', '-', '.'], { maxBuffer: 1 << 24 })
}

const piped = (bytes: Buffer) => ({ stdin: () => Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]) })

describe('openContext', () => {
  test('a folder stays where it is', async () => {
    using opened = await open(folder)
    expect(opened.context.folder).toBe(folder)
    expect(opened.dockerfile).toMatchObject({ text: dockerfile, path: 'Dockerfile' })
    expect(opened.context.ignored?.isIgnored('left-out')).toBe(true)
  })

  test("without a context it is the file's folder", async () => {
    using opened = await open(undefined, { files: [join(folder, 'sub', 'Containerfile')] })
    expect(opened).toMatchObject({ context: { folder: join(folder, 'sub') }, dockerfile: { text: 'FROM sub' } })
  })

  test.each([
    ['plain', []],
    ['gzip', ['--gzip']],
    ['xz', ['--xz']],
    ['bzip2', ['--bzip2']],
  ])('an archive, %s, from standard input or a file', async (_name, flags) => {
    const bytes = tar(...flags)
    const path = join(box.folder, `context${flags.join('')}.tar`)
    writeFileSync(path, bytes)
    for (const where of ['-', path]) {
      using opened = await open(where, where === '-' ? piped(bytes) : {})
      expect(readFileSync(join(opened.context.folder, 'a'), 'utf8')).toBe('hello')
      expect(opened.dockerfile.text).toBe(dockerfile)
      expect(opened.context.ignored?.isIgnored('left-out')).toBe(true)
    }
  })

  test('a bare Dockerfile from standard input, compressed or not', async () => {
    for (const bytes of [Buffer.from(dockerfile), gzipSync(dockerfile)]) {
      using opened = await open('-', piped(bytes))
      expect(opened.dockerfile.text).toBe(dockerfile)
      expect(readdirSync(opened.context.folder)).toEqual([])
    }
  })

  test('--file - beside a folder', async () => {
    using opened = await open(folder, { files: ['-'], ...piped(Buffer.from('FROM stdin')) })
    expect(opened).toMatchObject({ context: { folder }, dockerfile: { text: 'FROM stdin', path: 'stdin' } })
    await expect(open('-', { files: ['-'] })).rejects.toMatchObject({ code: 'stdin-twice' })
  })

  test('no link of an archive leads out', async () => {
    const bytes = tar()
    await expect(open('-', { files: ['Outside'], ...piped(bytes) })).rejects.toMatchObject({
      code: 'dockerfile-missing',
    })
    await expect(open('-', { files: ['etc/passwd'], ...piped(bytes) })).rejects.toMatchObject({
      code: 'dockerfile-missing',
    })
    using opened = await open('-', { files: ['../sub/Containerfile'], ...piped(bytes) })
    expect(opened.dockerfile.text).toBe('FROM sub')
  })

  test('what is missing is said, and nothing stays', async () => {
    await expect(open(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'context-missing' })
    await expect(open(join(folder, 'sub'), { files: ['none'] })).rejects.toMatchObject({ code: 'dockerfile-missing' })
    await expect(open('-', piped(execFileSync('tar', ['-C', folder, '-cf', '-', 'a'])))).rejects.toMatchObject({
      code: 'dockerfile-missing',
    })
    await expect(open('-', piped(tar('--gzip').subarray(0, 200)))).rejects.toThrow()
    expect(readdirSync(paths.trash(box.engine.at))).toEqual([])
  })
})

describe('from git', () => {
  let server: GitServer
  let first: string

  beforeAll(async () => {
    server = await startGitServer()
    writeFileSync(join(server.folder, 'Dockerfile'), 'FROM first')
    mkdirSync(join(server.folder, 'sub'))
    writeFileSync(join(server.folder, 'sub', 'Dockerfile'), 'FROM sub')
    symlinkSync('/etc', join(server.folder, 'out'))
    server.git('add', '.')
    server.git('commit', '--quiet', '-m', 'first')
    first = server.git('rev-parse', 'HEAD')
    writeFileSync(join(server.folder, 'Dockerfile'), 'FROM second')
    server.git('commit', '--quiet', '-am', 'second')
    server.git('branch', 'other', first)
    server.git('tag', 'v1', first)
  })

  afterAll(async () => server[Symbol.asyncDispose]())

  test.each([
    ['', 'FROM second'],
    ['#other', 'FROM first'],
    ['#v1', 'FROM first'],
    ['#:sub', 'FROM sub'],
    ['#other:sub', 'FROM sub'],
  ])('%s', async (fragment, text) => {
    using opened = await open(`${server.url}${fragment}`)
    expect(opened.dockerfile.text).toBe(text)
  })

  test('a commit that no branch ends in', async () => {
    using opened = await open(`${server.url}#${first}`)
    expect(opened.dockerfile.text).toBe('FROM first')
  })

  test('what is not there, and what leads out', async () => {
    await expect(open(`${server.url}#none`)).rejects.toMatchObject({ code: 'git-failed' })
    await expect(open(`${server.url}#main:none`)).rejects.toMatchObject({ code: 'context-missing' })
    await expect(open(`${server.url}#main:out`)).rejects.toMatchObject({ code: 'context-missing' })
    await expect(open(`${server.url}#--upload-pack=x`)).rejects.toMatchObject({ code: 'context-invalid' })
    expect(readdirSync(paths.trash(box.engine.at))).toEqual([])
  })
})

test('from a web server', async () => {
  const archive = tar('--gzip')
  const server = createServer((request, response) => {
    if (request.url === '/context.tgz') response.end(archive)
    else if (request.url === '/Dockerfile') response.end(dockerfile)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  try {
    using unpacked = await open(`http://127.0.0.1:${port}/context.tgz`)
    expect(existsSync(join(unpacked.context.folder, 'a'))).toBe(true)
    using bare = await open(`http://127.0.0.1:${port}/Dockerfile`)
    expect(bare.dockerfile.text).toBe(dockerfile)
    using file = await open(folder, { files: [`http://127.0.0.1:${port}/Dockerfile`] })
    expect(file).toMatchObject({ context: { folder }, dockerfile: { text: dockerfile } })
    await expect(open(`http://127.0.0.1:${port}/none`)).rejects.toMatchObject({ code: 'download-missing' })
  } finally {
    server.close()
  }
})

test('a folder that a killed process leaves is swept as what it deletes', () => {
  const { at } = box.engine
  const ours = openTemporaryFolder(at, 'context')
  mkdirSync(join(paths.trash(at), 'context.0000'))
  expect(abandonedGraves(at)).toEqual([join(paths.trash(at), 'context.0000')])
  ours[Symbol.dispose]()
  removeTree(join(paths.trash(at), 'context.0000'))
  expect(existsSync(ours.path)).toBe(false)
})
