// What is stored of a pod: pods/<id>/pod.json, written once. Who belongs to it, each container's spec says.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import type { Limits } from '../../spec/limits.ts'
import type { PodNamespace } from '../../spec/pod.ts'
import type { RestartPolicy } from '../../spec/restart.ts'
import { type Layout, paths, podFiles } from '../../state/layout.ts'
import { readRecord, type Versioned } from '../../state/record.ts'

export type ExitPolicy = 'continue' | 'stop'

export interface PodRecord extends Versioned {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly labels: Readonly<Record<string, string>>
  readonly createCommand: readonly string[]
  readonly hostname: string
  readonly exitPolicy: ExitPolicy
  /** What members are restarted by unless they say otherwise. */
  readonly restart: RestartPolicy
  /** Of the infra container. */
  readonly shares: readonly PodNamespace[]
  readonly infraId?: string
  /** A container that runs as long as this pod, or another one of its, does. */
  readonly serviceId?: string
  /** Its members lie in its control group. */
  readonly isGroupShared: boolean
  readonly groupParent?: string
  /** Of that group. */
  readonly limits: Limits
  readonly cgroupManager: 'cgroupfs' | 'systemd'
  /** Holds the id, and goes with the pod; absolute. */
  readonly idFile?: string
}

/** Undefined where there is none. Lock-free. @throws corrupt `record-unreadable` */
export function readPod(at: Layout, id: string): PodRecord | undefined {
  return readRecord<PodRecord>(join(paths.pod(at, id), podFiles.record))
}

/** Full ids, in no order. */
export function podIds(at: Layout): string[] {
  return (absentAsUndefined(() => readdirSync(paths.pods(at))) ?? []).filter(isFullId)
}

/** Newest first. One that is removed meanwhile is left out. */
export function allPods(at: Layout): PodRecord[] {
  const found = podIds(at).flatMap((id) => readPod(at, id) ?? [])
  return found.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}
