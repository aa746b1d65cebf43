// top with arguments of ps(1): the host's ps in the container's pid namespace, or, where that may not or cannot be, the container's own.

import { EngineError, errorMessage, invalid } from '../../base/errors.ts'
import { type RunOutcome, runProcess } from '../../os/exec.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import type { Engine } from '../engine.ts'
import { closeExecSession, openExecSession } from './exec-session.ts'
import type { StoredContainer } from './stored-container.ts'

/** Without the line of the ps that was asked. @throws invalid `ps-failed` */
export async function psLines(
  engine: Engine,
  container: StoredContainer,
  words: readonly string[],
): Promise<readonly string[]> {
  const [only = '', ...more] = words
  const argv = more.length === 0 ? only.split(/\s+/).filter((word) => word !== '') : words
  const text = mayUseHostPs(container)
    ? ((await hostPs(engine, container, argv)) ?? (await ownPs(engine, container, argv)))
    : await ownPs(engine, container, argv)
  const asked = words.join(' ')
  return text
    .replace(/\n$/, '')
    .split('\n')
    .filter((line) => !line.includes(asked))
}

/** A container that may trace could get at a program of the host's that runs among its own. */
function mayUseHostPs({ stored }: StoredContainer): boolean {
  const { isPrivileged, capabilities } = stored.spec.security
  return !isPrivileged && !capabilities.includes('CAP_SYS_PTRACE')
}

/** In a mount namespace of its own, with the container's processes at /proc. Undefined where that cannot be. */
async function hostPs(engine: Engine, { live }: StoredContainer, argv: readonly string[]): Promise<string | undefined> {
  if (!isAlive(live)) return undefined
  const words = ['--target', String(live.pid), '--pid', '--', 'unshare', '--mount', '--mount-proc=/proc', 'ps', ...argv]
  const outcome = await runOrExplain('nsenter', words)
  if (typeof outcome !== 'string' && !/^(?:nsenter|unshare):/m.test(outcome.stderr)) return output(outcome)
  const why = typeof outcome === 'string' ? outcome : outcome.stderr.trim()
  engine.report({
    type: 'warning',
    message: `Falling back to container ps(1), could not execute ps(1) from the host: ${why}`,
  })
  return undefined
}

async function runOrExplain(file: string, argv: readonly string[]): Promise<RunOutcome | string> {
  try {
    return await runProcess(file, argv)
  } catch (error) {
    if (error instanceof EngineError && error.kind !== 'canceled') return errorMessage(error)
    throw error
  }
}

async function ownPs(engine: Engine, container: StoredContainer, argv: readonly string[]): Promise<string> {
  const session = openExecSession(engine, {
    container,
    command: ['ps', ...argv],
    environment: [],
    isPrivileged: false,
    hasTerminal: false,
    isStdinOpen: false,
    preservedFds: [],
  })
  const { path, globalArguments } = runtimeOf(engine.at, container.stored)
  let exitCode = 255
  try {
    const words = ['exec', '--process', session.processFile, container.id]
    const outcome = await runProcess(path, [...globalArguments, ...words])
    exitCode = outcome.exitCode
    return output(outcome)
  } finally {
    closeExecSession(engine, session, exitCode)
  }
}

function output({ exitCode, stdout, stderr }: RunOutcome): string {
  if (exitCode === 0) return stdout
  throw invalid('ps-failed', `ps(1) failed with exit code ${exitCode}: ${stderr.trim()}`)
}
