// What a RUN's heredocs come to.

import { expect, test } from 'vitest'
import { runScript } from '../../../src/dockerfile/heredoc.ts'
import type { Instruction } from '../../../src/dockerfile/instruction.ts'
import { parseDockerfile } from '../../../src/dockerfile/parse-dockerfile.ts'

test.each([
  ['RUN a b', { kind: 'text', text: 'a b' }],
  ['RUN <<EOF\na\nb\nEOF', { kind: 'text', text: 'a\nb\n' }],
  ['RUN <<-EOF\n\ta\n\tEOF', { kind: 'text', text: 'a\n' }],
  ['RUN <<EOF\n#!/bin/awk\nx\nEOF', { kind: 'file', name: 'EOF', content: '#!/bin/awk\nx\n' }],
  ['RUN cat <<A - <<B\na\nA\nb\nB', { kind: 'text', text: 'cat <<A - <<B\na\nA\nb\nB' }],
  ['RUN python3 <<EOF\nprint(1)\nEOF', { kind: 'text', text: 'python3 <<EOF\nprint(1)\nEOF' }],
])('%j', (text, expected) => {
  const [run] = parseDockerfile(`FROM a\n${text}`, { path: 'Dockerfile' }).stages[0]?.instructions ?? []
  const { command } = run as Instruction & { kind: 'run' }
  expect(runScript(command as typeof command & { form: 'shell' })).toEqual(expected)
})
