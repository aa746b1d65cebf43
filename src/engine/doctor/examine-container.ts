// A container: why it ended, why nobody reaches it, and which of its mounts it may not use.

import { EngineError } from '../../base/errors.ts'
import { signalName } from '../../base/signal-number.ts'
import { timedOutExitCode } from '../../runtime/exit-record.ts'
import { type ExitedState, isAlive } from '../../runtime/live-state.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { examinePath } from './examine-path.ts'
import { type Finding, note, ok, problem } from './finding.ts'

export async function examineContainer(engine: Engine, container: StoredContainer): Promise<Finding[]> {
  return [examineRun(container), examineReach(container), ...(await examineMounts(engine, container))]
}

function examineRun({ live, name, record }: StoredContainer): Finding {
  const subject = 'state'
  switch (live.status) {
    case 'running':
      return ok(subject, `runs since ${live.startedAt}`)
    case 'paused':
      return problem(subject, 'is paused: nothing in it goes on', `gantry unpause ${name}`)
    case 'created':
    case 'initialized':
      return problem(subject, 'has not been started', `gantry start ${name}`)
    case 'stopping':
      return note(subject, 'is being stopped')
    case 'exited':
      return examineEnd(live, { name, isStoppedByUser: record.isStoppedByUser })
  }
}

const signalBase = 128

function examineEnd(
  live: ExitedState,
  { name, isStoppedByUser }: { readonly name: string; readonly isStoppedByUser: boolean },
): Finding {
  const { exitCode, isOomKilled, error } = live
  const logs = `gantry logs --tail 20 ${name}`
  if (isOomKilled)
    return problem(
      'state',
      'was killed because it needed more memory than --memory allows',
      'run it with a larger --memory',
    )
  if (error !== undefined && error !== '') return problem('state', `did not start: ${error}`)
  if (exitCode === 0) return note('state', 'has ended, with exit code 0', `gantry start ${name}`)
  if (isStoppedByUser) return note('state', `was stopped, and ended with exit code ${exitCode}`, `gantry start ${name}`)
  if (exitCode === 126)
    return problem('state', 'its program cannot be executed (exit code 126)', 'name another: --entrypoint')
  if (exitCode === 127)
    return problem('state', 'its program was not found (exit code 127)', 'name another: --entrypoint')
  if (exitCode === 255 && live.isLost)
    return problem(
      'state',
      'its end was not seen: the machine, or its monitor, was ended first',
      `gantry start ${name}`,
    )
  return ownEnd(exitCode, logs)
}

function ownEnd(exitCode: number, logs: string): Finding {
  if (exitCode === timedOutExitCode)
    return problem('state', 'ran longer than its --timeout', 'run it with a longer --timeout')
  const signal = exitCode > signalBase ? signalName(exitCode - signalBase) : undefined
  if (signal !== undefined) return problem('state', `was ended by ${signal} (exit code ${exitCode})`, logs)
  return problem('state', `ended with exit code ${exitCode}, which is its program's own`, logs)
}

function examineReach({ live, stored, name }: StoredContainer): Finding {
  const subject = 'network'
  const { network } = stored.spec.namespaces
  if (!isAlive(live)) return note(subject, 'cannot be reached while it does not run', `gantry start ${name}`)
  switch (network.kind) {
    case 'none':
      return note(subject, 'has none (--network none): nobody reaches it', 'run it with another --network')
    case 'host':
      return ok(subject, "is the host's: its ports are the host's own")
    case 'container':
      return ok(subject, `is that of container ${network.id.slice(0, 12)}, where ports are published`)
    default:
      return ok(subject, network.kind)
  }
}

/** Memory, and what can be seen from inside only, is left out. */
async function examineMounts(engine: Engine, container: StoredContainer): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const mount of container.stored.spec.mounts.mounts) {
    if (mount.kind !== 'tmpfs') findings.push(await examineMount(engine, container, mount.destination))
  }
  return findings
}

async function examineMount(engine: Engine, container: StoredContainer, destination: string): Promise<Finding> {
  try {
    const { denied, remedy, mount } = await examinePath(engine, container, destination)
    const isAsked = denied.join() === 'write' && remedy?.words.endsWith(':rw') === true
    if (denied.length === 0 || isAsked) return ok('mount', `${destination} (${mount ?? ''})`)
    return problem('mount', `${destination}: denied: ${denied.join(', ')}`, remedy?.words)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return problem('mount', `${destination}: ${error.message}`)
  }
}
