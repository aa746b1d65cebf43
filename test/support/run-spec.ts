// A program for tests that must run as somebody else: loads an archive, creates a container of it by the flags given, and runs its bundle by
// runc. ARCHIVE IMAGE WORDS… ; prints what the container prints.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { create } from '../../src/engine/container/create.ts'
import { foreignNetwork } from '../../src/engine/container/network-facts.ts'
import { setUpRootfs, takeDownRootfs } from '../../src/engine/container/rootfs.ts'
import { readStoredContainer } from '../../src/engine/container/stored-container.ts'
import { writeBundle } from '../../src/engine/container/write-bundle.ts'
import { load } from '../../src/engine/image/load.ts'
import { specOf } from './container-spec.ts'
import { testEngine } from './engine.ts'

const [archive = '', ...words] = process.argv.slice(2)
using box = testEngine({ isRootless: process.env['_GANTRY_ROOTLESS_UID'] !== undefined })
const { engine } = box
await load(engine, { kind: 'path', path: archive }, {})
for (const round of ['first', 'second']) {
  const { id } = await create(engine, specOf(words, engine.settings))
  const container = readStoredContainer(engine.at, id)
  if (container === undefined) throw new Error('created, but not there')
  const rootfs = setUpRootfs(engine, container)
  try {
    const bundle = await writeBundle(engine, container, { rootfs, network: foreignNetwork(engine) })
    const argv = ['--root', join(box.folder, 'runc'), 'run', '--bundle', bundle.path, id]
    const { stdout, stderr, status } = spawnSync('runc', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    process.stdout.write(`${JSON.stringify({ round, status, stdout: stdout.trim(), stderr: stderr.trim() })}\n`)
  } finally {
    takeDownRootfs(engine, container)
  }
}
