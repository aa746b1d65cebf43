import { describe, expect, test } from 'vitest'
import { execute, runProcess } from '../../../src/os/exec.ts'

describe('runProcess', () => {
  test('gives exit code and both streams', async () => {
    expect(await runProcess('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    })
  })

  test('passes input, and survives a program that does not read it', async () => {
    expect((await runProcess('/bin/cat', [], { input: 'hello' })).stdout).toBe('hello')
    expect((await runProcess('/bin/true', [], { input: 'x'.repeat(1 << 20) })).exitCode).toBe(0)
  })

  test('passes on no variable that it was not given', async () => {
    process.env['SECRET_OF_TEST'] = 'x'
    expect((await runProcess('/usr/bin/env', [])).stdout).not.toContain('SECRET_OF_TEST')
    expect((await runProcess('/usr/bin/env', [], { environment: { A: 'b' } })).stdout).toBe('A=b\n')
  })

  test('counts a signal as 128 and its number', async () => {
    expect((await runProcess('/bin/sh', ['-c', 'kill -TERM $$'])).exitCode).toBe(143)
  })

  test('names a program that is not there or not executable', async () => {
    await expect(runProcess('/nonexistent/x', [])).rejects.toMatchObject({ code: 'program-not-found' })
    await expect(runProcess('/etc/passwd', [])).rejects.toMatchObject({ code: 'program-not-executable' })
  })

  test('kills what writes too much', async () => {
    await expect(runProcess('/usr/bin/yes', [], { maxBytes: 10_000 })).rejects.toMatchObject({
      code: 'program-output-too-long',
    })
  })

  test('ends with the signal', async () => {
    const control = new AbortController()
    const ended = runProcess('/bin/sleep', ['60'], { signal: control.signal })
    control.abort()
    await expect(ended).rejects.toMatchObject({ kind: 'canceled' })
  })
})

describe('execute', () => {
  test('gives the output of a program that ended well', async () => {
    expect(await execute('/bin/cat', [], { input: 'a\n' })).toBe('a\n')
  })

  test('fails with what a program said last', async () => {
    await expect(execute('/bin/sh', ['-c', 'echo broken >&2; exit 2'])).rejects.toMatchObject({
      code: 'program-failed',
      message: "'/bin/sh' failed (exit code 2): broken",
    })
  })

  test('names what is missing, too long or canceled', async () => {
    await expect(execute('no-such-program-x', [])).rejects.toMatchObject({ code: 'program-not-found' })
    await expect(execute('/usr/bin/yes', [], { maxBytes: 9 })).rejects.toMatchObject({
      code: 'program-output-too-long',
    })
    const signal = AbortSignal.timeout(50)
    await expect(execute('/bin/sleep', ['60'], { signal })).rejects.toMatchObject({ kind: 'canceled' })
  })
})
