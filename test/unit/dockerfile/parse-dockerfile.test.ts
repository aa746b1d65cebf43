// Dockerfiles to instructions. What BuildKit's own test files cover is a judge: test/judge/buildkit-parser.ts.

import { describe, expect, test } from 'vitest'
import type { Instruction } from '../../../src/dockerfile/instruction.ts'
import { parseDockerfile, parseTrigger } from '../../../src/dockerfile/parse-dockerfile.ts'

const parse = (text: string) => parseDockerfile(text, { path: 'Dockerfile' })
const first = (text: string) => parse(`FROM scratch\n${text}`).stages[0]?.instructions[0] as Instruction

describe('parseDockerfile', () => {
  test('stages, global args and directives', () => {
    const file = parse(
      '\uFEFF# syntax=docker/dockerfile:1\r\n# escape=`\r\n# check=skip=all\r\nARG V=1\r\nfrom --platform=$P a:$V as Build\r\nRUN x `\r\n  y\r\nFROM build\r\n',
    )
    expect(file).toMatchObject({ escape: '`', syntax: 'docker/dockerfile:1', check: 'skip=all' })
    expect(file.globalArgs).toMatchObject([{ args: [{ name: 'V', value: '1' }], range: { startLine: 4, endLine: 4 } }])
    expect(file.stages).toMatchObject([
      { index: 0, from: { image: 'a:$V', platform: '$P', name: 'build' } },
      { index: 1, from: { image: 'build' } },
    ])
    expect(file.stages[0]?.instructions[0]).toMatchObject({
      original: 'RUN x   y',
      range: { startLine: 6, endLine: 7 },
      command: { form: 'shell', text: 'x   y' },
    })
  })

  test('a directive after anything else is a comment', () => {
    expect(parse('# hello\n# escape=`\nFROM a').escape).toBe('\\')
    expect(parse('\n# escape=`\nFROM a').escape).toBe('\\')
  })

  test('comments and blank lines inside an instruction are dropped', () => {
    const run = first('RUN a && \\\n# no\n\n  # nor this\n  b\n')
    expect(run).toMatchObject({ original: 'RUN a &&   b', hasBlankContinuation: true })
  })

  test('comments above an instruction are kept with it', () => {
    expect(parse('FROM a\n# one\n\n# two\n# three\nARG x').stages[0]?.instructions[0]?.comments).toEqual([
      'two',
      'three',
    ])
  })

  test.each([
    ['RUN ["a", "b c"]', { form: 'exec', words: ['a', 'b c'] }],
    ["RUN ['a']", { form: 'shell', text: "['a']" }],
    ['RUN [ "$x" = y ] && z', { form: 'shell', text: '[ "$x" = y ] && z' }],
    ['CMD []', { form: 'exec', words: [] }],
    ['ENTRYPOINT exec top', { form: 'shell', text: 'exec top' }],
  ])('%s', (text, command) => {
    expect(first(text)).toMatchObject({ command })
  })

  test.each([
    [
      'ENV a=1 b="x y" c=a\\ b',
      [
        ['a', '1'],
        ['b', '"x y"'],
        ['c', 'a\\ b'],
      ],
    ],
    ['ENV a  b  c=d', [['a', 'b  c=d']]],
    ['LABEL "x y"=z', [['"x y"', 'z']]],
    ['ENV a=', [['a', '']]],
  ])('%s', (text, expected) => {
    const { pairs } = first(text) as Instruction & { kind: 'env' }
    expect(pairs.map(({ name, value }) => [name, value])).toEqual(expected)
  })

  test('RUN and its flags', () => {
    expect(
      first('RUN --mount=type=tmpfs,target=/t --mount="target=/u" --network=none --security=insecure -- --x'),
    ).toMatchObject({
      mounts: ['type=tmpfs,target=/t', 'target=/u'],
      network: 'none',
      security: 'insecure',
      command: { text: '--x' },
    })
  })

  test('COPY and ADD and their flags', () => {
    expect(
      first('COPY --from=b --chown=1:2 --chmod=755 --link --parents=false --exclude=a --exclude=b x y /z/'),
    ).toMatchObject({
      kind: 'copy',
      from: 'b',
      chown: '1:2',
      chmod: '755',
      isLink: true,
      keepsParents: false,
      excluded: ['a', 'b'],
      sources: ['x', 'y'],
      target: '/z/',
    })
    expect(first('ADD --checksum=sha256:1 --keep-git-dir --unpack=false ["a b", "c"]')).toMatchObject({
      kind: 'add',
      checksum: 'sha256:1',
      keepsGitFolder: true,
      isUnpacked: false,
      sources: ['a b'],
    })
  })

  test('heredocs', () => {
    const text = 'COPY <<a <<-"b" c /x/\n$v\na\n\t\ttabs\n\tb\nRUN x\n'
    const { stages } = parse(`FROM s\n${text}`)
    expect(stages[0]?.instructions[0]).toMatchObject({
      sources: ['c'],
      heredocs: [
        { name: 'a', content: '$v\n', isExpanded: true },
        { name: 'b', content: 'tabs\n', isExpanded: false },
      ],
      range: { startLine: 2, endLine: 6 },
    })
    expect(stages[0]?.instructions[1]?.range).toEqual({ startLine: 7, endLine: 7 })
    expect(first('RUN echo $((1<<2))')).toMatchObject({ command: { heredocs: [] } })
    expect(first('RUN ["sh", "<<EOF"]')).toMatchObject({ command: { form: 'exec' } })
  })

  test('ONBUILD keeps its text, heredocs too, and the text parses', () => {
    const onbuild = first('ONBUILD COPY <<a /b\nx\na\n')
    expect(onbuild).toMatchObject({ kind: 'onbuild', text: 'COPY <<a /b\nx\na' })
    const { text } = onbuild as Instruction & { kind: 'onbuild' }
    expect(parseTrigger(text, { path: 'image', escape: '\\' })).toMatchObject({
      kind: 'copy',
      heredocs: [{ content: 'x\n' }],
    })
  })

  test('HEALTHCHECK', () => {
    expect(first('HEALTHCHECK --interval=1m30s --timeout=0s --retries=3 CMD curl x')).toMatchObject({
      command: { form: 'shell', text: 'curl x' },
      intervalNs: 90e9,
      retries: 3,
    })
    expect(first('HEALTHCHECK none')).toMatchObject({ command: 'none' })
  })
})

describe('errors point at the place', () => {
  test.each([
    ['FROM a\n  RUNN x', '2:3: unknown instruction', 'Did you mean RUN?'],
    ['FROM a\nCOPY --form=x a b', '2:6: unknown flag --form', 'Did you mean --from?'],
    ['FROM a\nCOPY a', '2:1: COPY needs at least one source', 'COPY SOURCE'],
    ['FROM a b c d', '1:8: FROM takes an image', undefined],
    ['FROM a as 1x', "1:11: invalid stage name '1x'", undefined],
    ['FROM a as /x', "1:11: invalid stage name '/x'", undefined],
    ['RUN x', '1:1: only ARG may stand before', undefined],
    ['# only', 'it has no FROM', undefined],
    ['', 'it has no FROM', undefined],
    ['FROM a\nRUN <<EOF\nx', "2:5: the heredoc 'EOF' is never closed", 'Put EOF on a line'],
    ['FROM a\nENV x', "2:5: ENV needs a value for 'x'", undefined],
    ['FROM a\nENV a=1 b', "2:9: 'b' has no =", undefined],
    ['FROM a\nCMD ["a", 1]', '2:5: a JSON array must hold strings only', undefined],
    ['FROM a\nSHELL bash', '2:1: SHELL takes a JSON array', undefined],
    ['FROM a\nONBUILD FROM b', '2:9: FROM cannot follow ONBUILD', undefined],
    ['FROM a\nRUN --network=bridge x', '2:5: --network is default, none, host', undefined],
    ['FROM a\nRUN --mount=type=cahce,target=/x x', "2:5: unknown mount type 'cahce'", 'Did you mean cache?'],
    ['FROM a\nHEALTHCHECK --interval=1 CMD x', '2:13: --interval is no duration', undefined],
    ['# escape=x\nFROM a', "1:10: invalid escape character 'x'", undefined],
    ['# escape=`\n# escape=\\\nFROM a', '2:1: only one escape directive', undefined],
  ])('%j', (text, message, hint) => {
    const error = thrown(() => parse(text))
    expect(error).toMatchObject({ kind: 'invalid', code: 'dockerfile-malformed' })
    expect(message.split('|').some((part) => error.message.includes(part))).toBe(true)
    if (hint !== undefined) expect(error.hint).toContain(hint)
  })

  test('and show the line with a mark', () => {
    expect(thrown(() => parse('FROM a\n\tCOPY --form=x a b')).message).toBe(
      'Dockerfile:2:7: unknown flag --form\n  2 | \tCOPY --form=x a b\n    | \t     ^',
    )
  })

  test('size is bounded', () => {
    expect(thrown(() => parse(`FROM a\n# ${'x'.repeat(5 << 20)}`)).message).toContain('larger than')
  })
})

function thrown(act: () => unknown): Error & { hint?: string } {
  try {
    act()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
