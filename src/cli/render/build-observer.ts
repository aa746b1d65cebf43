// How a build is shown: by --progress, --quiet and --logfile, and by where the output goes.

import { closeSync, openSync } from 'node:fs'
import { errorReason, invalid } from '../../base/errors.ts'
import type { BuildObserver } from '../../engine/build/build-progress.ts'
import { isTerminal } from '../../os/terminal.ts'
import { jsonObserver } from './build-json.ts'
import { plainObserver } from './build-plain.ts'

export interface ShowOptions {
  readonly progress: string
  readonly isQuiet: boolean
  readonly logfile: string | undefined
  readonly hasIdFile: boolean
  /** Standard output is for the result. */
  readonly isOutputTaken: boolean
  /** --jobs is not 1. */
  readonly areAtOnce: boolean
}

export interface OpenObserver extends Disposable {
  readonly observer: BuildObserver
  /** Lines of podman's are wanted at the end. */
  readonly isPlain: boolean
  /** Where they go; -1 for nowhere. */
  readonly stdout: number
}

/** Disposed twice it is disposed once. @throws invalid `logfile-unwritable` */
export async function openObserver(options: ShowOptions): Promise<OpenObserver> {
  using stack = new DisposableStack()
  const opened = stack.use(await chooseObserver(options))
  const rest = stack.move()
  return { ...opened, [Symbol.dispose]: () => rest.dispose() }
}

async function chooseObserver(options: ShowOptions): Promise<OpenObserver> {
  const { progress, isQuiet, logfile, hasIdFile, isOutputTaken, areAtOnce } = options
  if (logfile !== undefined) {
    const fd = openLog(logfile)
    const observer = plainObserver({ stdout: fd, stderr: fd, isQuiet: false, hasIdFile, areAtOnce })
    return { observer, isPlain: true, stdout: fd, [Symbol.dispose]: () => closeSync(fd) }
  }
  if (progress === 'rawjson') return { observer: jsonObserver(2), isPlain: false, stdout: -1, ...nothingHeld }
  const isShown = progress === 'tty' || (progress === 'auto' && isTerminal(1) && isTerminal(2))
  if (isShown && !isQuiet) {
    const { terminalObserver } = await import('./build-terminal.ts')
    const observer = terminalObserver(2)
    return { observer, isPlain: false, stdout: -1, [Symbol.dispose]: () => observer[Symbol.dispose]() }
  }
  const stdout = isOutputTaken ? 2 : 1
  return {
    observer: plainObserver({ stdout, stderr: 2, isQuiet, hasIdFile, areAtOnce }),
    isPlain: true,
    stdout,
    ...nothingHeld,
  }
}

const nothingHeld = { [Symbol.dispose]: () => undefined }

function openLog(path: string): number {
  try {
    return openSync(path, 'w', 0o600)
  } catch (error) {
    throw invalid('logfile-unwritable', `opening logfile ${JSON.stringify(path)}: ${errorReason(error)}`)
  }
}
