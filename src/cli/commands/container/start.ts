// start: run what was created or has ended. Every failure is 125, also that of a program that is not there.

import { defined } from '../../../base/defined.ts'
import { EngineError, invalid } from '../../../base/errors.ts'
import type { StoredContainer } from '../../../engine/container/stored-container.ts'
import type { Engine } from '../../../engine/engine.ts'
import { isAlive } from '../../../runtime/live-state.ts'
import { defineCommand } from '../../command.ts'
import { detachKeysOption } from '../../detach-keys-option.ts'
import { openForeground } from '../../foreground.ts'
import { foregroundEnd } from '../../foreground-end.ts'
import { filterOption, findTargets, forEachTarget, latestOption, type Target } from '../../targets.ts'

export default defineCommand({
  options: {
    all: { type: 'boolean', describe: 'Start all containers regardless of their state or configuration' },
    attach: { type: 'boolean', short: 'a', describe: "Attach container's STDOUT and STDERR" },
    'detach-keys': detachKeysOption,
    filter: filterOption,
    interactive: { type: 'boolean', short: 'i', describe: 'Make STDIN available to the contained process' },
    latest: latestOption,
    'sig-proxy': {
      type: 'boolean',
      describe: 'Proxy received signals to the process (default true if attaching, false otherwise)',
    },
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  examples: ['gantry start web', 'gantry start --attach --interactive shell'],
  async run(open, { options, args, given }) {
    const { all, attach, latest, filter } = options
    check({ all, attach, latest, filters: filter, names: args })
    const isSignalProxied = given.has('sig-proxy') ? options['sig-proxy'] : attach
    if (isSignalProxied && !attach) {
      throw invalid('arguments-invalid', 'you cannot use sig-proxy without --attach: invalid argument')
    }
    const engine = await open()
    const targets = await findTargets(engine, { names: args, all, latest, filters: filter })
    if (!attach) return startAll(engine, targets, all)
    const [target] = targets
    if (target === undefined) return 0
    const detachKeys = options['detach-keys'] ?? engine.settings.containerDefaults.detachKeys
    return startAttached(engine, target, {
      stdin: options.interactive,
      detachKeys,
      isSignalProxied,
    })
  },
})

interface Words {
  readonly all: boolean
  readonly attach: boolean
  readonly latest: boolean
  readonly filters: readonly string[]
  readonly names: readonly string[]
}

function check({ all, attach, latest, filters, names }: Words): void {
  const complaints: [boolean, string][] = [
    [names.length === 0 && !latest && !all && filters.length === 0, 'start requires at least one argument'],
    [all && latest, '--all and --latest cannot be used together'],
    [names.length > 0 && latest, '--latest and containers cannot be used together'],
    [names.length > 1 && attach, 'you cannot start and attach multiple containers at once'],
    [(names.length > 0 || latest) && all, 'either start all containers or the container(s) provided in the arguments'],
    [attach && all, 'you cannot start and attach all containers at once'],
  ]
  const complaint = complaints.find(([isWrong]) => isWrong)
  if (complaint !== undefined) throw invalid('arguments-invalid', complaint[1])
}

async function startAll(engine: Engine, targets: readonly Target[], isForAll: boolean): Promise<number> {
  const { start } = await import('../../../engine/container/start.ts')
  return forEachTarget(targets, async ({ container }) => {
    try {
      await start(engine, { container, isAttached: false })
      return true
    } catch (error) {
      // To start what runs is no error; --all names only what it has started.
      if (error instanceof EngineError && error.code === 'container-running') return !isForAll
      await removeIfWanted(engine, container)
      throw failed(container, error)
    }
  })
}

interface AttachWishes {
  readonly stdin: boolean
  readonly detachKeys: string
  readonly isSignalProxied: boolean
}

async function startAttached(engine: Engine, { container }: Target, wishes: AttachWishes): Promise<number> {
  const { process: main } = container.stored.spec
  using foreground = openForeground({
    ...wishes,
    stdin: wishes.stdin && main.isStdinOpen,
    stdout: true,
    stderr: true,
    hasTerminal: main.hasTerminal,
  })
  foreground.takeSignals()
  if (isAlive(container.live) && container.live.status !== 'initialized') {
    const { attach } = await import('../../../engine/container/attach.ts')
    const client = await attach(engine, { container, streams: foreground.streams() })
    foreground.takeKeys()
    return foregroundEnd(await client.ended)
  }
  const [{ start }, { attachClient }, { follow }] = await Promise.all([
    import('../../../engine/container/start.ts'),
    import('../../../runtime/attach-client.ts'),
    import('../../../engine/container/follow.ts'),
  ])
  try {
    const started = await start(engine, {
      container,
      isAttached: true,
      ...defined({ windowSize: foreground.windowSize() }),
    })
    if (started.client === undefined) throw new Error('started attached without a client')
    const client = attachClient(started.client, foreground.streams())
    foreground.takeKeys()
    return foregroundEnd(await follow(engine, started.container, client))
  } catch (error) {
    if (!(error instanceof EngineError) || !error.code.startsWith('oci-')) throw error
    await removeIfWanted(engine, container)
    throw failed(container, error)
  }
}

async function removeIfWanted(engine: Engine, container: StoredContainer): Promise<void> {
  if (!container.stored.spec.isAutoRemoved) return
  const { remove } = await import('../../../engine/container/remove.ts')
  await remove(engine, { container, isForced: false, removesDependents: false })
}

function failed(container: StoredContainer, cause: unknown): unknown {
  if (!(cause instanceof EngineError)) return cause
  const { kind, hint, message } = cause
  return new EngineError({
    kind,
    code: 'container-start-failed',
    message: `unable to start container "${container.id}": ${message}`,
    ...(hint === undefined ? {} : { hint }),
    cause,
  })
}
