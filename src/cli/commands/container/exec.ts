// exec: a further process in a running container.

import { EngineError, invalid } from '../../../base/errors.ts'
import type { ExecRequest } from '../../../engine/container/exec-session.ts'
import type { Engine } from '../../../engine/engine.ts'
import { isTerminal } from '../../../os/terminal.ts'
import { defineCommand } from '../../command.ts'
import { detachKeysOption } from '../../detach-keys-option.ts'
import { isDocker } from '../../dialect.ts'
import { openForeground } from '../../foreground.ts'
import { foregroundEnd } from '../../foreground-end.ts'
import { readEnvironment } from '../../options/environment.ts'
import { preservedFdsOf, preserveOptions } from '../../options/preserved-fds.ts'
import { catchProxied } from '../../proxied-signals.ts'
import { printLine } from '../../render/print.ts'
import { findTargets, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    detach: { type: 'boolean', short: 'd', describe: 'Run the exec session in detached mode (backgrounded)' },
    'detach-keys': detachKeysOption,
    env: { type: 'strings', short: 'e', describe: 'Set environment variables', value: 'KEY=value' },
    'env-file': {
      type: 'strings',
      describe: 'Read in a file of environment variables',
      value: 'file',
      complete: 'file',
    },
    interactive: { type: 'boolean', short: 'i', describe: 'Make STDIN available to the contained process' },
    latest: latestOption,
    ...preserveOptions,
    privileged: {
      type: 'boolean',
      describe: 'Give the process extended Linux capabilities inside the container',
    },
    tty: { type: 'boolean', short: 't', describe: 'Allocate a pseudo-TTY' },
    user: {
      type: 'string',
      short: 'u',
      describe: 'Sets the username or UID used and optionally the groupname or GID for the specified command',
      value: 'user',
    },
    workdir: { type: 'string', short: 'w', describe: 'Working directory inside the container', value: 'folder' },
  },
  positionals: [
    { name: 'container', isOptional: true, complete: 'running-container' },
    { name: 'command', isOptional: true, isRest: true },
  ],
  examples: ['gantry exec web ls /etc', 'gantry exec -it web sh', 'gantry exec --user nobody --workdir /tmp web id'],
  async run(open, invocation) {
    const { options, args, given: flags } = invocation
    const { latest } = options
    if (args.length === 0 && !latest) {
      throw invalid('arguments-invalid', 'exec requires the name or ID of a container or the --latest flag')
    }
    const environment = readEnvironment({ files: options['env-file'], entries: options.env })
    const engine = await open()
    const [target] = await findTargets(engine, { names: latest ? [] : args.slice(0, 1), latest })
    if (target === undefined) throw invalid('container-unknown', 'there is no container')
    const request: ExecRequest = {
      container: target.container,
      command: commandOf(latest ? args : args.slice(1)),
      environment,
      ...given('workdir', options.workdir),
      ...given('user', options.user),
      isPrivileged: flags.has('privileged') ? options.privileged : engine.settings.containerDefaults.isPrivileged,
      hasTerminal: options.tty,
      isStdinOpen: options.interactive,
      preservedFds: preservedFdsOf(invocation, target.container.stored.runtime.name),
    }
    if (options.detach) return runDetached(engine, request)
    const detachKeys = options['detach-keys'] ?? engine.settings.containerDefaults.detachKeys
    return options.tty ? runOnTerminal(engine, request, detachKeys) : runOnStreams(engine, request)
  },
})

function given<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: string })
}

function commandOf(words: readonly string[]): readonly string[] {
  if (words.length > 0) return words
  throw invalid('exec-no-command', 'must provide a non-empty command to start an exec session: invalid argument')
}

async function runDetached(engine: Engine, request: ExecRequest): Promise<number> {
  const { execDetached } = await import('../../../engine/container/exec.ts')
  try {
    const session = await execDetached(engine, request)
    if (!isDocker()) printLine(session)
    return 0
  } catch (error) {
    // Detached, a missing program is podman's 125.
    if (!(error instanceof EngineError) || !error.code.startsWith('oci-')) throw error
    throw new EngineError({ kind: error.kind, code: 'exec-failed', message: error.message, cause: error })
  }
}

async function runOnStreams(engine: Engine, request: ExecRequest): Promise<number> {
  const { execForeground } = await import('../../../engine/container/exec.ts')
  using signals = catchProxied(isTerminal(0) ? typed : { kept: [], ignored: [], caught: [] })
  return await execForeground(engine, request, signals.fd)
}

/** Keys of a terminal reach the runtime without us: it is in the same foreground group, which the shell stops and continues as one. */
const typed = { kept: ['SIGTSTP', 'SIGTTIN', 'SIGTTOU'], ignored: ['SIGINT', 'SIGQUIT'], caught: [] }

async function runOnTerminal(engine: Engine, request: ExecRequest, detachKeys: string): Promise<number> {
  const { execAttached } = await import('../../../engine/container/exec.ts')
  using foreground = openForeground({
    stdin: request.isStdinOpen,
    stdout: true,
    stderr: true,
    hasTerminal: true,
    detachKeys,
    isSignalProxied: true,
  })
  foreground.takeSignals()
  const session = await execAttached(engine, request, foreground.streams())
  foreground.takeKeys()
  return foregroundEnd(await session.follow())
}
