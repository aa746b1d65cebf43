// Is it running? Derived from state.json and $RUN/containers/<id>/ by the table in README.md, never stored. Takes no lock that
// could make anybody wait, and costs a handful of system calls: `ps` asks for every container.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defined } from '../base/defined.ts'
import { absentAsUndefined } from '../base/errors.ts'
import { bootId } from '../os/boot-id.ts'
import type { ContainerRecord, LastRun } from '../state/container-record.ts'
import { checkpointFiles, containerFiles, type Layout, paths } from '../state/layout.ts'
import { isLockHeld } from '../state/lock.ts'
import { readRecord } from '../state/record.ts'
import { readExitRecord } from './exit-record.ts'

export type LiveState = CreatedState | AliveState | ExitedState

export interface CreatedState {
  readonly status: 'created'
  /** A monitor is bringing it up at this instant, or a start crashed: something may be left to clean. */
  readonly isUnsettled: boolean
}

export interface AliveState {
  /** `initialized`: created by the runtime, its program not yet started. `stopping`: a stop waits for its end. */
  readonly status: 'initialized' | 'running' | 'paused' | 'stopping'
  readonly pid: number
  readonly monitorPid: number
  readonly startedAt: string
  readonly restoredAt?: string
}

export interface ExitedState {
  readonly status: 'exited'
  readonly exitCode: number
  readonly startedAt: string
  readonly finishedAt: string
  readonly isOomKilled: boolean
  readonly error?: string
  readonly restoredAt?: string
  /** Its processes were dumped, and can be restored. */
  readonly checkpointedAt?: string
  /** False until a cleanup has folded the end into state.json and taken down what is left. */
  readonly isSwept: boolean
  /** Nobody saw the end: the monitor was killed or the machine went down. Processes may be left. */
  readonly isLost: boolean
}

/** started.json, written by the monitor. */
export interface StartedRecord {
  readonly schema: number
  readonly pid: number
  readonly pidStart: number
  readonly monitorPid: number
  readonly startedAt: string
}

/** Files of ours beside the monitor's: `initialized` until the program is started, `stopping` while a stop waits. */
export const markers = { initialized: 'initialized', stopping: 'stopping' } as const

/** What an exit code is when nobody saw the end: the machine went down, or the monitor was killed. */
export const unknownExitCode = 255

/** Lock-free; a container whose record changes meanwhile is seen either before or after the change. */
export function liveState(at: Layout, record: ContainerRecord): LiveState {
  const last = record.last
  return last.status === 'started' ? startedState(at, record.id, last) : settledState(last)
}

export function isAlive(state: LiveState): state is AliveState {
  return state.status !== 'created' && state.status !== 'exited'
}

/** The monitor's started.json, or undefined. */
export function readStarted(at: Layout, id: string): StartedRecord | undefined {
  const path = join(paths.runContainer(at, id), containerFiles.run.started)
  const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
  return text === undefined ? undefined : (JSON.parse(text) as StartedRecord)
}

type Started = Extract<LastRun, { status: 'started' }>

function settledState(last: Exclude<LastRun, Started>): LiveState {
  if (last.status === 'created') return { status: 'created', isUnsettled: false }
  return { ...last, isSwept: true, isLost: false }
}

function startedState(at: Layout, id: string, last: Started): LiveState {
  if (last.bootId !== bootId()) return lostState(last)
  const folder = paths.runContainer(at, id)
  const ended = exitedState(at, id, last)
  if (ended !== undefined) return ended
  const isHeld = isLockHeld(join(folder, containerFiles.run.monitorLock))
  const started = readStarted(at, id)
  if (isHeld) {
    return started === undefined ? { status: 'created', isUnsettled: true } : aliveState(folder, last, started)
  }
  // Between our two looks the monitor may have ended, and its cleanup may have swept everything: look again.
  return exitedState(at, id, last) ?? reread(at, id) ?? abandonedState(folder, last, started)
}

function exitedState(at: Layout, id: string, last: Started): ExitedState | undefined {
  const exit = readExitRecord(join(paths.runContainer(at, id), containerFiles.run.exit))
  if (exit === undefined) return undefined
  const { exitCode, finishedAt, isOomKilled } = exit
  const end = { finishedAt, isOomKilled, isSwept: false, isLost: false } as const
  const { startedAt, restoredAt } = last
  return { status: 'exited', exitCode, startedAt, ...defined({ restoredAt }), ...end, ...dumped(at, id, last) }
}

/** Whether the end came of a checkpoint: the runtime kills what it has dumped, when all of that is written. */
function dumped(at: Layout, id: string, { checkpoint }: Started): { exitCode?: 0; checkpointedAt?: string } {
  if (checkpoint === undefined || checkpoint.isLeftRunning || !hasCheckpoint(at, id)) return {}
  return { exitCode: 0, checkpointedAt: checkpoint.at }
}

/** Whether there is a whole one, of whichever run. Lock-free. */
export function hasCheckpoint(at: Layout, id: string): boolean {
  return existsSync(join(paths.checkpoint(at, id), checkpointFiles.inventory))
}

function aliveState(folder: string, last: Started, started: StartedRecord): AliveState {
  const { pid, monitorPid, startedAt } = started
  const { restoredAt } = last
  return { status: aliveStatus(folder, last), pid, monitorPid, startedAt, ...defined({ restoredAt }) }
}

function aliveStatus(folder: string, last: Started): AliveState['status'] {
  if (last.isPaused) return 'paused'
  if (hasMarker(folder, markers.initialized)) return 'initialized'
  return hasMarker(folder, markers.stopping) ? 'stopping' : 'running'
}

function hasMarker(folder: string, name: string): boolean {
  return absentAsUndefined(() => readFileSync(join(folder, name))) !== undefined
}

function reread(at: Layout, id: string): LiveState | undefined {
  const path = join(paths.container(at, id), containerFiles.root.state)
  const now = readRecord<ContainerRecord>(path)?.last
  return now === undefined || now.status === 'started' ? undefined : settledState(now)
}

/** Every start makes the folder first: where even that is gone, somebody took it away (a logout does) from a container that ran. */
function abandonedState(folder: string, last: Started, started: StartedRecord | undefined): LiveState {
  if (started === undefined && existsSync(folder)) return { status: 'created', isUnsettled: true }
  return lostState(last)
}

function lostState(last: Started): ExitedState {
  const { startedAt } = last
  return {
    status: 'exited',
    exitCode: unknownExitCode,
    startedAt,
    finishedAt: startedAt,
    isOomKilled: false,
    isSwept: false,
    isLost: true,
  }
}
