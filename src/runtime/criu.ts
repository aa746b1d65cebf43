// criu, which the runtime calls to dump and restore processes: whether there is one, and what it said when it failed.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import { type RunOutcome, runProcess } from '../os/exec.ts'
import { callRuntime, type OciRuntime } from './oci-runtime.ts'

/** 3.11 */
const least = 31_100
const installHint = 'Install it: apt install criu (Linux 6.16 and later need version 4.2 or newer)'

/** Whoever is about to call the runtime asks first. @throws unavailable `criu-missing`, `criu-too-old`; unsupported `runtime-without-criu` */
export async function checkCriu(runtime: OciRuntime): Promise<void> {
  const { text, number } = await criuVersion()
  if (number === 0) throw missing('criu does not say which version it is')
  if (number < least) {
    throw new EngineError({
      kind: 'unavailable',
      code: 'criu-too-old',
      message: `checkpoint and restore need criu 3.11 or later, this is ${text}`,
      hint: installHint,
    })
  }
  // runc always can.
  if (runtime.name === 'runc' || (await callRuntime(runtime, ['checkpoint', '--help'])).exitCode === 0) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'runtime-without-criu',
    message: `the runtime ${runtime.name} does not support checkpoint and restore`,
    hint: 'Use a container that was made with --runtime runc',
  })
}

/** `number`: 4.1.1 is 40101; 0 where it is not told. @throws unavailable `criu-missing` */
export async function criuVersion(): Promise<{ readonly text: string; readonly number: number }> {
  const found = /Version:\s*((\d+)\.(\d+)(?:\.(\d+))?)/.exec((await callCriu(['--version'])).stdout) ?? []
  const [, text = '', major = '0', minor = '0', patch = '0'] = found
  return { text, number: Number(major) * 10_000 + Number(minor) * 100 + Number(patch) }
}

/** Whether the kernel tells which pages were written to since: what a dump in two parts needs. @throws unsupported `criu-without-tracking` */
export async function checkMemoryTracking(): Promise<void> {
  if ((await callCriu(['check', '--feature', 'mem_dirty_track'])).exitCode === 0) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'criu-without-tracking',
    message: 'system (architecture/kernel/CRIU) does not support memory tracking',
    hint: 'Checkpoint without --pre-checkpoint and --with-previous',
  })
}

export interface CriuFailure {
  readonly verb: 'checkpoint' | 'restore'
  /** The container's. */
  readonly name: string
  /** What the runtime said. */
  readonly cause: EngineError
  readonly logPath: string
}

/** As the log of criu has it; as the runtime has it where criu has not come so far. */
export async function criuError({ verb, name, cause, logPath }: CriuFailure): Promise<EngineError> {
  const reason = reasonIn(readTail(logPath) ?? '')
  if (reason === undefined) return cause
  const amiss = await whatIsAmiss()
  return new EngineError({
    kind: 'internal',
    code: `criu-${verb}-failed`,
    message: `criu cannot ${verb} container '${name}': ${reason}${amiss === undefined ? '' : `; criu and this kernel do not fit: ${amiss}`}`,
    hint: amiss === undefined && !unknownToOlder.test(reason) ? `See ${logPath}` : installHint,
    cause,
  })
}

/** What criu says of this kernel; undefined where it has nothing to say. */
async function whatIsAmiss(): Promise<string | undefined> {
  try {
    const { exitCode, stdout, stderr } = await callCriu(['check'])
    return exitCode === 0 ? undefined : reasonIn(`${stdout}\n${stderr}`)
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}

/** Linux 6.16 has no SO_PASSCRED for sockets of networks. */
const unknownToOlder = /^sockets: Can't get 1:16 opt/

async function callCriu(words: readonly string[]): Promise<RunOutcome> {
  try {
    return await runProcess('criu', words)
  } catch (error) {
    if (error instanceof EngineError && error.code.startsWith('program-not-')) {
      throw missing('checkpoint and restore need the program criu, which is not on PATH')
    }
    throw error
  }
}

function missing(message: string): EngineError {
  return new EngineError({ kind: 'unavailable', code: 'criu-missing', message, hint: installHint })
}

/** The first error is the cause; of the others only what follows from it is told. That on its own limit of descriptors criu survives. */
function reasonIn(log: string): string | undefined {
  const errors = [...log.matchAll(/^.*?Error \([^)]*\): (.*)$/gm)].map(([, text = '']) => text.trim())
  return errors.find((text) => !text.startsWith('rlimit:'))
}

const mostBytes = 4 << 20

/** The log's end; criu may have written it at length. */
function readTail(path: string): string | undefined {
  const fd = absentAsUndefined(() => openSync(path, 'r'))
  if (fd === undefined) return undefined
  try {
    const { size } = fstatSync(fd)
    const buffer = Buffer.alloc(Math.min(size, mostBytes))
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, size - buffer.length))
  } finally {
    closeSync(fd)
  }
}
