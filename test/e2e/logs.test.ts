// What containers wrote, read back: rotated, followed, of several at once, long and binary.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { type Box, finish, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')

async function newBox(): Promise<Box> {
  const box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  return box
}

const run = (name: string, script: string, ...flags: string[]) => [
  ...['run', '-d', '--network', 'none', '--name', name, ...flags],
  ...[busyboxName, 'sh', '-c', script],
]

describe('logs', () => {
  realTest('tells the streams apart, and shows the end that has no line end', async () => {
    await using box = await newBox()
    await box.ok(run('web', 'echo out; echo err >&2; sleep 0.2; printf "no end"'))
    await box.ok(['wait', 'web'])
    expect(await box.try(['logs', 'web'])).toEqual({ code: 0, stdout: 'out\nno end', stderr: 'err\n' })
    expect(await box.ok(['logs', '--tail', '1', 'web'])).toBe('no end')
    expect((await box.try(['logs', '-t', 'web'])).stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]{18}Z out\n\S+Z no end$/)
  })

  realTest.each(['k8s-file', 'json-file'])('of %s reads as it was written', async (driver) => {
    await using box = await newBox()
    await box.ok(run('web', 'echo one; echo; printf "a b\\tc\\n"', '--log-driver', driver))
    await box.ok(['wait', 'web'])
    expect((await box.try(['logs', 'web'])).stdout).toBe('one\n\na b\tc\n')
    expect((await box.try(['logs', '--tail', '2', 'web'])).stdout).toBe('\na b\tc\n')
  })

  realTest('keeps lines of a megabyte and every byte of a binary', async () => {
    await using box = await newBox()
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31 + (index >> 8)) % 256))
    const long = Buffer.concat([Buffer.alloc(1_000_000, 'x'), Buffer.from('\n')])
    writeFileSync(join(box.folder, 'bytes'), Buffer.concat([bytes, long]))
    await box.ok(run('web', 'cat /bytes', '--log-opt', 'max-size=0', '-v', `${join(box.folder, 'bytes')}:/bytes:ro`))
    await box.ok(['wait', 'web'])
    const child = box.start(['logs', 'web'])
    const pieces: Buffer[] = []
    for await (const piece of child.stdout as AsyncIterable<Buffer>) pieces.push(piece)
    const hash = (data: Buffer) => createHash('sha256').update(data).digest('hex')
    expect(hash(Buffer.concat(pieces))).toBe(hash(Buffer.concat([bytes, long])))
  })

  realTest('reads across rotated files, from the beginning and from the end', async () => {
    await using box = await newBox()
    await box.ok(run('web', 'seq 1 2000', '--log-opt', 'max-size=20k', '--log-opt', 'max-file=4'))
    await box.ok(['wait', 'web'])
    const { Id } = await box.inspect('web')
    const files = readdirSync(join(box.root, 'containers', Id)).filter((name) => name.startsWith('ctr.log'))
    expect(files.sort()).toEqual(['ctr.log', 'ctr.log.1', 'ctr.log.2', 'ctr.log.3'])
    const numbers = (await box.ok(['logs', 'web'])).split('\n').map(Number)
    expect(numbers).toEqual(numbers.map((_, index) => 2000 - numbers.length + 1 + index))
    expect(numbers.length).toBeGreaterThan(1000)
    const tail = (await box.ok(['logs', '--tail', '900', 'web'])).split('\n').map(Number)
    expect(tail).toEqual(numbers.slice(-900))
  })

  realTest('--since and --until cut at the instant', async () => {
    await using box = await newBox()
    await box.ok(run('web', 'for i in 1 2 3; do echo $i; sleep 0.1; done'))
    await box.ok(['wait', 'web'])
    const times = (await box.ok(['logs', '-t', 'web'])).split('\n').map((line) => line.split(' ')[0] as string)
    expect(await box.ok(['logs', '--since', times[0] as string, 'web'])).toBe('2\n3')
    expect(await box.ok(['logs', '--until', times[2] as string, 'web'])).toBe('1\n2')
    expect(await box.ok(['logs', '--since', '1h', 'web'])).toBe('1\n2\n3')
    expect(await box.ok(['logs', '--since', '0s', 'web'])).toBe('')
    const refused = await box.try(['logs', '--since', 'yesterday', 'web'])
    expect(refused).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('parsing --since "yesterday"') as string,
    })
  })

  realTest('of several containers has their ids or names before each line', async () => {
    await using box = await newBox()
    const web = await box.ok(run('web', 'echo a1; echo a2'))
    const db = await box.ok(run('db', 'echo b1; echo b2'))
    await box.ok(['wait', 'web', 'db'])
    const lines = (await box.ok(['logs', 'web', 'db'])).split('\n')
    const of = (id: string) => lines.filter((line) => line.startsWith(id.slice(0, 12))).map((line) => line.slice(13))
    expect([of(web), of(db)]).toEqual([
      ['a1', 'a2'],
      ['b1', 'b2'],
    ])
    const named = (await box.ok(['logs', '-n', 'web', 'db'])).split('\n')
    expect(named.sort()).toEqual(['db b1', 'db b2', 'web a1', 'web a2'])
    expect(await box.ok(['logs', '--names', 'web'])).toBe('a1\na2')
  })

  realTest('of a driver that keeps nothing is refused in podman’s words', async () => {
    await using box = await newBox()
    await box.ok(run('web', 'true', '--log-driver', 'none'))
    const { code, stderr } = await box.try(['logs', 'web'])
    expect(code).toBe(125)
    expect(stderr).toContain(`this container is using the 'none' log driver, cannot read logs`)
  })

  realTest('into a pipe that closes ends quietly', async () => {
    await using box = await newBox()
    await box.ok(run('web', 'seq 1 200000'))
    await box.ok(['wait', 'web'])
    const child = box.start(['logs', 'web'])
    child.stdout?.once('data', () => child.stdout?.destroy())
    const { code, stderr } = await finish(child)
    expect({ code, stderr }).toEqual({ code: 141, stderr: '' })
  })
})

describe('logs --follow', () => {
  realTest('ends with the container, its last bytes included', async () => {
    await using box = await newBox()
    await box.ok(run('web', 'echo first; sleep 1; printf "last"'))
    expect((await finish(box.start(['logs', '-f', 'web']))).stdout).toBe('first\nlast')
    expect((await finish(box.start(['logs', '-f', 'web']))).stdout).toBe('first\nlast')
  })

  realTest('shows lines as they come, after the last old ones', async () => {
    await using box = await newBox()
    await box.ok(run('web', 'seq 1 50; while [ ! -e /go ]; do sleep 0.05; done; echo more; sleep 100'))
    const child = box.start(['logs', '-f', '--tail', '1', 'web'])
    let seen = ''
    const more = new Promise<void>((resolve) => {
      child.stdout?.on('data', (piece: Buffer) => {
        seen += piece.toString()
        if (seen.includes('more')) resolve()
      })
    })
    await box.ok(['exec', 'web', 'touch', '/go'])
    await more
    expect(seen).toBe('50\nmore\n')
    child.kill('SIGINT')
    await finish(child)
  })

  realTest('loses nothing to rotation', async () => {
    await using box = await newBox()
    const script =
      'i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); [ $((i % 100)) -eq 0 ] && sleep 0.05; done; echo end'
    await box.ok(run('web', script, '--log-opt', 'max-size=12k', '--log-opt', 'max-file=3'))
    const { stdout } = await finish(box.start(['logs', '-f', 'web']))
    const lines = stdout.trimEnd().split('\n')
    expect(lines.at(-1)).toBe('end')
    const first = Number(lines[0]?.split(' ')[1])
    expect(lines.slice(0, -1)).toEqual(Array.from({ length: 3000 - first }, (_, index) => `line ${first + index}`))
  })

  realTest('goes on to the end when the container is removed', async () => {
    await using box = await newBox()
    await box.ok(run('web', 'trap "echo bye; exit" TERM; echo hello; while :; do sleep 0.05; done'))
    const follower = finish(box.start(['logs', '-f', 'web']))
    await new Promise((resolve) => setTimeout(resolve, 700))
    await box.ok(['rm', '-f', '-t', '5', 'web'])
    expect((await follower).stdout).toBe('hello\nbye\n')
  })

  realTest('--until ends it in time', async () => {
    await using box = await newBox()
    await box.ok(run('web', 'while :; do echo x; sleep 0.1; done'))
    const startedAt = Date.now()
    const { code, stdout } = await finish(box.start(['logs', '-f', '--until', '1s', 'web']))
    expect(code).toBe(0)
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1000)
    expect(stdout).toMatch(/^(x\n)+$/)
  })

  realTest('of a created container ends at once', async () => {
    await using box = await newBox()
    await box.ok(['create', '--network', 'none', '--name', 'web', busyboxName, 'true'])
    expect(await finish(box.start(['logs', '-f', 'web']))).toMatchObject({ code: 0, stdout: '' })
  })
})

describe('events', () => {
  realTest('tells a container’s life, filtered, and as JSON', async () => {
    await using box = await newBox()
    const id = await box.ok(['run', '-d', '--network', 'none', '--name', 'web', '--label', 'a=b', busyboxName, 'true'])
    await box.ok(['wait', 'web'])
    await box.ok(['rm', 'web'])
    const statuses = await box.ok(['events', '--stream=false', '--filter', 'container=web', '--format', '{{.Status}}'])
    expect(statuses.split('\n')).toEqual(['create', 'init', 'start', 'died', 'cleanup', 'remove'])
    const died = await box.ok(['events', '--stream=false', '--filter', 'event=die', '--format', 'json'])
    expect(JSON.parse(died)).toMatchObject({ ID: id, Name: 'web', Image: busyboxName, Attributes: { a: 'b' } })
    const line = await box.ok(['events', '--stream=false', '--filter', 'event=start', '--no-trunc=false'])
    expect(line).toMatch(
      new RegExp(
        String.raw`^\d{4}-\d\d-\d\d [\d:.]+ \+0000 UTC container start ${id.slice(0, 12)} \(image=${busyboxName}, name=web, a=b\)$`,
      ),
    )
    expect(readFileSync(join(box.root, 'events', 'events.log'), 'utf8')).toContain('"Status":"died"')
  })

  realTest('filters by type, label, image and volume; refuses what is none', async () => {
    await using box = await newBox()
    await box.ok(['volume', 'create', 'vol'])
    await box.ok(['create', '--network', 'none', '--name', 'web', '--label', 'a=b', busyboxName])
    const id = await box.ok(['image', 'inspect', '--format', '{{.Id}}', busyboxName])
    await box.ok(['tag', busyboxName, 'localhost/other:1'])
    const shown = async (...filters: string[]) => {
      const flags = ['--stream=false', '--since', '2020-01-01T00:00:00Z', '--format', '{{.Type}} {{.Status}}']
      const text = await box.ok(['events', ...flags, ...filters.flatMap((filter) => ['--filter', filter])])
      return text.split('\n')
    }
    expect(await shown('type=volume')).toEqual(['volume create'])
    expect(await shown('volume=vol')).toEqual(['volume create'])
    expect(await shown('label=a')).toEqual(['container create'])
    expect(await shown('label=a=b', 'event=create')).toEqual(['container create'])
    expect(await shown('label=a=c')).toEqual([''])
    expect(await shown('event=create', 'type=volume', 'type=container')).toEqual(['volume create', 'container create'])
    expect(await shown(`image=${id.slice(0, 12)}`, 'event=tag')).toEqual(['image tag'])
    expect((await box.try(['events', '--filter', 'nothing=1'])).stderr).toContain('nothing is an invalid filter')
    expect((await box.try(['events', '--since', 'yesterday'])).stderr).toContain('unable to convert since time')
  })

  realTest('streams new ones only, until --until', async () => {
    await using box = await newBox()
    await box.ok(run('old', 'true'))
    const child = box.start(['events', '--format', '{{.Status}} {{.Name}}', '--filter', 'event=create'])
    const follower = finish(child)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    await box.ok(run('new', 'true'))
    const bounded = await finish(box.start(['events', '--since', '1h', '--until', '1s', '--format', '{{.Name}}']))
    expect(bounded.stdout).toContain('old\n')
    expect(bounded.code).toBe(0)
    child.kill('SIGINT')
    expect((await follower).stdout).toBe('create new\n')
  })
})
