// What this program is called and which version it is; package.json is the one place that says so.

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { installationFolder } from '../os/installation.ts'

/** The keys of podman's version report. */
export interface VersionFacts {
  readonly APIVersion: string
  readonly Version: string
  readonly GoVersion: string
  readonly NodeVersion: string
  readonly GitCommit: string
  readonly BuiltTime: string
  readonly Built: number
  readonly OsArch: string
  readonly Os: string
}

export function gantryVersion(): string {
  const manifest = JSON.parse(readFileSync(join(installationFolder, 'package.json'), 'utf8')) as { version: string }
  return manifest.version
}

export function versionFacts(): VersionFacts {
  const version = gantryVersion()
  const built = statSync(import.meta.filename).mtime
  return {
    APIVersion: version,
    Version: version,
    GoVersion: `none, Node.js ${process.versions.node}`,
    NodeVersion: process.versions.node,
    GitCommit: '',
    BuiltTime: ansiC(built),
    Built: Math.floor(built.getTime() / 1000),
    OsArch: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
    Os: 'linux',
  }
}

/** `Thu Jan  1 00:00:00 1970`, in local time. */
function ansiC(time: Date): string {
  const [weekday, month, day, year, clock] = time.toString().split(' ') as [string, string, string, string, string]
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${clock} ${year}`
}
