// build: contexts that are no folder of the user's, what ADD fetches and unpacks, and --check; as root and as an ordinary user.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { type GitServer, startGitServer } from '../support/git-server.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const test = requires('root', 'runc', 'overlay')

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  let box: Box
  let server: Server
  let git: GitServer
  let web: string
  const served = new Map<string, Buffer>()

  beforeAll(async () => {
    box = openBox(who === 'root' ? {} : { user: testUser() })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    server = createServer((request, response) => {
      const bytes = served.get(request.url ?? '')
      if (bytes === undefined) response.writeHead(404).end()
      else response.writeHead(200, { 'last-modified': 'Sat, 01 Jan 2000 00:00:00 GMT' }).end(bytes)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    web = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    git = await startGitServer()
  })
  afterAll(async () => {
    server.close()
    await git[Symbol.asyncDispose]()
    await box.ok(['rmi', '--all', '--force'])
    await box[Symbol.asyncDispose]()
  })

  const folder = (name: string, files: Readonly<Record<string, string | Buffer>>) => {
    const path = join(box.folder, name)
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(join(path, file, '..'), { recursive: true })
      writeFileSync(join(path, file), content)
    }
    return path
  }
  const tar = (path: string, ...flags: string[]) => execFileSync('tar', ['-C', path, ...flags, '-cf', '-', '.'])
  const seen = async (image: string, script: string) =>
    box.ok(['run', '--rm', '--network', 'none', image, 'sh', '-c', script])

  test('an archive from standard input: its ignore file counts, and no link of it leads out', async () => {
    const path = folder('archive', {
      Dockerfile: `FROM ${busybox}\nCOPY . /all/\nCOPY out* /outs/\n`,
      '.dockerignore': 'left-out\n',
      'left-out': 'x',
      kept: 'kept',
      outside: 'mine',
    })
    symlinkSync('/etc/hostname', join(path, 'link'))
    await box.ok(['build', '-t', 'archive', '-'], { stdin: tar(path, '--gzip') })
    expect(await seen('archive', 'cat /all/kept; readlink /all/link; ls -A /all /outs')).toBe(
      'kept/etc/hostname\n/all:\n.dockerignore\nDockerfile\nkept\nlink\noutside\n\n/outs:\noutside',
    )
    const followed = `FROM ${busybox}\nCOPY link/ /x/\nCOPY ../../../../etc/hostname /y\n`
    const { code, stderr } = await box.try(['build', '-f', '-', '-t', 'no', path], { stdin: followed })
    expect(code).toBe(125)
    expect(stderr).toContain('no items matching')
  })

  test('a bare Dockerfile from standard input, one from a web server, and a repository', async () => {
    served.set('/Dockerfile', Buffer.from(`FROM ${busybox}\nRUN echo web >/said\n`))
    await box.ok(['build', '--network', 'none', '-t', 'bare', '-'], {
      stdin: `FROM ${busybox}\nRUN echo bare >/said\n`,
    })
    await box.ok(['build', '--network', 'none', '-t', 'web', `${web}/Dockerfile`])
    mkdirSync(join(git.folder, 'sub'))
    writeFileSync(join(git.folder, 'sub', 'Containerfile'), `FROM ${busybox}\nCOPY file /said\n`)
    writeFileSync(join(git.folder, 'sub', 'file'), 'git')
    git.git('add', '.')
    git.git('commit', '--quiet', '-m', 'one')
    await box.ok(['build', '-t', 'git', `${git.url}#main:sub`])
    const said = await Promise.all(['bare', 'web', 'git'].map(async (image) => seen(image, 'cat /said')))
    expect(said).toEqual(['bare', 'web', 'git'])
    expect(readdirSync(join(box.root, 'trash'))).toEqual([])
  })

  test('ADD unpacks archives, and nothing of them leads out of the image', async () => {
    const inner = folder('inner', { 'sub/x': 'x', y: 'y' })
    symlinkSync('/etc', join(inner, 'etc-link'))
    const evil = execFileSync('python3', ['-c', evilArchive])
    const path = folder('archives', {
      Dockerfile: [
        `FROM ${busybox}`,
        'ADD a.tar.gz /gz/',
        'ADD a.tar.xz /xz',
        'ADD --unpack=false a.tar.gz /kept.tar.gz',
        'ADD plain.gz /plain/',
        'ADD --chown=3:4 a.tar.gz /owned/',
        'ADD evil.tar /',
      ].join('\n'),
      'a.tar.gz': tar(inner, '--gzip', '--owner=5', '--group=6'),
      'a.tar.xz': tar(inner, '--xz'),
      'plain.gz': execFileSync('gzip', ['-c'], { input: 'no archive' }),
      'evil.tar': evil,
    })
    await box.ok(['build', '-t', 'archives', path])
    const script = [
      'cat /gz/sub/x /xz/y; gunzip -c /plain/plain.gz; gunzip -t /kept.tar.gz; readlink /gz/etc-link',
      'stat -c %u:%g /gz/sub/x /owned/sub/x',
      // What the archive put "through" its link, and "above" its root, lies in the image.
      'cat /etc/through /above',
    ]
    expect(await seen('archives', script.join('; '))).toBe('xyno archive/etc\n5:6\n5:6\nthroughabove')
  })

  test('ADD fetches: a checksum is proved, a fetched archive is a file unless it is to be unpacked', async () => {
    served.set('/file', Buffer.from('fetched'))
    served.set('/a.tar', tar(folder('remote', { z: 'z' })))
    const digest = createHash('sha256').update('fetched').digest('hex')
    writeFileSync(join(git.folder, 'added'), 'from git')
    git.git('add', '.')
    git.git('commit', '--quiet', '-m', 'two')
    const lines = [
      `FROM ${busybox}`,
      `ADD --checksum=sha256:${digest} ${web}/file /dir/`,
      `ADD ${web}/a.tar /a.tar`,
      `ADD --unpack=true ${web}/a.tar /unpacked/`,
      `ADD ${git.url}#main /repository/`,
    ]
    const path = folder('fetching', { Dockerfile: lines.join('\n') })
    await box.ok(['build', '-t', 'fetching', path])
    const script =
      'cat /dir/file; stat -c " %a %Y" /dir/file; tar tf /a.tar; cat /unpacked/z /repository/added; ls -A /repository'
    expect(await seen('fetching', script)).toBe('fetched 600 946684800\n./\n./z\nzfrom gitadded\nsub')
    served.set('/file', Buffer.from('changed'))
    const again = await box.ok(['build', '--no-cache', '-t', 'fetching', path], { isChecked: false }).catch(String)
    expect(again).toContain(
      `has checksum sha256:${createHash('sha256').update('changed').digest('hex')}, not sha256:${digest}`,
    )
    expect(readdirSync(join(box.root, 'trash'))).toEqual([])
  })

  test('contexts by name', async () => {
    const data = folder('data', { 'a/b': 'named' })
    const path = folder('naming', {
      Dockerfile: `FROM base\nCOPY --from=data a/b /b\nCOPY --from=repository added /\n`,
    })
    const contexts = [`data=${data}`, `base=docker-image://${busybox}`, `repository=${git.url}`]
    await box.ok(['build', '-t', 'naming', ...contexts.flatMap((text) => ['--build-context', text]), path])
    expect(await seen('naming', 'cat /b /added')).toBe('namedfrom git')
  })

  test('--check tells what is doubtful, and builds nothing', async () => {
    const path = folder('checking', {
      Dockerfile: 'FROM scratch\nCOPY left-out /\nCMD x\n',
      '.dockerignore': 'left-out',
    })
    const { code, stdout } = await box.try(['build', '--check', '-t', 'checking', path])
    expect(code).toBe(1)
    expect(stdout).toContain('WARNING: CopyIgnoredFile - https://docs.docker.com/go/dockerfile/rule/copy-ignored-file/')
    expect(stdout).toContain('   3 | >>> CMD x')
    expect(stdout).toContain('Check complete, 2 warnings have been found!')
    expect((await box.try(['image', 'exists', 'checking'])).code).toBe(1)
    const clean = await box.ok(['build', '--check', '--build-arg', 'BUILDKIT_DOCKERFILE_CHECK=skip=all', path])
    expect(clean).toBe('Check complete, no warnings found.')
    folder('checking', { Dockerfile: `# check=error=true\nFROM ${busybox}\nRUN echo ran\nCMD x\n` })
    const refused = await box.try(['build', '--network', 'none', '-t', 'checking', path])
    expect(refused).toMatchObject({ code: 125, stdout: '' })
    expect(refused.stderr).toMatch(/Dockerfile:4: lint violation found for rules: JSONArgsRecommended\nSee each with: /)
    const skipped = ['--build-arg', 'BUILDKIT_DOCKERFILE_CHECK=skip=JSONArgsRecommended']
    await box.ok(['build', '--network', 'none', ...skipped, path])
  })
})

/** A link to /etc with a member through it, and a member above the archive's root. */
const evilArchive = `
import io, sys, tarfile
archive = tarfile.open(fileobj=sys.stdout.buffer, mode='w|')
link = tarfile.TarInfo('link'); link.type = tarfile.SYMTYPE; link.linkname = '/etc'; archive.addfile(link)
for name, text in (('link/through', b'through'), ('../../above', b'above')):
    member = tarfile.TarInfo(name); member.size = len(text); archive.addfile(member, io.BytesIO(text))
archive.close()
`
