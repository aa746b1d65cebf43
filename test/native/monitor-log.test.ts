// What the log drivers write, and when they rotate.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isAlive, monitored, newFolder } from './monitored.ts'
import { fixture } from './programs.ts'

const stamp = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z`

interface Logged {
  readonly payload: string
  readonly settings?: readonly string[]
  readonly folder?: string
}

/** The log's text when the container has ended. */
async function logOf(request: Logged): Promise<string> {
  await using monitor = await monitored({ ...request, settings: request.settings ?? [] })
  await monitor.client.exit
  return readFileSync(monitor.log, 'latin1')
}

describe('k8s-file', () => {
  test('has time, stream and flag before each line', async () => {
    const log = await logOf({ payload: 'echo one; echo two >&2; sleep 0.1; echo; printf "no end"' })
    const entries = ['stdout F one', 'stderr F two', 'stdout F ', 'stdout P no end']
    for (const entry of entries) expect(log).toMatch(new RegExp(`^${stamp} ${entry}$`, 'm'))
    expect(log.split('\n')).toHaveLength(5)
  })

  test('marks a line that comes in pieces', async () => {
    const log = await logOf({ payload: 'printf a; sleep 0.2; printf "b\\nc"; sleep 0.2; echo' })
    expect(textsOf(log)).toEqual(['P a', 'F b', 'P c', 'F '])
  })

  test('keeps every byte', async () => {
    const folder = newFolder()
    const file = join(folder, 'bytes')
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) % 256))
    writeFileSync(file, bytes)
    const log = await logOf({ folder, payload: `cat ${file}` })
    const restored = textsOf(log).map((text) => text.slice(2) + (text.startsWith('F') ? '\n' : ''))
    expect(Buffer.from(restored.join(''), 'latin1').equals(bytes)).toBe(true)
  })

  test('is appended to by a second run', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'ctr.log'), 'before\n')
    expect(await logOf({ folder, payload: 'echo now' })).toMatch(/^before\n.* F now\n$/)
  })

  test('rotates between entries and keeps max-files', async () => {
    const folder = newFolder()
    const settings = ['log-max-size=4096', 'log-max-files=3']
    await using monitor = await monitored({ folder, payload: 'seq 1 1000', settings })
    await monitor.client.exit
    const names = ['ctr.log.2', 'ctr.log.1', 'ctr.log']
    expect(
      readdirSync(folder)
        .filter((name) => name.startsWith('ctr.log'))
        .sort(),
    ).toEqual([...names].reverse())
    const logs = names.map((name) => readFileSync(join(folder, name), 'utf8'))
    for (const log of logs) expect(log.length).toBeLessThanOrEqual(4096)
    const numbers = logs.flatMap(textsOf).map((text) => Number(text.slice(2)))
    expect(numbers.at(-1)).toBe(1000)
    expect(numbers).toEqual(numbers.map((_, index) => 1000 - numbers.length + 1 + index))
    expect(numbers.length).toBeGreaterThan(150)
  })

  test('with one file starts over', async () => {
    const log = await logOf({ payload: 'seq 1 1000', settings: ['log-max-size=1000', 'log-max-files=1'] })
    expect(log.length).toBeLessThanOrEqual(1000)
    expect(textsOf(log).at(-1)).toBe('F 1000')
  })

  test('writes an entry that is larger than max-size', async () => {
    const log = await logOf({ payload: 'printf "%05000d\\n" 0', settings: ['log-max-size=1000', 'log-max-files=2'] })
    expect(log).toMatch(/ F 0{5000}\n$/)
  })

  test('that cannot be written fails the start', async () => {
    await using monitor = await monitored({ payload: 'true', settings: ['log-path=/no/such/folder/log'] })
    expect(monitor.report).toEqual({
      status: 'failed',
      message: 'cannot open log file /no/such/folder/log: No such file or directory',
    })
  })

  test('on a full disk loses its lines, not the container', async () => {
    await using monitor = await monitored({ payload: 'seq 1 100000; exit 3', settings: ['log-path=/dev/full'] })
    expect(await monitor.client.exit).toMatchObject({ exitCode: 3 })
    expect(monitor.client.received()).toBe(588_895)
  })
})

describe('json-file', () => {
  const settings = ['log-driver=json-file']

  test('has one object a line', async () => {
    const log = await logOf({ settings, payload: `printf 'say "hi"\\t\\\\ \\001\\n'; echo err >&2; printf end` })
    const entries = parsed(log)
    expect(entries).toContainEqual({
      log: 'say "hi"\t\\ \u0001\n',
      stream: 'stdout',
      time: expect.stringMatching(stamp),
    })
    expect(entries).toContainEqual({ log: 'err\n', stream: 'stderr', time: expect.stringMatching(stamp) })
    expect(entries.at(-1)).toMatchObject({ log: 'end', stream: 'stdout' })
  })

  test('joins a line that comes in pieces, and cuts a long one at 16 KiB, not inside a character', async () => {
    const payload = `printf a; sleep 0.2; echo b; yes é | tr -d '\\n' | head -c 40000; echo`
    const logs = parsed(Buffer.from(await logOf({ settings, payload }), 'latin1').toString()).map((entry) => entry.log)
    expect(logs[0]).toBe('ab\n')
    expect(logs.slice(1).join('')).toBe(`${'é'.repeat(20_000)}\n`)
    expect(logs.slice(1).map((log) => log.endsWith('\n'))).toEqual([false, false, true])
  })

  test('stays valid JSON whatever is written', async () => {
    const log = Buffer.from(await logOf({ settings, payload: 'head -c 200000 /dev/urandom' }), 'latin1').toString()
    expect(log).toBe(Buffer.from(log).toString())
    expect(parsed(log).length).toBeGreaterThan(10)
  })

  test('carries tag and labels', async () => {
    const extra = ['log-tag=a "tag"', 'log-label=one=1', 'log-label=two=x=y']
    const [entry] = parsed(await logOf({ settings: [...settings, ...extra], payload: 'echo' }))
    expect(entry).toMatchObject({ attrs: { tag: 'a "tag"', one: '1', two: 'x=y' } })
  })

  test('rotates', async () => {
    const folder = newFolder()
    const limits = ['log-max-size=2000', 'log-max-files=2']
    await using monitor = await monitored({ folder, payload: 'seq 1 100', settings: [...settings, ...limits] })
    await monitor.client.exit
    const logs = ['ctr.log.1', 'ctr.log'].map((name) => readFileSync(join(folder, name), 'utf8'))
    expect(logs.flatMap(parsed).at(-1)).toMatchObject({ log: '100\n' })
    for (const log of logs) expect(log.length).toBeLessThanOrEqual(2000)
  })
})

describe('journald', () => {
  test('sends native entries, the large ones as a sealed memfd', async () => {
    const folder = newFolder()
    await using journal = await fakeJournal(join(folder, 'journal'))
    const payload = `echo line; echo bad >&2; head -c 300000 /dev/zero | tr '\\0' x; sleep 0.2; echo; printf end`
    const settings = ['log-driver=journald', `log-path=${folder}/journal`, 'log-tag=tag', 'log-label=my.label=a=b']
    await using monitor = await monitored({ folder, payload, settings })
    await monitor.client.exit
    const entries = await journal.entries(5)
    expect(entries).toContainEqual({
      how: 'inline',
      MESSAGE: 'line',
      PRIORITY: '6',
      CONTAINER_ID: '0123456789ab',
      CONTAINER_ID_FULL: '0123456789abcdef',
      CONTAINER_NAME: 'web',
      CONTAINER_TAG: 'tag',
      SYSLOG_IDENTIFIER: 'tag',
      MY_LABEL: 'a=b',
    })
    expect(entries).toContainEqual(expect.objectContaining({ MESSAGE: 'bad', PRIORITY: '3' }))
    const long = entries.filter((entry) => entry['MESSAGE']?.startsWith('x'))
    expect(long.map((entry) => [entry.how, entry['MESSAGE']?.length, entry['CONTAINER_PARTIAL_MESSAGE']])).toEqual([
      ['memfd', 256 * 1024, 'true'],
      ['inline', 300_000 - 256 * 1024, undefined],
    ])
    expect(entries.at(-1)).toMatchObject({ MESSAGE: 'end', CONTAINER_PARTIAL_MESSAGE: 'true' })
  })

  test('needs a journal', async () => {
    await using monitor = await monitored({
      payload: 'true',
      settings: ['log-driver=journald', 'log-path=/no/journal'],
    })
    expect(monitor.report).toMatchObject({ status: 'failed', message: /journal/ })
  })
})

describe('other drivers', () => {
  test('none writes nothing', async () => {
    await using monitor = await monitored({ payload: 'echo hi', settings: ['log-driver=none'] })
    await monitor.client.exit
    expect(existsSync(monitor.log)).toBe(false)
    expect(monitor.client.stdout()).toBe('hi\n')
  })

  test('passthrough hands on the monitor’s own descriptors, and keeps none', async () => {
    const folder = newFolder()
    const [input, out, err] = ['in', 'out', 'err'].map((name) => join(folder, name)) as [string, string, string]
    writeFileSync(input, 'through')
    const stdio = [openSync(input, 'r'), openSync(out, 'w'), openSync(err, 'w')]
    const settings = ['log-driver=passthrough']
    await using monitor = await monitored({ folder, payload: 'sleep 0.2; cat; echo err >&2; exit 4', settings, stdio })
    for (const fd of stdio) closeSync(fd)
    const kept = readdirSync(`/proc/${monitor.report.monitorPid}/fd`).map((fd) =>
      readlinkSync(`/proc/${monitor.report.monitorPid}/fd/${fd}`),
    )
    expect(kept).not.toEqual(expect.arrayContaining([out]))
    expect(await monitor.client.exit).toMatchObject({ exitCode: 4 })
    expect([readFileSync(out, 'utf8'), readFileSync(err, 'utf8')]).toEqual(['through', 'err\n'])
    expect(monitor.client.stdout()).toBe('')
  })

  test('an unknown one fails the start', async () => {
    await using monitor = await monitored({ payload: 'true', settings: ['log-driver=paper'] })
    expect(monitor.report).toEqual({ status: 'failed', message: 'unknown log driver' })
    expect(isAlive(monitor.child.pid as number)).toBe(false)
  })
})

function textsOf(log: string): string[] {
  return log
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^\S+ \S+ /, ''))
}

interface JsonEntry {
  readonly log: string
  readonly stream: string
  readonly time: string
}

function parsed(log: string): JsonEntry[] {
  return log
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JsonEntry)
}

type JournalEntry = Record<string, string> & { how: string }

async function fakeJournal(
  path: string,
): Promise<AsyncDisposable & { entries(count: number): Promise<JournalEntry[]> }> {
  mkdirSync(join(path, '..'), { recursive: true })
  const child = spawn(fixture('journal'), [path], { stdio: ['ignore', 'pipe', 'inherit'] })
  let bytes = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
  })
  await once(child.stdout, 'data')
  return {
    async entries(count) {
      while (split(bytes).length < count) await once(child.stdout, 'data')
      return split(bytes)
    },
    async [Symbol.asyncDispose]() {
      await stop(child)
    },
  }
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'close')
}

/** Whole entries in what the fixture has printed. */
function split(bytes: Buffer): JournalEntry[] {
  const entries: JournalEntry[] = []
  for (let at = bytes.indexOf('\n') + 1; ; ) {
    const end = bytes.indexOf('\n', at)
    const [how, size] = bytes.subarray(at, Math.max(end, at)).toString().split(' ')
    if (end < 0 || bytes.length < end + 1 + Number(size)) return entries
    entries.push({ how: how as string, ...fieldsOf(bytes.subarray(end + 1, end + 1 + Number(size))) })
    at = end + 1 + Number(size)
  }
}

function fieldsOf(entry: Buffer): Record<string, string> {
  const fields: Record<string, string> = {}
  for (let at = 0; at < entry.length; ) {
    const end = entry.indexOf('\n', at)
    const start = end + 9
    const size = Number(entry.readBigUInt64LE(end + 1))
    fields[entry.subarray(at, end).toString()] = entry.subarray(start, start + size).toString()
    at = start + size + 1
  }
  return fields
}
