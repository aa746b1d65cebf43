// A stream through a program that reads standard input and writes standard output.

import { spawn } from 'node:child_process'
import { type Readable, Transform } from 'node:stream'
import { EngineError, errnoOf } from '../base/errors.ts'

/**
 * An error of the program, or of the source, surfaces as an error of the stream: it ends well only where the program did. A program that is
 * not there: not-found `program-not-found`.
 */
export function filterProgram(source: Readable, file: string, argv: readonly string[]): Readable {
  const child = spawn(file, argv, { stdio: ['pipe', 'pipe', 'pipe'] })
  const failure = Promise.withResolvers<Error | null>()
  const output = new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    // What a program writes may end before it says how it went.
    flush: (done) => void failure.promise.then(done),
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(0, 500)
  })
  child.once('error', (error) => failure.resolve(errnoOf(error) === 'ENOENT' ? missing(file) : error))
  child.once('close', (code) => failure.resolve(code === 0 ? null : failed(file, code, said)))
  source.once('error', (error) => {
    output.destroy(error)
    child.kill()
  })
  // A program that has seen enough closes its input: its exit code says whether that was well.
  child.stdin.on('error', () => source.destroy())
  output.once('close', () => {
    source.destroy()
    child.kill()
  })
  source.pipe(child.stdin)
  child.stdout.pipe(output)
  return output
}

function missing(file: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'program-not-found',
    message: `the program ${file} is not on PATH`,
    hint: 'Install it.',
  })
}

function failed(file: string, code: number | null, said: string): EngineError {
  const reason = said.trim().split('\n')[0] ?? ''
  const how = code === null ? 'was killed' : `ended with code ${code}`
  return new EngineError({
    kind: 'invalid',
    code: 'program-failed',
    message: `'${file}' ${how}${reason === '' ? '' : `: ${reason}`}`,
  })
}
