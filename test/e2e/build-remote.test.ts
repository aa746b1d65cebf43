// build: what lies elsewhere and is not for everybody. Submodules of a git context, and keys that an ssh agent holds; as root and as an ordinary user.

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { type GitServer, startGitServer } from '../support/git-server.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const test = requires('root', 'runc', 'overlay')
const sshTest = requires('root', 'runc', 'overlay', 'sshd')

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  let box: Box
  const user = who === 'root' ? undefined : testUser()

  beforeAll(async () => {
    box = openBox(user === undefined ? {} : { user })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
  })
  afterAll(async () => {
    await box.ok(['rmi', '--all', '--force'])
    await box[Symbol.asyncDispose]()
  })
  const seen = async (image: string, script: string) =>
    box.ok(['run', '--rm', '--network', 'none', image, 'sh', '-c', script])

  test('submodules of a git context come with it, at the commit that it names, and none from this machine', async () => {
    await using server = await startGitServer()
    const [inner, lib] = ['inner.git', 'lib.git'].map((name) => repository(server, name)) as [Repository, Repository]
    inner.commit('deep', 'deep')
    lib.git('submodule', '--quiet', 'add', '../inner.git', 'inner')
    lib.commit('file', 'first')
    lib.commit('file', 'second')
    server.git('remote', 'add', 'origin', server.url)
    server.git('submodule', '--quiet', 'add', '../lib.git', 'lib')
    execFileSync('git', ['checkout', '--quiet', 'HEAD~'], { cwd: join(server.folder, 'lib') })
    writeFileSync(join(server.folder, 'Containerfile'), `FROM ${busybox}\nCOPY lib /lib2\nADD ${server.url} /added\n`)
    server.git('add', '.')
    server.git('commit', '--quiet', '-m', 'pinned')
    await box.ok(['build', '-t', 'modules', server.url])
    expect(await seen('modules', 'cat /lib2/file /added/lib/inner/deep; find /added -name .git')).toBe('firstdeep')

    server.git('config', '--file', '.gitmodules', 'submodule.lib.url', `file://${lib.folder}`)
    server.git('config', '--file', '.gitmodules', 'submodule.lib.update', '!touch /tmp/gantry-submodule-ran')
    server.git('commit', '--quiet', '-a', '-m', 'hostile')
    const { code, stderr } = await box.try(['build', server.url])
    expect(code).toBe(125)
    expect(stderr).toMatch(/^Error: git submodule of 'git:.*' failed: /m)
  })

  sshTest('an ssh agent, or keys, are there in RUN --mount=type=ssh and nowhere else', async () => {
    using agent = startAgent(user?.uid ?? 0)
    const context = join(box.folder, `ssh-${who.length}`)
    mkdirSync(context)
    for (const path of programFiles('/usr/bin/ssh-add')) {
      mkdirSync(join(context, 'root', dirname(path)), { recursive: true })
      copyFileSync(path, join(context, 'root', path))
    }
    const containerfile = (lines: readonly string[]) =>
      writeFileSync(join(context, 'Containerfile'), [`FROM ${busybox}`, 'COPY root /', ...lines, ''].join('\n'))
    const env = { SSH_AUTH_SOCK: agent.socket }
    if (user !== undefined) execFileSync('chown', ['-R', `${user.uid}`, context])
    containerfile([
      'RUN --mount=type=ssh ssh-add -l >/keys',
      'RUN --mount=type=ssh,id=other,target=/tmp/agent,uid=5,mode=0600 test "$SSH_AUTH_SOCK" = /tmp/agent && ssh-add -l >/others',
      'USER 5',
      'RUN --mount=type=ssh ! ssh-add -l',
      'RUN --mount=type=ssh,uid=5 ssh-add -l',
      'RUN test -z "$SSH_AUTH_SOCK" && test ! -e /tmp/agent',
    ])
    const flags = ['--ssh', 'default', '--ssh', `other=${agent.key}`]
    await box.ok(['build', '--network', 'none', '-t', 'keys', ...flags, context], { env })
    expect(await seen('keys', 'cat /keys /others')).toBe(`${agent.listed}\n${agent.listed}`)

    containerfile(['RUN --mount=type=ssh test -z "$SSH_AUTH_SOCK"', 'RUN --mount=type=ssh,required true'])
    const { code, stderr } = await box.try(['build', '--network', 'none', context], { env })
    expect(code).toBe(125)
    expect(stderr).toContain('no ssh key or agent with id default was forwarded')
  })
})

interface Repository {
  readonly folder: string
  git(...argv: string[]): string
  commit(file: string, content: string): void
}

/** Beside that of the server, and served as it is. */
function repository(server: GitServer, name: string): Repository {
  const folder = join(dirname(server.folder), name)
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', folder])
  const identity = ['-c', 'user.email=test@localhost', '-c', 'user.name=test', '-c', 'protocol.file.allow=always']
  const git = (...argv: string[]) => execFileSync('git', [...identity, ...argv], { cwd: folder, encoding: 'utf8' })
  git('remote', 'add', 'origin', server.url.replace('repo.git', name))
  return {
    folder,
    git,
    commit(file, content) {
      writeFileSync(join(folder, file), content)
      git('add', '.')
      git('commit', '--quiet', '-m', content)
    },
  }
}

interface Agent extends Disposable {
  readonly folder: string
  readonly socket: string
  readonly key: string
  /** What `ssh-add -l` says. */
  readonly listed: string
}

/** It answers its owner alone. */
function startAgent(uid: number): Agent {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-agent-'))
  const [socket, key] = [join(folder, 'socket'), join(folder, 'key')]
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'of the test', '-f', key])
  execFileSync('chown', ['-R', `${uid}`, folder])
  const said = execFileSync('ssh-agent', ['-a', socket], { encoding: 'utf8', uid })
  const env = { ...process.env, SSH_AUTH_SOCK: socket }
  execFileSync('ssh-add', ['-q', key], { env, stdio: 'ignore', uid })
  const listed = execFileSync('ssh-add', ['-l'], { env, encoding: 'utf8', uid }).trim()
  expect(readFileSync(`${key}.pub`, 'utf8')).toContain('of the test')
  return {
    folder,
    socket,
    key,
    listed,
    [Symbol.dispose]() {
      process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(said)?.[1]))
      rmSync(folder, { recursive: true })
    },
  }
}

/** The program with what its loader wants. */
function programFiles(program: string): string[] {
  const libraries = execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)
  return [program, ...[...libraries].map(([, path]) => path as string)]
}
