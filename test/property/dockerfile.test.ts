// Dockerfiles that are printed and parsed come back; hostile ones are refused in a proper way, never with a defect.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EngineError } from '../../src/base/errors.ts'
import { expandWord } from '../../src/dockerfile/expand-word.ts'
import { compileIgnorePatterns } from '../../src/dockerfile/ignore-patterns.ts'
import { parseDockerfile } from '../../src/dockerfile/parse-dockerfile.ts'
import { openScope } from '../../src/dockerfile/scope.ts'

const linux = { os: 'linux', architecture: 'amd64' }
const word = fc.stringMatching(/^[a-z][a-z0-9/._-]{0,8}$/)
const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,6}$/)
const anything = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\n\r\0]/.test(text))
const quoted = anything.map((text) => ({ text, written: `"${text.replaceAll(/["$\\]/g, '\\$&')}"` }))

test('the value of an ENV, quoted, is the value', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, quoted), { minLength: 1, maxLength: 4, selector: ([key]) => key }),
      (pairs) => {
        const line = pairs.map(([key, { written }]) => `${key}=${written}`).join(' ')
        const dockerfile = parseDockerfile(`FROM a\nENV ${line}\n`, { path: 'Dockerfile' })
        const stage = openScope(dockerfile, {
          buildArgs: new Map(),
          targetPlatform: linux,
          buildPlatform: linux,
        }).openStage({ env: [] })
        for (const instruction of dockerfile.stages[0]?.instructions ?? []) stage.expand(instruction)
        expect(stage.env()).toEqual(pairs.map(([key, { text }]) => ({ name: key, value: text })))
      },
    ),
  )
})

test('instructions come back from their text, wherever its lines are broken', () => {
  const instruction = fc.oneof(
    fc.tuple(fc.constantFrom('RUN', 'run', 'CMD'), fc.array(word, { minLength: 1, maxLength: 5 })),
    fc.tuple(fc.constantFrom('COPY', 'ADD', 'copy'), fc.array(word, { minLength: 2, maxLength: 5 })),
    fc.tuple(fc.constantFrom('VOLUME', 'EXPOSE', 'USER'), fc.array(word, { minLength: 1, maxLength: 1 })),
  )
  const breakText = fc.constantFrom(' ', ' \\\n', ' \\\r\n  # comment\n', '\t\\  \n\n ')
  fc.assert(
    fc.property(fc.array(fc.tuple(instruction, breakText), { minLength: 1, maxLength: 6 }), (written) => {
      const text = written.map(([[keyword, words], gap]) => [keyword, ...words].join(gap)).join('\n')
      const { stages } = parseDockerfile(`FROM a\n${text}\n`, { path: 'Dockerfile' })
      const originals = stages[0]?.instructions.map(({ original }) => original.split(/\s+/))
      expect(originals).toEqual(written.map(([[keyword, words]]) => [keyword, ...words]))
    }),
  )
})

test('a JSON form holds its words', () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 5 }), (words) => {
      const { stages } = parseDockerfile(`FROM a\nCMD ${JSON.stringify(words)}`, { path: 'Dockerfile' })
      expect(stages[0]?.instructions[0]).toMatchObject({ command: { form: 'exec', words } })
    }),
  )
})

test('a heredoc holds its lines', () => {
  const line = anything.filter((text) => text !== 'EOF')
  fc.assert(
    fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
      const content = lines.map((text) => `${text}\n`).join('')
      const { stages } = parseDockerfile(`FROM a\nCOPY <<'EOF' /x\n${content}EOF\nUSER b`, { path: 'Dockerfile' })
      expect(stages[0]?.instructions).toMatchObject([{ heredocs: [{ content }] }, { text: 'b' }])
    }),
  )
})

const noise = fc
  .array(
    fc.constantFrom(
      ...'FROM a,RUN ,COPY ,ENV ,--x=,--mount=,<<EOF,EOF,\n,\\,`,",\',$,{,},:-,#,%,/, ,=,[,],ONBUILD ,# escape=`'.split(
        ',',
      ),
      ',',
    ),
    { maxLength: 30 },
  )
  .map((parts) => `FROM a\n${parts.join('')}`)

test('noise is a Dockerfile or a clear refusal', () => {
  fc.assert(
    fc.property(noise, (text) => refusedOr(() => expandAll(text))),
    { numRuns: 2000 },
  )
})

test('a word is a text or a clear refusal', () => {
  const parts = fc.array(
    fc.constantFrom('$', '{', '}', 'A', 'B', ':', '-', '+', '?', '#', '%', '/', '*', '\\', '"', "'", ' '),
    { maxLength: 15 },
  )
  const lookup = (variable: string) => (variable === 'A' ? 'value/of a' : undefined)
  fc.assert(
    fc.property(parts, (chars) => refusedOr(() => expandWord(chars.join(''), { escape: '\\', lookup }))),
    { numRuns: 2000 },
  )
})

test('a pattern without wildcards leaves out what it names, and what is below', () => {
  const path = fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(path, path, (pattern, file) => {
      const expected = pattern.every((part, index) => file[index] === part)
      expect(compileIgnorePatterns([pattern.join('/')]).isIgnored(file.join('/'))).toBe(expected)
    }),
  )
})

function expandAll(text: string): void {
  const dockerfile = parseDockerfile(text, { path: 'Dockerfile' })
  const scope = openScope(dockerfile, { buildArgs: new Map(), targetPlatform: linux, buildPlatform: linux })
  for (const { instructions } of dockerfile.stages) {
    const stage = scope.openStage({ env: [] })
    for (const instruction of instructions) stage.expand(instruction)
  }
}

function refusedOr(act: () => unknown): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof EngineError && error.kind === 'invalid')) throw error
  }
}
