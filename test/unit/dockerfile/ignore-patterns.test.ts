// .dockerignore's patterns: each row a pattern file, a path, and whether it is left out. Rows follow Docker's page on .dockerignore and moby's rules.

import { describe, expect, test } from 'vitest'
import { compileIgnorePatterns, parseIgnoreFile } from '../../../src/dockerfile/ignore-patterns.ts'

const ignored = (file: string, path: string) => compileIgnorePatterns(parseIgnoreFile(file)).isIgnored(path)

describe('isIgnored', () => {
  test.each([
    ['*/temp*', 'somedir/temporary.txt', true],
    ['*/temp*', 'temp', false],
    ['*/temp*', 'a/b/temp', false],
    ['*/*/temp*', 'a/b/tempx', true],
    ['temp?', 'tempa', true],
    ['temp?', 'temp', false],
    ['temp?', 'tempa/below', true],
    ['**', 'any/thing', true],
    ['**/*.go', 'main.go', true],
    ['**/*.go', 'a/b/main.go', true],
    ['**/*.go', 'a/main.gox', false],
    ['**/foo', 'foo', true],
    ['**/foo', 'a/foo/b', true],
    ['**/foo', 'xfoo', false],
    ['**foo', 'xfoo', true],
    ['**foo', 'a/xfoo/b', true],
    ['**foo*', 'xfoo', false],
    ['dir/**', 'dir', false],
    ['dir/**', 'dir/a', true],
    ['dir/**/b', 'dir/b', true],
    ['dir/**/b', 'dir/x/y/b/below', true],
    ['dir/**/b', 'dir/xb', false],
    ['/foo/bar', 'foo/bar', true],
    ['foo/bar/', 'foo/bar/baz', true],
    ['./foo/../bar', 'bar', true],
    ['../foo', 'foo', false],
    ['foo', 'foobar', false],
    ['a.c', 'abc', false],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['[^a-c]x', 'dx', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'aab', false],
    ['한국*', '한국어', true],
    ['# no', '# no', false],
    ['\uFEFFfoo', 'foo', true],
    ['  foo  ', 'foo', true],
    ['foo\r\nbar\r\n', 'bar', true],
  ])('%j and %j: %j', (file, path, expected) => {
    expect(ignored(file, path)).toBe(expected)
  })

  test('the last pattern that matches decides', () => {
    expect(ignored('*.md\n!README.md', 'README.md')).toBe(false)
    expect(ignored('*.md\n!README*.md\nREADME-secret.md', 'README-secret.md')).toBe(true)
    expect(ignored('*.md\nREADME-secret.md\n!README*.md', 'README-secret.md')).toBe(false)
  })

  test('something in a folder that is left out may be kept', () => {
    expect(ignored('docs\n!docs/keep', 'docs/keep/file')).toBe(false)
    expect(ignored('docs\n!docs/keep', 'docs/other')).toBe(true)
    expect(ignored('*\n!src/**', 'src/a')).toBe(false)
    expect(ignored('*\n! /src', 'src/a')).toBe(false)
  })
})

test('mayHoldKept names the folders that must be entered', () => {
  const { mayHoldKept } = compileIgnorePatterns(['*', '!docs/keep/*.md'])
  expect(['docs', 'docs/keep', 'docs/keep/more', 'docs/other', 'src'].map(mayHoldKept)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
  expect(compileIgnorePatterns(['*', '!**/x']).mayHoldKept('any')).toBe(true)
  expect(compileIgnorePatterns(['*']).mayHoldKept('any')).toBe(false)
})

test.each(['[', '[a', '[]a]', 'a\\', '!', '[-a]'])('pattern %j is refused', (pattern) => {
  expect(() => compileIgnorePatterns([pattern])).toThrow(expect.objectContaining({ code: 'pattern-malformed' }))
})

test('a hostile pattern takes no time', { timeout: 2000 }, () => {
  const { isIgnored } = compileIgnorePatterns([`${'**/*a'.repeat(30)}b`, `${'*a'.repeat(50)}b`])
  expect(isIgnored('a'.repeat(4000))).toBe(false)
})
