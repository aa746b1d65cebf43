// What kube play and kube down print, as podman has it.

import type { DownReport, Step } from '../../engine/kube/down.ts'
import type { Played } from '../../engine/kube/play.ts'
import type { PlayedPod } from '../../engine/kube/play-pod.ts'
import { exitCodes } from '../exit-code.ts'
import { complainJoined } from './joined-errors.ts'
import { complain, printLine } from './print.ts'

/** The exit code. */
export function printPlayed({ volumes, secrets, pods }: Played): number {
  printList('Volumes:', volumes)
  printList('Secrets:', secrets)
  for (const pod of pods) printPod(pod)
  const failed = pods.reduce((sum, { errors }) => sum + errors.length, 0)
  if (failed === 0) return 0
  complain(`Error: failed to start ${failed} containers\n`)
  return exitCodes.failed
}

function printList(title: string, lines: readonly string[]): void {
  if (lines.length > 0) for (const line of [title, ...lines]) printLine(line)
}

function printPod({ id, containers, errors }: PlayedPod): void {
  for (const line of ['Pod:', id]) printLine(line)
  if (containers.length === 0) return
  printList(containers.length === 1 ? 'Container:' : 'Containers:', containers)
  if (errors.length > 0) printLine('')
  for (const error of errors) complain(`${error}\n`)
  printLine('')
}

/** The exit code. */
export function printDown({ stopped, removed, secrets, volumes }: DownReport): number {
  const steps: readonly (readonly [title: string, step: Step])[] = [
    ['Pods stopped:', stopped],
    ['Pods removed:', removed],
    ['Secrets removed:', secrets],
    ['Volumes removed:', volumes],
  ]
  for (const [title, { done, errors }] of steps) {
    for (const line of [title, ...done]) printLine(line)
    complainJoined(errors)
  }
  return steps.some(([, { errors }]) => errors.length > 0) ? exitCodes.failed : 0
}
