// Lists in JSON as docker prints them: an object a line, every member a text. podman has one array, with members of its own.

import { isGoMap } from '../../base/go-value.ts'
import { printLine } from './print.ts'

/** docker's member → the row's field, or `=` and what it always is here. */
type Members = Readonly<Record<string, string>>

const membersOf = {
  containers: sameNames(
    'Command CreatedAt ID Image Labels Mounts Names Networks Ports RunningFor Size State Status'.split(' '),
  ),
  images: {
    Containers: '=N/A',
    ...sameNames(['CreatedAt', 'CreatedSince', 'Digest', 'ID', 'Repository']),
    SharedSize: '=N/A',
    ...sameNames(['Size', 'Tag']),
    UniqueSize: '=N/A',
    VirtualSize: 'Size',
  },
  networks: {
    CreatedAt: 'Created',
    ...sameNames(['Driver', 'ID']),
    IPv6: 'IPv6Enabled',
    ...sameNames(['Internal', 'Labels', 'Name']),
    Scope: '=local',
  },
  stats: {
    ...sameNames(['BlockIO', 'CPUPerc', 'ID', 'MemPerc', 'MemUsage', 'Name', 'NetIO']),
    Container: 'ID',
    PIDs: 'PIDS',
  },
  volumes: {
    Availability: '=N/A',
    Driver: 'Driver',
    Group: '=N/A',
    Labels: 'Labels',
    Links: '=N/A',
    ...sameNames(['Mountpoint', 'Name', 'Scope']),
    Size: '=N/A',
    Status: '=N/A',
  },
} as const satisfies Readonly<Record<string, Members>>

/** `rows`: as a template sees them. */
export function printDockerRows(kind: keyof typeof membersOf, rows: readonly object[]): void {
  for (const row of rows as readonly Readonly<Record<string, unknown>>[]) {
    const members = Object.entries(membersOf[kind] as Members).map(([name, from]): [string, string] => [
      name,
      from.startsWith('=') ? from.slice(1) : textOf(row[from]),
    ])
    printLine(JSON.stringify(Object.fromEntries(members)))
  }
}

function sameNames(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, name]))
}

/** A map as `a=1,b=2`, a list with commas. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.join(',')
  if (isGoMap(value))
    return Object.entries(value)
      .map(([key, text]) => `${key}=${String(text)}`)
      .join(',')
  return String(value)
}
