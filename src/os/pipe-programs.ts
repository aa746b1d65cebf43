// Two programs side by side, the output of one the other's input. What they say else is for the user to read as it comes.

import { spawn } from 'node:child_process'
import { EngineError, errnoOf } from '../base/errors.ts'

export type ProgramCommand = readonly [file: string, ...argv: string[]]

export interface PipedEnds {
  /** Exit codes; -1 of one that was killed. */
  readonly writer: number
  readonly reader: number
}

/** Whatever the exit codes. @throws not-found `program-not-found`; the signal's reason, when both have ended */
export async function pipePrograms(
  writer: ProgramCommand,
  reader: ProgramCommand,
  signal: AbortSignal,
): Promise<PipedEnds> {
  const from = spawn(writer[0], writer.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
  const into = spawn(reader[0], reader.slice(1), { stdio: [from.stdout, 'inherit', 'inherit'] })
  // The reader sees the end when the writer's is the last descriptor.
  from.stdout.destroy()
  const stop = () => [from, into].forEach((child) => child.kill())
  signal.addEventListener('abort', stop)
  const [wrote, read] = await Promise.allSettled([endOf(from, writer[0]), endOf(into, reader[0])])
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  if (wrote.status === 'rejected') throw wrote.reason
  if (read.status === 'rejected') throw read.reason
  return { writer: wrote.value, reader: read.value }
}

async function endOf(child: ReturnType<typeof spawn>, file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(errnoOf(error) === 'ENOENT' ? missing(file) : error))
    child.once('close', (code) => resolve(code ?? -1))
  })
}

function missing(file: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'program-not-found',
    message: `the program ${file} is not on PATH`,
    hint: 'Install it.',
  })
}
