// What the global flags set up before a command runs, and the `open` that it is handed: the state directory is touched by nobody else.

import { openSync } from 'node:fs'
import { logDebug, logInfo, setLogLevel, trace } from '../base/log.ts'
import type { Engine } from '../engine/engine.ts'
import { isChanging } from './changing-commands.ts'
import type { Invocation, OptionTable } from './command.ts'
import { commandName } from './find-command.ts'
import { type GlobalFlags, readGlobalFlags } from './global-flags.ts'
import type { Occurrence } from './pflag.ts'
import { redirectOutput } from './render/print.ts'

export interface Session {
  readonly open: () => Promise<Engine>
  /** Nothing is held that must be given back: a line for the log. */
  readonly close: () => void
}

/** @throws invalid or unsupported for a global flag that is wrong or refused */
export async function startSession(
  occurrences: readonly Occurrence[],
  invocation: Invocation<OptionTable>,
): Promise<Session> {
  const { isUserConfigured } = await import('./user-configuration.ts')
  const defaults = isUserConfigured() ? (await import('./settings.ts')).readUserSettings() : []
  const flags = readGlobalFlags([...defaults, ...occurrences])
  setLogLevel(flags.logLevel)
  redirect(flags)
  logInfo(`gantry filtering at log level ${flags.logLevel}`)
  trace('state', 'session', { path: invocation.path })
  logDebug(`Called ${invocation.path.at(-1)} (${commandName(invocation.path)})`)
  await keepPauseProcess()
  let opened: Promise<Engine> | undefined
  return {
    open: async () => {
      opened ??= openFor(flags, invocation)
      return opened
    },
    close: () => logDebug('Shutting down engines'),
  }
}

async function openFor(flags: GlobalFlags, invocation: Invocation<OptionTable>): Promise<Engine> {
  const [{ openEngine }, { resolveSettings }, { render }, { interruptSignal }, { setLockCommand }] = await Promise.all([
    import('../engine/open.ts'),
    import('../engine/config/resolve-settings.ts'),
    import('./render/report.ts'),
    import('./interrupt.ts'),
    import('../state/lock.ts'),
  ])
  setLockCommand([commandName(invocation.path), ...invocation.args.slice(0, 1)].join(' '))
  const engine = openEngine(await resolveSettings(flags.input), { report: render, signal: interruptSignal() })
  if (isStartingAfterBoot(invocation.path)) {
    const { beginAfterBoot } = await import('../engine/boot/begin-after-boot.ts')
    await beginAfterBoot(engine)
  }
  if (isChanging(invocation.path)) {
    const { sweepPassingBy } = await import('../engine/system/sweep-passing-by.ts')
    await sweepPassingBy(engine)
  }
  return engine
}

/** What looks after the boot by itself, or is about to take all away, sets nothing off. */
function isStartingAfterBoot([first, second]: readonly string[]): boolean {
  return first !== 'boot' && second !== 'reset'
}

/** Set by the launcher (src/userns): it has made the pause process, or found it in a login session. */
async function keepPauseProcess(): Promise<void> {
  if (process.env['_GANTRY_PAUSE_STRAYS'] === undefined) return
  // What runs below us would do it again.
  delete process.env['_GANTRY_PAUSE_STRAYS']
  if (process.env['_GANTRY_ROOTLESS_UID'] === undefined) return
  const { movePauseProcess } = await import('../engine/container/scopes.ts')
  await movePauseProcess()
}

function redirect(flags: GlobalFlags): void {
  if (flags.outputFile !== undefined) redirectOutput(openSync(flags.outputFile, 'w', 0o777))
}
