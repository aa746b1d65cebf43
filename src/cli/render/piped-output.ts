// What a step's process says, line by line, for renderers that show it in a place of its own.

import { closeSync, createReadStream } from 'node:fs'
import type { StepOutput } from '../../engine/build/build-progress.ts'
import { native } from '../../os/native.ts'

export type OutputStream = 'stdout' | 'stderr'

/** `onData` gets pieces as they come. Disposed, it waits until all was read. */
export function pipedOutput(onData: (stream: OutputStream, data: Buffer) => void): StepOutput {
  const stdout = openPipe((data) => onData('stdout', data))
  const stderr = openPipe((data) => onData('stderr', data))
  return {
    stdout: stdout.fd,
    stderr: stderr.fd,
    async [Symbol.asyncDispose]() {
      await Promise.all([stdout.finish(), stderr.finish()])
    },
  }
}

interface OpenPipe {
  readonly fd: number
  readonly finish: () => Promise<void>
}

function openPipe(onData: (data: Buffer) => void): OpenPipe {
  const [reading, writing] = native().pipe()
  const stream = createReadStream('', { fd: reading })
  stream.on('data', (data) => onData(Buffer.from(data)))
  const ended = new Promise<void>((resolve) => stream.once('close', resolve))
  return {
    fd: writing,
    async finish() {
      closeSync(writing)
      await ended
    },
  }
}
