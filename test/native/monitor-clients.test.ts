// The attach protocol: what clients get, what they can ask for, and that none of them can harm the others.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeFrame, encodeSignal, encodeSubscribe, frameTypes } from '../../src/runtime/frames.ts'
import { isLockHeld } from '../../src/state/lock.ts'
import type { Attached } from './attached.ts'
import { monitored, newFolder, until } from './monitored.ts'

/** A container that says what it reads, and when that ends. */
const reader = 'echo ready; cat; echo "(end)"; exec sleep 0.1'
const megabyte = Buffer.alloc(1 << 20, 'x')

describe('output', () => {
  test('reaches every client, split in stdout and stderr', async () => {
    await using monitor = await monitored({ payload: 'read go; echo out; echo err >&2; exit 5', settings: ['stdin=1'] })
    const others = await Promise.all([monitor.attach(), monitor.attach(), monitor.attach()])
    await settled(others)
    monitor.client.write('go\n')
    for (const client of [monitor.client, ...others]) {
      expect(await client.exit).toMatchObject({ exitCode: 5 })
      expect([client.stdout(), client.stderr()]).toEqual(['out\n', 'err\n'])
    }
  })

  test('goes only to who subscribed to it', async () => {
    await using monitor = await monitored({ payload: 'read go; echo out; echo err >&2; exit 5', settings: ['stdin=1'] })
    const clients = await Promise.all([0, 1, 2].map(async () => monitor.attach()))
    clients.forEach((client, mask) => client.socket.write(encodeSubscribe(mask)))
    await settled(clients)
    monitor.client.write('go\n')
    await Promise.all(clients.map((client) => client.exit))
    expect(clients.map((client) => client.stdout() + client.stderr())).toEqual(['', 'out\n', 'err\n'])
  })

  test('arrives whole, in bytes, before the exit frame', { timeout: 60_000 }, async () => {
    const size = 64 << 20
    await using monitor = await monitored({
      payload: `head -c ${size} /dev/urandom; printf 'the \\0end'`,
      settings: ['log-driver=none'],
    })
    await monitor.client.exit
    expect(monitor.client.received()).toBe(size + 8)
    expect(monitor.client.controls).toEqual([frameTypes.exit])
  })

  test('waits for the first client', async () => {
    const payload =
      'until test -e "$FAKE_ARGV.go"; do sleep 0.05; done; head -c 8000000 /dev/zero; echo done >"$FAKE_ARGV.done"'
    await using monitor = await monitored({ payload })
    monitor.client.socket.pause()
    writeFileSync(join(monitor.folder, 'argv.go'), '')
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(existsSync(join(monitor.folder, 'argv.done'))).toBe(false)
    monitor.client.socket.resume()
    await monitor.client.exit
    expect(monitor.client.received()).toBe(8_000_000)
  })

  test('goes on when the first client leaves in the middle', async () => {
    await using monitor = await monitored({ payload: 'head -c 8000000 /dev/zero; exit 6' })
    monitor.client.socket.pause()
    await new Promise((resolve) => setTimeout(resolve, 100))
    monitor.client.socket.destroy()
    await monitor.gone
    expect(monitor.exitRecord()).toMatchObject({ exitCode: 6 })
  })

  test('does not wait for any other client, which is told why it is dropped', { timeout: 40_000 }, async () => {
    const payload = 'read go; head -c 8000000 /dev/zero; echo done >&2; exec sleep 30'
    await using monitor = await monitored({ payload, settings: ['stdin=1', 'log-driver=none'] })
    const slow = await monitor.attach()
    slow.socket.pause()
    await settled([slow])
    monitor.client.write('go\n')
    const startedAt = performance.now()
    await until(() => monitor.client.stderr() === 'done\n')
    expect(performance.now() - startedAt).toBeLessThan(5000)
    await new Promise((resolve) => setTimeout(resolve, 11_000))
    slow.socket.resume()
    await slow.closed
    expect(slow.error()).toMatch(/too slow/)
    expect(slow.received()).toBeLessThan(8_000_000)
  })

  test('of more than 16 MiB behind drops at once', { timeout: 20_000 }, async () => {
    const payload = 'read go; head -c 40000000 /dev/zero; exec sleep 30'
    await using monitor = await monitored({ payload, settings: ['stdin=1', 'log-driver=none'] })
    const slow = await monitor.attach()
    slow.socket.pause()
    await settled([slow])
    monitor.client.write('go\n')
    await until(() => monitor.client.received() === 40_000_000)
    slow.socket.resume()
    await slow.closed
    expect(slow.error()).toMatch(/too slow/)
  })
})

describe('stdin', () => {
  test('arrives from every client, and ends', async () => {
    await using monitor = await monitored({ payload: reader, settings: ['stdin=1'] })
    const other = await monitor.attach()
    other.write('from another\n')
    await monitor.client.saw('from another\n')
    monitor.client.write('from the first\n')
    monitor.client.endInput()
    await monitor.client.exit
    expect(monitor.client.stdout()).toMatch(/from the first\n\(end\)\n$/)
  })

  test('sent before the start is not lost', async () => {
    const early = Buffer.concat([encodeFrame(frameTypes.stdin, Buffer.from('early')), encodeFrame(frameTypes.stdin)])
    await using monitor = await monitored({ payload: reader, settings: ['stdin=1'], early })
    await monitor.client.exit
    expect(monitor.client.stdout()).toBe('ready\nearly(end)\n')
  })

  test('of a container without it is dropped', async () => {
    await using monitor = await monitored({ payload: reader, early: encodeFrame(frameTypes.stdin, Buffer.from('x')) })
    await monitor.client.exit
    expect(monitor.client.stdout()).toBe('ready\n(end)\n')
  })

  test('waits for the container, and no byte is lost', { timeout: 30_000 }, async () => {
    await using monitor = await monitored({ payload: 'sleep 0.5; wc -c', settings: ['stdin=1'] })
    let hasDrained = true
    for (let i = 0; i < 24; i += 1) {
      monitor.client.write(megabyte)
      hasDrained = monitor.client.socket.writableLength === 0
    }
    expect(hasDrained).toBe(false)
    monitor.client.endInput()
    await monitor.client.exit
    expect(monitor.client.stdout().trim()).toBe(String(24 << 20))
  })

  test('that nobody reads does not keep a signal from another connection', async () => {
    await using monitor = await monitored({ payload: 'exec sleep 60', settings: ['stdin=1'] })
    monitor.client.write(megabyte)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const other = await monitor.attach()
    other.socket.write(encodeSignal(15))
    expect(await other.exit).toMatchObject({ signal: 15 })
  })

  test('of a sender that was killed still arrives', async () => {
    await using monitor = await monitored({
      payload: 'sleep 0.5; wc -c; exec sleep 0.2',
      settings: ['stdin=1', 'stdin-once=1'],
    })
    const sender = await monitor.attach()
    sender.write(megabyte.subarray(0, 150_000))
    await new Promise((resolve) => setTimeout(resolve, 100))
    sender.socket.destroy()
    await monitor.client.exit
    expect(monitor.client.stdout().trim()).toBe('150000')
  })

  test('stays open when its sender leaves', async () => {
    await using monitor = await monitored({ payload: reader, settings: ['stdin=1'] })
    const other = await monitor.attach()
    other.write('one\n')
    await monitor.client.saw('one\n')
    other.socket.destroy()
    await other.closed
    monitor.client.write('two\n')
    await monitor.client.saw('two\n')
    expect(monitor.client.stdout()).not.toMatch(/end/)
  })

  test('with stdin-once closes when its first sender leaves', async () => {
    await using monitor = await monitored({ payload: reader, settings: ['stdin=1', 'stdin-once=1'] })
    const [silent, other] = await Promise.all([monitor.attach(), monitor.attach()])
    silent.socket.destroy()
    other.write('one\n')
    await monitor.client.saw('one\n')
    other.socket.destroy()
    await monitor.client.saw('(end)\n')
  })
})

describe('signal', () => {
  test('reaches the first process', async () => {
    const payload = `trap 'echo got; exit 3' USR1; echo ready; while :; do sleep 0.05; done`
    await using monitor = await monitored({ payload })
    await monitor.client.saw('ready')
    monitor.client.socket.write(encodeSignal(10))
    expect(await monitor.client.exit).toMatchObject({ exitCode: 3 })
    expect(monitor.client.stdout()).toBe('ready\ngot\n')
  })

  test('sent before the start is kept', async () => {
    await using monitor = await monitored({
      payload: 'exec sleep 60',
      after: 'exec sleep 0.2',
      early: encodeSignal(15),
    })
    expect(await monitor.client.exit).toMatchObject({ signal: 15 })
  })

  test('from a client that wants nothing else ends its connection', async () => {
    await using monitor = await monitored({ payload: 'exec sleep 60' })
    const other = await monitor.attach()
    other.socket.write(encodeSubscribe(0))
    other.socket.end(encodeSignal(18))
    await other.closed
    expect(other.controls).toEqual([])
  })
})

describe('after the end', () => {
  test.each([
    ['nobody keeps', async (_: Attached) => undefined, true],
    ['the keeper has cleaned', async (client: Attached) => client.send(frameTypes.cleaned), false],
    ['the keeper leaves without', async (client: Attached) => void client.socket.destroy(), true],
  ])('the exit command: %s', async (what, act, expected) => {
    const ran = 'exit-command=echo "$FAKE_ARGV" >"$FAKE_ARGV.ran"'
    await using monitor = await monitored({
      payload: 'read go; exit 1',
      settings: ['stdin=1', 'exit-command=/bin/sh', 'exit-command=-c', ran],
    })
    if (what !== 'nobody keeps') monitor.client.send(frameTypes.keeper)
    monitor.client.write('go\n')
    await monitor.client.exit
    await act(monitor.client)
    await monitor.gone
    expect(existsSync(join(monitor.folder, 'argv.ran'))).toBe(expected)
  })

  test('the exit command finds the lock free and no descriptor but 0, 1, 2', async () => {
    const folder = newFolder()
    const script = `flock -n ${folder}/run/monitor.lock echo free >${folder}/lock; ls /proc/$$/fd >${folder}/all; grep -x '[0-9]' ${folder}/all >${folder}/fds; env >${folder}/env`
    const settings = ['/bin/sh', '-c', script].map((word) => `exit-command=${word}`)
    await using monitor = await monitored({ folder, payload: 'exit 1', settings, hasClient: false })
    await monitor.gone
    const said = (name: string) => readFileSync(join(folder, name), 'utf8')
    expect([said('lock'), said('fds')]).toEqual(['free\n', '0\n1\n2\n'])
    expect(said('env')).toMatch(/^PATH=/m)
    expect(said('env')).not.toMatch(/ASAN/)
  })

  test.each([
    ['killed, is run again until it ends by itself', 'KILL', 3],
    ['asked to end, is not', 'TERM', 1],
  ])('the exit command, %s', async (_, signal, runs) => {
    const folder = newFolder()
    const script = `echo >>${folder}/runs; [ $(wc -l <${folder}/runs) -ge 3 ] || kill -${signal} $$; exit 1`
    const settings = ['/bin/sh', '-c', script].map((word) => `exit-command=${word}`)
    await using monitor = await monitored({ folder, payload: 'exit 1', settings, hasClient: false })
    await monitor.gone
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toHaveLength(runs)
  })

  test('a keeper is waited for', async () => {
    await using monitor = await monitored({ payload: 'read go; exit 1', settings: ['stdin=1'] })
    monitor.client.send(frameTypes.keeper)
    monitor.client.write('go\n')
    await monitor.client.exit
    const late = await monitor.attach()
    expect(await late.exit).toMatchObject({ exitCode: 1 })
    monitor.client.send(frameTypes.cleaned)
    await Promise.all([monitor.gone, late.closed])
  })

  test('a first client that does not read holds up neither record nor cleaning', async () => {
    await using monitor = await monitored({ payload: 'exec head -c 10000000 /dev/zero' })
    monitor.client.socket.pause()
    await new Promise((resolve) => setTimeout(resolve, 200))
    const other = await monitor.attach()
    other.socket.write(encodeSignal(9))
    await until(() => existsSync(join(monitor.run, 'exit.json')))
    await until(() => !isLockHeld(join(monitor.run, 'monitor.lock')))
    const logged = readFileSync(monitor.log, 'latin1')
      .split('\n')
      .map((entry) => Math.max(0, entry.length - 40))
    monitor.client.socket.resume()
    expect(await monitor.client.exit).toMatchObject({ signal: 9 })
    expect(monitor.client.received()).toBe(logged.reduce((sum, length) => sum + length))
  })
})

describe('a client that breaks the protocol', () => {
  test.each([
    ['too long a control frame', Buffer.from([18, 0, 0, 0, 0, 0, 1, 0])],
    ['too long a stdin frame', Buffer.from([0, 0, 0, 0, 0, 1, 0, 1])],
    ['noise', Buffer.alloc(100_000, 0xff)],
  ])('%s is dropped alone', async (_, bytes) => {
    await using monitor = await monitored({ payload: reader, settings: ['stdin=1'] })
    const rude = await monitor.attach()
    rude.socket.write(bytes)
    await rude.closed
    expect(rude.error()).toMatch(/protocol/)
    monitor.client.write('still here\n')
    await monitor.client.saw('still here\n')
  })

  test('with frames of unknown types, odd sizes or single bytes does no harm', async () => {
    await using monitor = await monitored({ payload: reader, settings: ['stdin=1'] })
    const odd = await monitor.attach()
    const frames = [
      encodeFrame(99, Buffer.alloc(16)),
      encodeFrame(18),
      encodeFrame(19, Buffer.alloc(3)),
      encodeFrame(22),
    ]
    for (const byte of Buffer.concat([...frames, encodeFrame(0, Buffer.from('slowly\n'))]))
      odd.socket.write(Buffer.of(byte))
    await monitor.client.saw('slowly\n')
  })

  test('300 connections are more than a monitor serves', async () => {
    await using monitor = await monitored({ payload: reader, settings: ['stdin=1'] })
    const crowd = await Promise.all(Array.from({ length: 300 }, async () => monitor.attach()))
    await until(() => crowd.filter((client) => client.error() !== undefined).length === 45)
    for (const client of crowd) client.socket.destroy()
    monitor.client.write('still here\n')
    await monitor.client.saw('still here\n')
  })
})

/** Gives the monitor time to accept these clients and read what they have sent: it answers neither. */
async function settled(clients: readonly Attached[]): Promise<void> {
  for (const _ of clients) await new Promise((resolve) => setTimeout(resolve, 20))
}
