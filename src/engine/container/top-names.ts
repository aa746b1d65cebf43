// Users and groups of processes by name: as the container's /etc/passwd and the host's know them. Ids arrive as our namespace sees them.

import { readFileSync, readlinkSync } from 'node:fs'
import { absentAsUndefined } from '../../base/errors.ts'
import { parseGroups, parsePasswd } from './resolve-user.ts'
import { openRoot, readInRoot } from './root-folder.ts'

export interface TopNames {
  readonly inside: IdNames
  readonly host: IdNames
}

export interface IdNames {
  readonly uid: (id: number) => number
  readonly user: (id: number) => string
  readonly gid: (id: number) => number
  readonly group: (id: number) => string
}

/** `pid`: of the container's first process. */
export function topNames(pid: number): TopNames {
  return {
    inside: idNames(insideFiles(pid), { uid: insideId(pid, 'uid_map'), gid: insideId(pid, 'gid_map') }),
    host: idNames(hostFiles, {
      uid: forward(readRanges('/proc/self/uid_map')),
      gid: forward(readRanges('/proc/self/gid_map')),
    }),
  }
}

/** What the kernel shows for ids that a namespace does not know. */
const overflowId = 65_534

/** The map of a process in our own namespace speaks of that namespace's parent: for such a process ids are what we see. */
function insideId(pid: number, map: 'uid_map' | 'gid_map'): MapId {
  const namespaceOf = (process: number | 'self') => absentAsUndefined(() => readlinkSync(`/proc/${process}/ns/user`))
  return namespaceOf(pid) === namespaceOf('self') ? (id) => id : reversed(readRanges(`/proc/${pid}/${map}`))
}

type ReadFile = (path: string) => string
type MapId = (id: number) => number

function idNames(read: ReadFile, map: { readonly uid: MapId; readonly gid: MapId }): IdNames {
  const users = new Map(parsePasswd(read('/etc/passwd')).map(({ uid, name }) => [uid, name]))
  const groups = new Map(parseGroups(read('/etc/group')).map(({ gid, name }) => [gid, name]))
  return {
    uid: map.uid,
    gid: map.gid,
    user: (id) => users.get(map.uid(id)) ?? String(map.uid(id)),
    group: (id) => groups.get(map.gid(id)) ?? String(map.gid(id)),
  }
}

function insideFiles(pid: number): ReadFile {
  return (path) => {
    const root = absentAsUndefined(() => openRoot(`/proc/${pid}/root`))
    if (root === undefined) return ''
    try {
      return readInRoot(root, path) ?? ''
    } finally {
      root[Symbol.dispose]()
    }
  }
}

function hostFiles(path: string): string {
  return absentAsUndefined(() => readFileSync(path, 'utf8')) ?? ''
}

interface Range {
  readonly inside: number
  readonly outside: number
  readonly count: number
}

/** One that ended has no ranges. */
function readRanges(path: string): Range[] {
  const lines = (absentAsUndefined(() => readFileSync(path, 'utf8')) ?? '').trim().split('\n')
  return lines.map((line) => {
    const [inside = 0, outside = 0, count = 0] = line.trim().split(/\s+/).map(Number)
    return { inside, outside, count }
  })
}

function forward(ranges: readonly Range[]): MapId {
  return (id) => {
    const range = ranges.find(({ inside, count }) => id >= inside && id < inside + count)
    return range === undefined ? overflowId : id - range.inside + range.outside
  }
}

function reversed(ranges: readonly Range[]): MapId {
  return forward(ranges.map(({ inside, outside, count }) => ({ inside: outside, outside: inside, count })))
}
