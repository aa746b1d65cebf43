// The embedded image's program: what it says and how it ends.

import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { helloProgram } from './programs.ts'

function hello(args: readonly string[], input = '') {
  const { status, signal, stdout, stderr } = spawnSync(helloProgram(), args, { input, encoding: 'utf8' })
  return { status, signal, stdout, stderr }
}

test('greets with what it finds', () => {
  const { status, stdout } = hello([])
  expect(status).toBe(0)
  expect(stdout).toMatch(/^Hello from a container!\n/)
  expect(stdout).toMatch(
    new RegExp(`host name +${hostname()}\n[^]*user +${process.getuid?.()}[^]*memory +(at most|no limit)`),
  )
})

test.each([
  [['echo', 'a', 'b  c'], { status: 0, stdout: 'a b  c\n' }],
  [['echo'], { status: 0, stdout: '\n' }],
  [['true'], { status: 0, stdout: '' }],
  [['false'], { status: 1, stdout: '' }],
  [['cat'], { status: 0, stdout: 'in\0put' }],
  [['cat', '/no/such'], { status: 1, stderr: 'hello: /no/such: No such file or directory\n' }],
  [['sleep', '0.01'], { status: 0 }],
  [['sleep', 'soon'], { status: 1, stderr: 'hello: sleep needs a number of seconds\n' }],
  [['dance'], { status: 2, stderr: expect.stringMatching(/^usage: hello/) }],
])('%j', (args, expected) => {
  expect(hello(args, 'in\0put')).toMatchObject(expected)
})

test('ends on the signals of a terminal, which a first process would ignore', () => {
  const script = '"$0" sleep 30 & sleep 0.2; kill -TERM $!; wait $!; echo $?'
  expect(spawnSync('sh', ['-c', script, helloProgram()], { encoding: 'utf8' }).stdout).toBe('143\n')
})

test('is a static program of less than a megabyte', () => {
  expect(statSync(helloProgram()).size).toBeLessThan(1 << 20)
})
