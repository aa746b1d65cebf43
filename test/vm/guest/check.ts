// The report: TAP lines on the second serial line, where the host reads them as they come.

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const line = '/dev/ttyS1'
/** On the root disk: the numbering goes on after a reboot. */
const folder = '/var/lib/gantry-vm'
const counter = `${folder}/number`
const only = new RegExp(readFileSync('/mnt/settings/only', 'utf8'))

export function note(text: string): void {
  appendFileSync(line, `${text.replace(/^/gm, '# ').trimEnd()}\n`.replace(/^# # /gm, '# '))
}

/** A line of another program's report. */
export function pass(text: string): void {
  appendFileSync(line, `${text}\n`)
}

export function end(): void {
  appendFileSync(line, '# end\n')
}

/** Never throws: a check that fails is a line, and the next one goes on. */
export async function check(name: string, body: () => void | Promise<void>): Promise<void> {
  if (!only.test(name)) return
  const number = nextNumber()
  const start = Date.now()
  const took = () => `(${((Date.now() - start) / 1000).toFixed(1)} s)`
  try {
    await body()
    appendFileSync(line, `ok ${number} ${name} ${took()}\n`)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    appendFileSync(line, `not ok ${number} ${name} ${took()}\n${text.replace(/^/gm, '  # ')}\n`)
  }
}

export function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`)
}

export function matches(actual: string, pattern: RegExp): void {
  if (!pattern.test(actual)) throw new Error(`expected ${pattern}, got ${JSON.stringify(actual)}`)
}

/** Waits for what no event tells: systemd's view of a unit, a logout's end. */
export async function eventually(what: string, test: () => boolean, limitMs = 5 * 60_000): Promise<void> {
  const deadline = Date.now() + limitMs
  while (!test()) {
    if (Date.now() > deadline) throw new Error(`not within ${limitMs / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

function nextNumber(): number {
  mkdirSync(folder, { recursive: true })
  const number = existsSync(counter) ? Number(readFileSync(counter, 'utf8')) + 1 : 1
  writeFileSync(counter, `${number}`)
  return number
}
