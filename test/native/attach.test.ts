// src/native/attach.c with the sanitizers on: what a client of a monitor does with frames, keys, signals and slow readers.

import { once } from 'node:events'
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeFrame, encodeSignal, frameTypes } from '../../src/runtime/frames.ts'
import { requires } from '../support/requires.ts'
import { attachLoop, drained, type Loop } from './attach-loop.ts'

const exitText = '{"exitCode":3}'
const exit = encodeFrame(frameTypes.exit, Buffer.from(exitText))
const out = (text: string) => encodeFrame(frameTypes.stdout, Buffer.from(text, 'latin1'))
const err = (text: string) => encodeFrame(frameTypes.stderr, Buffer.from(text, 'latin1'))

describe('output', () => {
  const conversation = Buffer.concat([
    out('one'),
    err('two'),
    out(''),
    encodeFrame(99, Buffer.from('?')),
    out('\0\xff\x01'),
    exit,
  ])

  test.each([1, 2, 3, 7, 8, 9, 11, conversation.length])('is the same from chunks of %i bytes', async (size) => {
    await using loop = await attachLoop()
    loop.monitor.setNoDelay?.(true)
    for (let at = 0; at < conversation.length; at += size) {
      loop.monitor.write(conversation.subarray(at, at + size))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await drained(loop.reader)).toBe('onetwo\0\xff\x01')
    expect(await loop.end).toEqual({ status: 'exited', text: exitText, unsent: 0 })
  })

  test('that nobody takes holds up neither signals nor keys, and comes whole and in order', async () => {
    await using loop = await attachLoop({ keys: [16, 17] })
    const pieces = Array.from({ length: 64 }, (_, index) => String(index).padStart(4).repeat(8192))
    pieces.forEach((piece, index) => loop.monitor.write(index % 2 === 0 ? out(piece) : err(piece)))
    loop.monitor.write(exit)
    loop.signals.write(Buffer.of(15))
    writeSync(loop.keyboard, 'typed')
    await loop.until(() => loop.received().input === 'typed' && loop.received().frames.length === 1)
    expect(loop.received().frames).toEqual([[frameTypes.signal, '\0\0\0\x0f']])
    expect((await drained(loop.reader)) === pieces.join('')).toBe(true)
    expect(await loop.end).toMatchObject({ status: 'exited', text: exitText })
  })

  test('that is full can be left by the detach keys', async () => {
    await using loop = await attachLoop({ keys: [16, 17] })
    loop.monitor.write(Buffer.concat(Array.from({ length: 8 }, () => out('x'.repeat(65_536)))))
    writeSync(loop.keyboard, '\x10\x11')
    expect(await loop.end).toMatchObject({ status: 'detached' })
  })

  test('whose reader has gone ends the client', async () => {
    await using loop = await attachLoop()
    closeSync(loop.reader)
    loop.monitor.write(out('for nobody'))
    expect(await loop.end).toMatchObject({ status: 'output-closed' })
  })

  test('goes to a file, and says when that is full', async () => {
    const path = join(tmpdir(), `gantry-attach-${process.pid}`)
    const fd = openSync(path, 'w')
    await using loop = await attachLoop({ stdout: fd })
    loop.monitor.write(Buffer.concat([out('x'.repeat(65_536)), err('last'), exit]))
    expect(await loop.end).toMatchObject({ status: 'exited' })
    expect(readFileSync(path, 'utf8')).toBe(`${'x'.repeat(65_536)}last`)
    closeSync(fd)
    rmSync(path)
    const full = openSync('/dev/full', 'w')
    await using other = await attachLoop({ stdout: full })
    other.monitor.write(out('x'))
    expect(await other.end).toMatchObject({
      status: 'lost',
      text: 'the output cannot be written: No space left on device',
    })
    closeSync(full)
  })

  requires('root')('into a pipe that cannot be opened once more does not wait for its reader', async () => {
    await using loop = await attachLoop({
      wrapper: ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /proc; exec "$0" "$@"'],
    })
    const text = 'abcdefg\n'.repeat(65_536)
    for (let at = 0; at < text.length; at += 65_536) loop.monitor.write(out(text.slice(at, at + 65_536)))
    loop.monitor.write(exit)
    writeSync(loop.keyboard, 'typed')
    await loop.until(() => loop.received().input === 'typed')
    expect((await drained(loop.reader)) === text).toBe(true)
    expect(await loop.end).toMatchObject({ status: 'exited' })
  })
})

describe('input', () => {
  /** Each chunk is typed when what there was to be sent of those before has come. */
  async function type(loop: Loop, steps: readonly (readonly [string, string])[]): Promise<void> {
    for (const [typed, sent] of steps) {
      writeSync(loop.keyboard, Buffer.from(typed, 'latin1'))
      await loop.until(() => loop.received().input === sent)
    }
  }

  test.each([
    ['in one piece', [], 'ls\n\x10\x11rest', 'ls\n'],
    ['split', [['a\x10', 'a']], '\x11b', 'a'],
    [
      'after a beginning that was not continued',
      [
        ['x\x10', 'x'],
        ['y', 'x\x10y'],
      ],
      '\x10\x11',
      'x\x10y',
    ],
    ['after a beginning twice', [], '\x10\x10\x11', '\x10'],
  ] as const)('detach keys %s', async (_, steps, last, sent) => {
    await using loop = await attachLoop({ keys: [16, 17] })
    await type(loop, steps)
    writeSync(loop.keyboard, Buffer.from(last, 'latin1'))
    expect(await loop.end).toMatchObject({ status: 'detached', unsent: 0 })
    expect(loop.received().input).toBe(sent)
  })

  test('overlapping beginnings of detach keys', async () => {
    await using loop = await attachLoop({ keys: [97, 97, 98] })
    writeSync(loop.keyboard, 'aaab')
    expect(await loop.end).toMatchObject({ status: 'detached' })
    expect(loop.received().input).toBe('a')
  })

  test('without detach keys passes as it is, and its end is an empty frame', async () => {
    await using loop = await attachLoop()
    writeSync(loop.keyboard, '\x10\x11')
    closeSync(loop.keyboard)
    await loop.until(() => loop.received().frames.length === 1)
    expect(loop.received()).toEqual({ input: '\x10\x11', frames: [[frameTypes.stdin, '']] })
    loop.monitor.write(exit)
    expect(await loop.end).toMatchObject({ status: 'exited' })
  })

  test('that the monitor does not take: the rest of a cut frame is told', async () => {
    const zeros = openSync('/dev/zero', 'r')
    await using loop = await attachLoop({ stdin: zeros })
    let bytes = 0
    loop.monitor.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    loop.monitor.pause()
    await new Promise((resolve) => setTimeout(resolve, 200))
    loop.monitor.write(exit)
    const { status, unsent } = await loop.end
    expect(status).toBe('exited')
    const closed = once(loop.monitor, 'end')
    loop.monitor.resume()
    await closed
    const frame = 8 + 65_472
    expect((bytes + unsent) % frame).toBe(0)
    expect(loop.received().input.length).toBe(Math.floor(bytes / frame) * 65_472)
    closeSync(zeros)
  })

  test('that the monitor does not take holds up no signal where there is a further connection', async () => {
    const zeros = openSync('/dev/zero', 'r')
    await using loop = await attachLoop({ stdin: zeros, hasControl: true })
    loop.monitor.pause()
    await new Promise((resolve) => setTimeout(resolve, 200))
    loop.signals.write(Buffer.of(2))
    const [frame] = (await once(loop.control, 'data')) as [Buffer]
    expect(frame).toEqual(encodeSignal(2))
    closeSync(zeros)
  })

  test('that the monitor does not take does not keep the client from leaving', async () => {
    const zeros = openSync('/dev/zero', 'r')
    await using loop = await attachLoop({ stdin: zeros })
    loop.monitor.pause()
    await new Promise((resolve) => setTimeout(resolve, 200))
    loop.commands.end()
    expect(await loop.end).toMatchObject({ status: 'left' })
    closeSync(zeros)
  })
})

describe('the connection', () => {
  test('a frame above the limit', async () => {
    await using loop = await attachLoop()
    loop.monitor.write(Buffer.from([1, 0, 0, 0, 0, 1, 0, 1]))
    expect(await loop.end).toMatchObject({ status: 'lost', text: 'attach protocol: a frame of 65537 bytes' })
  })

  test('the monitor says why it drops the client, or vanishes', async () => {
    await using loop = await attachLoop()
    loop.monitor.write(encodeFrame(frameTypes.error, Buffer.from('too slow')))
    expect(await loop.end).toMatchObject({ status: 'lost', text: 'too slow' })
    await using other = await attachLoop()
    other.monitor.end()
    expect(await other.end).toMatchObject({ status: 'lost', text: 'the container’s monitor went away' })
  })

  test('commands are passed on as they are', async () => {
    await using loop = await attachLoop()
    loop.commands.write(Buffer.concat([encodeFrame(frameTypes.keeper), encodeSignal(10)]))
    await loop.until(() => loop.received().frames.length === 2)
    expect(loop.received().frames).toEqual([
      [frameTypes.keeper, ''],
      [frameTypes.signal, '\0\0\0\n'],
    ])
    loop.monitor.write(exit)
    expect(await loop.end).toMatchObject({ status: 'exited' })
  })

  requires('valgrind')('is clean under valgrind', { timeout: 180_000 }, async () => {
    const wrapper = ['valgrind', '--quiet', '--leak-check=full', '--error-exitcode=99', '--log-fd=2']
    await using loop = await attachLoop({ wrapper, keys: [16, 17] })
    writeSync(loop.keyboard, 'x')
    await loop.until(() => loop.received().input === 'x')
    loop.monitor.write(Buffer.concat([out('seen'), err('too'), exit]))
    expect(await drained(loop.reader)).toBe('seentoo')
    expect(await loop.end).toMatchObject({ status: 'exited', text: exitText })
  })
})
