// run: create, start, and stay with it unless detached.

import { defined } from '../../../base/defined.ts'
import { invalid } from '../../../base/errors.ts'
import { writeCidFile } from '../../../engine/container/cid-file.ts'
import type { RunRequest } from '../../../engine/container/run.ts'
import type { StartedContainer } from '../../../engine/container/start.ts'
import type { Engine } from '../../../engine/engine.ts'
import { isTerminal } from '../../../os/terminal.ts'
import type { ContainerSpec } from '../../../spec/container-spec.ts'
import { isPassthrough } from '../../../spec/log.ts'
import { defineCommand, type Invocation } from '../../command.ts'
import { detachKeysOption } from '../../detach-keys-option.ts'
import { startFailure } from '../../exit-code.ts'
import { type Foreground, openForeground } from '../../foreground.ts'
import { foregroundEnd } from '../../foreground-end.ts'
import { containerOptions, toContainerSpec, toCreateOptions } from '../../options/container.ts'
import { withHealth } from '../../options/health.ts'
import { preservedFdsOf, preserveOptions } from '../../options/preserved-fds.ts'
import { complain, printLine } from '../../render/print.ts'

const runOptions = {
  ...containerOptions,
  detach: { type: 'boolean', short: 'd', describe: 'Run container in background and print container ID' },
  'detach-keys': detachKeysOption,
  passwd: { type: 'boolean', default: true, describe: 'Let /etc/passwd and /etc/group know who runs inside' },
  ...preserveOptions,
  rmi: { type: 'boolean', describe: 'Remove the image as well, unless others use it; implies --rm' },
  'sig-proxy': { type: 'boolean', default: true, describe: 'Proxy received signals to the process' },
} as const

type RunInvocation = Invocation<typeof runOptions>

export default defineCommand({
  options: runOptions,
  positionals: [
    { name: 'image', complete: 'image' },
    { name: 'command', isOptional: true, isRest: true },
  ],
  examples: [
    'gantry run --rm IMAGE echo hello',
    'gantry run -it --rm IMAGE sh',
    'gantry run -d --name web IMAGE',
    'echo hi | gantry run -i --rm IMAGE cat',
  ],
  async run(open, invocation) {
    const { options } = invocation
    const streams = attachedStreams(options)
    const engine = await open()
    const asked = await withHealth(toContainerSpec(invocation, engine.settings), invocation)
    const spec = withAccounts(withImageRemoved(asked, invocation), invocation)
    const request = requestOf(invocation, engine, spec)
    if (options.detach) return runDetached(engine, request)
    if (options.tty && options.interactive && !isTerminal(0)) {
      complain('Warning: The input device is not a TTY. The --tty and --interactive flags might not work properly\n')
    }
    using foreground = openForeground({
      ...streams,
      hasTerminal: options.tty,
      detachKeys: options['detach-keys'] ?? engine.settings.containerDefaults.detachKeys,
      isSignalProxied: options['sig-proxy'],
    })
    return await runForeground(engine, request, foreground)
  },
})

/** @throws invalid `rmi-without-rm` */
function withImageRemoved(spec: ContainerSpec, { options, given }: RunInvocation): ContainerSpec {
  if (!options.rmi) return spec
  if (given.has('rm') && !options.rm) throw invalid('rmi-without-rm', 'the --rmi option does not work without --rm')
  return { ...spec, isAutoRemoved: true, isImageRemoved: true }
}

function withAccounts(spec: ContainerSpec, { options }: RunInvocation): ContainerSpec {
  if (options.passwd) return spec
  return { ...spec, process: { ...spec.process, accounts: { ...spec.process.accounts, areLeftAlone: true } } }
}

type PlainRequest = Omit<RunRequest, 'isAttached'>

function requestOf(invocation: RunInvocation, { settings }: Engine, spec: ContainerSpec): PlainRequest {
  return {
    spec,
    creation: toCreateOptions(invocation),
    preservedFds: preservedFdsOf(invocation, settings.runtime.name),
    onCreated(id) {
      if (spec.cidFile !== undefined) writeCidFile(spec.cidFile, id)
    },
  }
}

interface Streams {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
}

/** @throws invalid `attach-invalid` */
function attachedStreams(options: RunInvocation['options']): Streams {
  const { attach, interactive } = options
  const named = new Set(attach.map((stream) => stream.toLowerCase()))
  const stranger = [...named].find((stream) => !['stdin', 'stdout', 'stderr'].includes(stream))
  if (stranger !== undefined) {
    const message = `invalid stream "${stranger}" for --attach - must be one of stdin, stdout, or stderr: invalid argument`
    throw invalid('attach-invalid', message)
  }
  if (named.size === 0) return { stdin: interactive, stdout: true, stderr: true }
  const driver = options['log-driver']
  if (driver?.startsWith('passthrough') === true) {
    throw invalid('attach-invalid', `cannot specify --attach with --log-driver=${driver}: invalid argument`)
  }
  return { stdin: interactive || named.has('stdin'), stdout: named.has('stdout'), stderr: named.has('stderr') }
}

async function runDetached(engine: Engine, request: PlainRequest): Promise<number> {
  const { hintAtLinger } = await import('../../../engine/container/linger-hint.ts')
  const { container } = await createAndStart(engine, { ...request, isAttached: false })
  // It would be taken for the container's own words.
  if (!isPassthrough(container.stored.spec.log.driver)) printLine(container.id)
  hintAtLinger(engine)
  return 0
}

async function runForeground(engine: Engine, request: PlainRequest, foreground: Foreground): Promise<number> {
  const [{ attachClient }, { follow }] = await Promise.all([
    import('../../../runtime/attach-client.ts'),
    import('../../../engine/container/follow.ts'),
  ])
  const started = await createAndStart(engine, {
    ...request,
    isAttached: true,
    ...defined({ windowSize: foreground.windowSize() }),
    onCreated(id) {
      request.onCreated(id)
      foreground.takeSignals()
    },
  })
  if (started.client === undefined) throw new Error('started attached without a client')
  const streams = foreground.streams()
  if (streams.stdout === undefined && streams.stderr === undefined) printLine(started.container.id)
  const client = attachClient(started.client, streams)
  foreground.takeKeys()
  return foregroundEnd(await follow(engine, started.container, client))
}

/** @throws as run; what fails after the creation has exit codes of its own */
async function createAndStart(engine: Engine, request: RunRequest): Promise<StartedContainer> {
  const { run } = await import('../../../engine/container/run.ts')
  let isCreated = false
  try {
    return await run(engine, {
      ...request,
      onCreated(id) {
        request.onCreated(id)
        isCreated = true
      },
    })
  } catch (error) {
    throw isCreated ? startFailure(error) : error
  }
}
