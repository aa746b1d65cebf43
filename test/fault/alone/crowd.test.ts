// 32 clients, random verbs on 10 names, for a minute: no error but the expected conflicts, and everything accounted for afterwards.

import { expect } from 'vitest'
import { finish, openBox } from '../../support/box.ts'
import { busyboxArchive, busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const durationMs = Number(process.env['GANTRY_CROWD_MS'] ?? 60_000)
const names = Array.from({ length: 10 }, (_, index) => `crowd${index}`)

/** What a client may be told when another one was faster. */
const expected = [
  /no container with name or ID/,
  /is already in use/,
  /is not running|container state improper|can only .* running/,
  /cannot remove container .* (as it is|since it is) running/,
  /is already running/,
  /being removed|removed meanwhile|no such container/,
  /is paused|not paused/,
  /no such object/,
  // runc's words for a container that is stopped, removed or paused while it brings the process into it: there are many.
  /^exec failed: /m,
  /open .*\/exec\/[0-9a-f]+\/runtime\.log: no such file/,
]

const verbs: ((name: string) => string[])[] = [
  (name) => ['run', '-d', '--name', name, '--network', 'none', busyboxName, 'sleep', '1000'],
  (name) => ['create', '--name', name, '--network', 'none', busyboxName, 'sleep', '1000'],
  (name) => ['start', name],
  (name) => ['stop', '-t', '0', name],
  (name) => ['kill', name],
  (name) => ['restart', '-t', '0', name],
  (name) => ['rm', '-f', '-t', '0', name],
  (name) => ['rm', name],
  (name) => ['inspect', name],
  (name) => ['exec', name, 'true'],
  (name) => ['logs', name],
  (name) => ['pause', name],
  (name) => ['unpause', name],
  () => ['ps', '-a'],
]

requires('root', 'runc', 'overlay')(
  '32 clients on 10 names meet only conflicts',
  { timeout: durationMs + 240_000 },
  async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const until = Date.now() + durationMs
    const surprises: string[] = []
    let count = 0
    const client = async (seed: number) => {
      const random = generator(seed)
      while (Date.now() < until) {
        const verb = verbs[Math.floor(random() * verbs.length)] as (name: string) => string[]
        const args = verb(names[Math.floor(random() * names.length)] as string)
        const result = await finish(box.start(args), 120_000)
        count += 1
        // What was executed dies, without a word, with its container.
        const isKilled = args[0] === 'exec' && result.code === 137 && result.stderr === ''
        const isExpected = result.code === 0 || isKilled || expected.some((pattern) => pattern.test(result.stderr))
        if (!isExpected) surprises.push(`${args.join(' ')} → ${result.code}: ${result.stderr.trim()}`)
      }
    }
    await Promise.all(Array.from({ length: 32 }, async (_, index) => client(index + 1)))
    expect(surprises).toEqual([])
    expect(count).toBeGreaterThan(100)
    await box.ok(['rm', '--all', '--force', '--time', '0'])
    expect(await box.ok(['ps', '-a', '-q'])).toBe('')
  },
)

/** A small seeded generator (mulberry32), so that a failing history can be repeated. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
