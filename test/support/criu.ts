// criu for the tests: that of Debian testing (4.2), for those before fail on kernels from 6.16 on. Unpacked with its libraries into a folder
// named by the recipe: whoever changes this file gets it anew.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const cache = join(homedir(), '.cache', 'gantry-criu')

/** The folder to put first on PATH. Idempotent: what is there is used as it is; otherwise it takes half a minute and Debian's mirror. */
export function criuFolder(): string {
  const recipe = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .digest('hex')
    .slice(0, 12)
  const folder = join(cache, recipe)
  if (!existsSync(folder)) make(folder)
  return join(folder, 'bin')
}

function make(folder: string): void {
  mkdirSync(cache, { recursive: true })
  const half = mkdtempSync(join(cache, 'half-'))
  try {
    fill(half)
    publish(half, folder)
  } finally {
    rmSync(half, { recursive: true, force: true })
  }
}

function fill(half: string): void {
  // apt fetches as a user of its own.
  execFileSync('chmod', ['755', half])
  fetchPackages(half)
  const archives = join(half, 'archives')
  for (const name of readdirSync(archives).filter((file) => file.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['-x', join(archives, name), join(half, 'tree')])
  }
  mkdirSync(join(half, 'bin'))
  writeFileSync(join(half, 'bin', 'criu'), wrapper, { mode: 0o755 })
  for (const name of ['archives', 'lists', 'apt.conf', 'sources.list', 'status']) {
    rmSync(join(half, name), { recursive: true, force: true })
  }
}

/** With packages and lists of its own: the machine's apt is not touched. An empty status asks for libc, too. */
function fetchPackages(folder: string): void {
  for (const name of ['lists/partial', 'archives/partial']) mkdirSync(join(folder, name), { recursive: true })
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
  writeFileSync(join(folder, 'sources.list'), `deb [signed-by=${keyring}] http://deb.debian.org/debian forky main\n`)
  writeFileSync(join(folder, 'status'), '')
  const settings = {
    'Dir::Etc::sourcelist': 'sources.list',
    'Dir::State::lists': 'lists',
    'Dir::State::status': 'status',
    'Dir::Cache::archives': 'archives',
  }
  const lines = Object.entries(settings).map(([name, path]) => `${name} "${join(folder, path)}";`)
  // What deletes packages after an installation, in containers, would delete these.
  // A machine's clock may be ahead of its mirror.
  const plain = [
    'Acquire::Check-Valid-Until "false";',
    'Dir::Etc::sourceparts "/dev/null";',
    'Dir::Etc::parts "/dev/null";',
    'Dir::Cache::pkgcache "";',
  ]
  writeFileSync(join(folder, 'apt.conf'), [...lines, ...plain, 'Dir::Cache::srcpkgcache "";', ''].join('\n'))
  const env = { ...process.env, APT_CONFIG: join(folder, 'apt.conf') }
  const apt = (...words: string[]) => execFileSync('apt-get', ['-q', ...words], { env, stdio: ['ignore', 2, 2] })
  apt('update')
  apt('install', '-y', '--no-install-recommends', '--download-only', 'criu')
}

const wrapper = `#!/bin/sh
tree=$(dirname "$0")/../tree
for libraries in "$tree"/usr/lib/*-linux-gnu; do :; done
for loader in "$libraries"/ld-linux-*.so.*; do :; done
exec "$loader" --library-path "$libraries" "$tree/usr/sbin/criu" "$@"
`

/** Somebody else may have been faster. */
function publish(half: string, folder: string): void {
  for (const name of readdirSync(cache)) {
    if (/^[0-9a-f]{12}$/.test(name) && join(cache, name) !== folder) rmSync(join(cache, name), { recursive: true })
  }
  try {
    renameSync(half, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}
