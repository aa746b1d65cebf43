// SIGKILL at even points of what brings images from place to place: the next such command succeeds, and nothing of the killed one is left
// beside what it wrote. Also with somebody else at work on the same image.

import { type ChildProcess, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { type Box, finish, leftovers, openBox, type Result } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { quietly, type Sweep, surely, sweepPoints } from '../support/kill-sweep.ts'
import { addImage, startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'
import { end, member } from '../unit/image/tar-bytes.ts'

const rootTest = requires('root', 'overlay')
const points = Number(process.env['GANTRY_KILL_POINTS'] ?? 4)

interface Place {
  readonly verb: string
  readonly args: readonly string[]
  readonly next?: readonly string[]
  /** Whether what an earlier one wrote is there, and replaced or added to. */
  readonly isKept?: true
}

/** `out/` holds what is written, and nothing else. */
const places: Place[] = [
  { verb: 'copy to a new layout', args: ['copy', '-q', busyboxName, 'oci:out/layout:x'] },
  {
    verb: 'copy to a layout',
    args: ['copy', '-q', '--dest-oci-accept-uncompressed-layers', busyboxName, 'oci:out/layout:x'],
    isKept: true,
  },
  { verb: 'copy to a new dir', args: ['copy', '-q', busyboxName, 'dir:out/dir'] },
  { verb: 'copy to a dir', args: ['copy', '-q', busyboxName, 'dir:out/dir'], isKept: true },
  {
    verb: 'copy to an archive',
    args: ['copy', '-q', busyboxName, 'docker-archive:out/a.tar'],
    // One that is there is not added to.
    next: ['copy', '-q', busyboxName, 'oci-archive:out/a.tar'],
  },
  { verb: 'save', args: ['save', '-q', '-o', 'out/a.tar', busyboxName], isKept: true },
]

describe('client killed', () => {
  for (const { verb, args, next = args, isKept } of places) {
    rootTest(`during ${verb} at ${points} points leaves nothing`, { timeout: 120_000 }, async () => {
      await using box = openBox()
      await box.ok(['load', '-q', '-i', busyboxArchive()])
      const out = join(box.folder, 'out')
      mkdirSync(out)
      const prepare = async () => empty(out)
      const sweep: Sweep = {
        ...{ verb, args, next },
        ...(isKept ? { prepare: async () => undefined } : { prepare }),
        left: () => readdirSync(out).filter((name) => !['layout', 'dir', 'a.tar'].includes(name)),
      }
      await sweepPoints(box, sweep, { victim: 'client', points })
      expect(damagedBlobs(out)).toEqual([])
    })
  }
})

/** Files called by a digest that is not theirs. */
function damagedBlobs(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const [hex] = /[0-9a-f]{64}$/.exec(name) ?? []
    return (
      hex !== undefined &&
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex') !== hex
    )
  })
}

function empty(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
}

function layer(name: string): Buffer {
  return Buffer.concat([member({ name }, name.repeat(3_000_000)), end])
}

describe('with another at work on the same image', () => {
  interface Pull {
    readonly process: ChildProcess
    readonly ended: Promise<Result>
  }

  /** At each point of a pull something happens; then all is well. */
  async function duringPull(happen: (box: Box, image: string, pull: Pull) => Promise<unknown>, form = 'plain') {
    await using registry = await startRegistry()
    await using box = openBox()
    addImage(registry, 'latest', [layer('a'), layer('b')])
    const plain = `${registry.address}/a:latest`
    const { image, flags } = form === 'plain' ? { image: plain, flags: [] } : await encrypted(box, plain)
    const pull = ['pull', '-q', ...flags, image]
    const startedAt = performance.now()
    await box.ok(pull)
    const duration = performance.now() - startedAt
    for (let point = 1; point <= points; point += 1) {
      await quietly(box, ['rmi', '-f', '-i', image])
      const pulling = box.start(pull)
      const ended = finish(pulling)
      await sleep((duration * point) / points / 2)
      await happen(box, image, { process: pulling, ended })
      await ended
      await surely(box, pull)
      expect(await box.findings(), `after point ${point}`).toEqual([])
      expect(leftovers(box.folder), `after point ${point}`).toEqual([])
    }
  }

  /** The same image beside it, and how it is pulled. */
  async function encrypted(box: Box, plain: string): Promise<{ image: string; flags: string[] }> {
    const [secret, open] = ['key.pem', 'key.pub'].map((name) => join(box.folder, name)) as [string, string]
    execFileSync('openssl', ['genpkey', '-algorithm', 'RSA', '-out', secret], { stdio: 'ignore' })
    execFileSync('openssl', ['pkey', '-in', secret, '-pubout', '-out', open])
    const image = plain.replace('/a:', '/sealed:')
    await box.ok(['copy', '-q', '--encryption-key', `jwe:${open}`, `docker://${plain}`, `docker://${image}`])
    return { image, flags: ['--decryption-key', secret] }
  }

  rootTest('two pulls at once, one killed: the other succeeds', { timeout: 120_000 }, async () => {
    await duringPull(async (box, image, { process }) => {
      const other = finish(box.start(['pull', '-q', image]))
      await sleep(20)
      process.kill('SIGKILL')
      expect(await other).toMatchObject({ code: 0, stderr: '' })
    })
  })

  rootTest.each(['plain', 'encrypted'])(
    'rmi and image prune while it is pulled, %s: both succeed',
    { timeout: 120_000 },
    async (form) => {
      await duringPull(async (box, image, { ended }) => {
        const [pruned, removed] = await Promise.all([
          finish(box.start(['image', 'prune', '--all', '--force'])),
          finish(box.start(['rmi', '--force', '--ignore', image])),
        ])
        expect([pruned, removed].map(({ code, stderr }) => ({ code, stderr }))).toEqual(
          Array(2).fill({ code: 0, stderr: '' }),
        )
        expect(await ended).toMatchObject({ code: 0, stderr: '' })
      }, form)
    },
  )
})
