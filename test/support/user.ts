// The ordinary user that rootless tests run as: made once, with subordinate ids, a runtime folder, and access to /dev/fuse and /dev/net/tun.

import { execFileSync } from 'node:child_process'
import { accessSync, chmodSync, chownSync, constants, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface TestUser {
  readonly name: string
  readonly uid: number
  readonly home: string
  readonly runtimeFolder: string
  /** A folder that holds bin/gantry and that this user can read. */
  readonly installation: string
}

/** Idempotent. Needs root. A test that ends its user's pause process has a user of its own. */
export function testUser(name = 'gantry-test'): TestUser {
  if (!readFileSync('/etc/passwd', 'utf8').includes(`\n${name}:`))
    execFileSync('useradd', ['-m', '-s', '/bin/sh', name])
  const uid = Number(execFileSync('id', ['-u', name], { encoding: 'utf8' }))
  // useradd gives ranges to new users, where it is configured to.
  for (const file of ['/etc/subuid', '/etc/subgid']) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8') : ''
    if (!new RegExp(`^${name}:`, 'm').test(lines)) {
      execFileSync('usermod', [file.endsWith('uid') ? '--add-subuids' : '--add-subgids', '600000-665535', name])
    }
  }
  const runtimeFolder = `/run/user/${uid}`
  mkdirSync('/run/user', { recursive: true, mode: 0o755 })
  mkdirSync(runtimeFolder, { recursive: true, mode: 0o700 })
  chownSync(runtimeFolder, uid, uid)
  for (const device of ['/dev/fuse', '/dev/net/tun']) if (existsSync(device)) chmodSync(device, 0o666)
  return { name, uid, home: `/home/${name}`, runtimeFolder, installation: readableInstallation() }
}

/** The work tree itself, or a copy of what running needs where the tree lies in a folder closed to others. */
function readableInstallation(): string {
  const tree = resolve(import.meta.dirname, '..', '..')
  if (isOpenToAll(tree)) return tree
  const copy = `/tmp/gantry-installed-${process.pid}`
  if (existsSync(copy)) return copy
  mkdirSync(copy, { mode: 0o755 })
  for (const part of ['bin', 'dist', 'libexec', 'package.json', 'node_modules']) {
    cpSync(join(tree, part), join(copy, part), { recursive: true, verbatimSymlinks: true })
  }
  return copy
}

function isOpenToAll(folder: string): boolean {
  try {
    execFileSync('setpriv', [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      'test',
      '-r',
      join(folder, 'package.json'),
    ])
    accessSync(folder, constants.R_OK)
    return true
  } catch {
    return false
  }
}
