// The processes of a container that no control group names: without privilege, cgroup v1 has none for it. They are known by what the
// container itself cannot choose: what its root is mounted from, and the pipe that runc's first process waits on.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { killQuietly, lookQuietly, namespaceOf } from './process.ts'

const killRounds = 200
const roundMs = 10

/** Mount points whose source is a file or folder of the container's own. */
const ownMountPoints = ['/', '/run/.containerenv']

/**
 * Kills every process whose root file system, or whose start by runc, belongs to container `id`. Idempotent; waits for them to be gone, at
 * most two seconds. Costs a look at every process that may be looked at.
 */
export async function killByMounts(id: string): Promise<void> {
  for (let round = 0; round < killRounds; round += 1) {
    const pids = processesOf(id)
    if (pids.length === 0) return
    for (const pid of pids) killQuietly(pid)
    // A process that is not our child tells nobody but its parent of its end: look again soon.
    await new Promise((resolve) => setTimeout(resolve, roundMs))
  }
}

function processesOf(id: string): number[] {
  const own = namespaceOf('self', 'mnt')
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isOf(pid, id, own))
    .map(Number)
}

function isOf(pid: string, id: string, own: string | undefined): boolean {
  const namespace = namespaceOf(pid, 'mnt')
  if (namespace === undefined) return false
  return (namespace !== own && isRootOf(id, read(`/proc/${pid}/mountinfo`))) || waitsOnFifo(pid, id)
}

/** Whether a mountinfo(5) text is that of the container's own mount namespace: others may show its files too, elsewhere. */
export function isRootOf(id: string, mountinfo: string): boolean {
  return mountinfo.split('\n').some((line) => {
    return ownMountPoints.includes(line.split(' ')[4] ?? '') && line.includes(`/containers/${id}/`)
  })
}

function waitsOnFifo(pid: string, id: string): boolean {
  const names = lookQuietly(() => readdirSync(`/proc/${pid}/fd`)) ?? []
  return names.some((fd) => {
    return lookQuietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`))?.endsWith(`/${id}/exec.fifo`) === true
  })
}

function read(path: string): string {
  return lookQuietly(() => readFileSync(path, 'utf8')) ?? ''
}
