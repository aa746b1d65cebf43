// A unit's commands as systemd calls them, where there is no systemd to do it.

import { expect } from 'vitest'
import { lookup, lookupAll, parseUnitFile } from '../../src/quadlet/unit-file.ts'
import { splitUnitWords } from '../../src/quadlet/unit-words.ts'
import { type Box, finish } from './box.ts'

export interface UnitUnderTest {
  readonly box: Box
  readonly text: string
  /** `web.service` */
  readonly service: string
}

/** The last value. @throws Error where there is none */
export function unitValue({ text, service }: UnitUnderTest, section: string, key: string): string {
  const value = lookup(parseUnitFile(service, text), section, key)
  if (value === undefined) throw new Error(`no ${key} in\n${text}`)
  return value
}

/** All commands of that key; they end well and say nothing on stderr. %t is the box's folder. */
export async function runUnit(unit: UnitUnderTest, key: string, env: Record<string, string> = {}): Promise<void> {
  const { box, text, service } = unit
  for (const command of lookupAll(parseUnitFile(service, text), 'Service', key)) {
    const [program, ...args] = splitUnitWords(command, 'undone').map((word) => expand(unit, word))
    expect(program?.replace(/^-/, '')).toBe(box.argv[0])
    expect(args.slice(0, 2)).toEqual([`--root=${box.root}`, `--runroot=${box.run}`])
    const { code, stderr } = await finish(box.start(args.slice(2), { env: { ...env, PODMAN_SYSTEMD_UNIT: service } }))
    expect([code, stderr]).toEqual([0, ''])
  }
}

function expand({ box, service }: UnitUnderTest, word: string): string {
  const specifiers: Readonly<Record<string, string>> = {
    n: service,
    N: service.replace(/\.service$/, ''),
    t: box.folder,
    '%': '%',
  }
  const expanded = word.replaceAll(/%(.)/g, (text, letter: string) => specifiers[letter] ?? text)
  return expanded.replaceAll('$$', () => '$')
}
