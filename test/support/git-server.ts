// A git repository that a real `git daemon` serves.

import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../../src/os/remove-tree.ts'

export interface GitServer extends AsyncDisposable {
  /** `git://127.0.0.1:…/repo.git` */
  readonly url: string
  /** Where to commit. */
  readonly folder: string
  git(...argv: string[]): string
}

export async function startGitServer(): Promise<GitServer> {
  const base = mkdtempSync(join(tmpdir(), 'gantry-git-'))
  const folder = join(base, 'repo.git')
  const git = (...argv: string[]) => runSync(folder, argv)
  runSync(base, ['init', '--quiet', '--initial-branch=main', 'repo.git'])
  git('config', 'user.email', 'test@localhost')
  git('config', 'user.name', 'test')
  const port = await freePort()
  const argv = ['daemon', '--reuseaddr', '--export-all', `--base-path=${base}`, '--listen=127.0.0.1', `--port=${port}`]
  const daemon = spawn('git', argv, { stdio: 'ignore', detached: true })
  await answers(port)
  return {
    url: `git://127.0.0.1:${port}/repo.git`,
    folder,
    git,
    async [Symbol.asyncDispose]() {
      // git(1) starts the daemon itself as a child.
      if (daemon.pid !== undefined) process.kill(-daemon.pid, 'SIGKILL')
      await new Promise((resolve) => daemon.once('close', resolve))
      removeTree(base)
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('git daemon does not answer')
}

function runSync(cwd: string, argv: readonly string[]): string {
  return execFileSync('git', argv, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}
