// What a container's monitor is told: its spec and our settings in the monitor's own terms.

import { join } from 'node:path'
import { oomCounterFile } from '../../os/cgroup.ts'
import { gantryCommand } from '../../os/installation.ts'
import { unitVariable } from '../../os/own-service.ts'
import type { MonitorRequest, MonitorTask, RestoreTask } from '../../runtime/monitor.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import type { CompleteLog } from '../../spec/log.ts'
import type { CompleteProcess } from '../../spec/process.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { cgroupPathOf } from './cgroup-path.ts'
import { notificationOf } from './notification.ts'
import type { StoredContainer } from './stored-container.ts'
import type { Bundle } from './write-bundle.ts'

export interface LaunchFacts {
  readonly mode: 'run' | 'create'
  /** In place of the mode. */
  readonly restoring?: RestoreTask
  readonly bundle: Bundle
  readonly isAttached: boolean
  readonly preservedFds?: readonly number[]
  readonly heldFds: readonly number[]
}

export function monitorRequest(engine: Engine, container: StoredContainer, facts: LaunchFacts): MonitorRequest {
  const { id, name, stored } = container
  const { process: main, log } = stored.spec
  const cgroup = cgroupPathOf(engine, container)
  const notify = notificationOf(stored.spec)
  return {
    task: taskOf(facts),
    id,
    name,
    runtime: runtimeOf(engine.at, stored),
    // criu restores the filters of the processes, and is itself under none.
    filter: facts.restoring === undefined ? facts.bundle.callFilter : undefined,
    runFolder: paths.runContainer(engine.at, id),
    hasTerminal: main.hasTerminal,
    stdin: stdinMode(main, facts.isAttached),
    log: {
      driver: log.driver,
      ...logPath(log, join(paths.container(engine.at, id), containerFiles.root.log)),
      maxBytes: log.maxBytes,
      maxFiles: log.maxFiles,
      ...(log.tag === undefined ? {} : { tag: log.tag }),
      labels: [],
    },
    timeoutSeconds: stored.spec.stop.lifetimeSeconds,
    exitCommand: [gantryCommand, ...stored.globalFlags, 'container', 'cleanup', '--restart', id],
    healthCommand: [gantryCommand, ...stored.globalFlags, 'healthcheck', 'run', '--due', id],
    environment: inheritedEnvironment(),
    ...(cgroup === undefined ? {} : { oomFile: oomCounterFile(cgroup) }),
    ...(notify === undefined ? {} : { notify }),
    preservedFds: facts.preservedFds ?? [],
    heldFds: facts.heldFds,
    hasClient: facts.isAttached,
  }
}

function taskOf({ mode, restoring, bundle }: LaunchFacts): MonitorTask {
  return restoring === undefined
    ? { mode, bundle: bundle.path }
    : { mode: 'restore', bundle: bundle.path, ...restoring }
}

/** The journal has a place of its own. */
function logPath({ driver, path }: CompleteLog, usual: string): { path?: string } {
  return driver === 'k8s-file' || driver === 'json-file' ? { path: path ?? usual } : {}
}

/** `echo hi | run -i … cat` must end: the first client's end of input is the program's. A detached `-i` waits for an attach, a terminal for the next. */
function stdinMode(main: CompleteProcess, isAttached: boolean): MonitorRequest['stdin'] {
  if (!main.isStdinOpen) return 'closed'
  return isAttached && !main.hasTerminal ? 'once' : 'open'
}

/**
 * Only what runtimes and the exit command need to find programs, the user's session and our state. With NOTIFY_SOCKET runc would wait for
 * READY=1, and with LISTEN_FDS count descriptors twice.
 */
export function inheritedEnvironment(): string[] {
  const isWanted = (name: string) =>
    ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'DBUS_SESSION_BUS_ADDRESS', unitVariable].includes(name) ||
    /^(XDG|GANTRY|_GANTRY|CONTAINERS)_/.test(name)
  return Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && isWanted(name) ? [`${name}=${value}`] : [],
  )
}
