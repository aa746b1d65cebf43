// Where the state lies: flags, then storage.conf(5), then /var/lib and /run, or the user's own folders when rootless.

import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import type { TomlTable } from '../../base/toml.ts'
import { confTable, confText } from './conf-value.ts'
import type { Surroundings } from './configuration-files.ts'

export interface StateFolders {
  readonly root: string
  readonly run: string
}

/** storage.conf's values that only repeat podman's own place: they say nothing about ours. */
const podmansPlaces = new Set(['/var/lib/containers/storage', '/run/containers/storage', '/var/run/containers/storage'])

export function stateFolders(
  at: Surroundings,
  flags: { root?: string | undefined; runroot?: string | undefined },
  conf: TomlTable,
): StateFolders {
  const storage = confTable(conf, 'storage')
  const graph = at.isRootless
    ? (confText(storage, 'rootless_storage_path') ?? confText(storage, 'graphroot'))
    : confText(storage, 'graphroot')
  return {
    root: flags.root ? resolve(flags.root) : (beside(at, graph) ?? defaultRoot(at)),
    run: flags.runroot ? resolve(flags.runroot) : (beside(at, confText(storage, 'runroot')) ?? defaultRun(at)),
  }
}

/** A folder that storage.conf names belongs to podman: ours is `gantry` inside of it, on the same disk. */
function beside(at: Surroundings, configured: string | undefined): string | undefined {
  if (configured === undefined || podmansPlaces.has(configured)) return undefined
  return join(expand(at, configured), 'gantry')
}

/** Where podman keeps its images, and by which driver if that is configured. */
export function podmanGraph(at: Surroundings, conf: TomlTable): { graphRoot: string; driver: string | undefined } {
  const storage = confTable(conf, 'storage')
  const own = join(at.env['XDG_DATA_HOME'] || join(at.home, '.local/share'), 'containers/storage')
  const configured = confText(storage, 'graphroot')
  const rootless =
    confText(storage, 'rootless_storage_path') ?? (podmansPlaces.has(configured ?? '') ? own : configured)
  const path = at.isRootless ? (rootless ?? own) : (configured ?? '/var/lib/containers/storage')
  return { graphRoot: expand(at, path), driver: at.env['STORAGE_DRIVER'] || confText(storage, 'driver') }
}

function expand(at: Surroundings, path: string): string {
  const variables: Readonly<Record<string, string | undefined>> = {
    ...at.env,
    HOME: at.home,
    UID: String(userId(at)),
    USER: at.env['USER'],
  }
  return path.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => variables[name] ?? whole)
}

function defaultRoot(at: Surroundings): string {
  if (!at.isRootless) return '/var/lib/gantry'
  return join(at.env['XDG_DATA_HOME'] || join(at.home, '.local/share'), 'gantry')
}

function defaultRun(at: Surroundings): string {
  if (!at.isRootless) return '/run/gantry'
  const makeshift = `/tmp/gantry-run-${userId(at)}`
  if (isInUse(makeshift)) return join(makeshift, 'gantry')
  const given = at.env['XDG_RUNTIME_DIR']
  if (given) return join(given, 'gantry')
  const usual = `/run/user/${userId(at)}`
  return join(existsSync(usual) ? usual : makeshift, 'gantry')
}

/** Containers that were started outside of any session, before there was a runtime folder, stay where they are for all sessions to see. */
function isInUse(makeshift: string): boolean {
  const stat = lstatSync(makeshift, { throwIfNoEntry: false })
  if (stat?.isDirectory() !== true || stat.uid !== process.getuid?.() || (stat.mode & 0o077) !== 0) return false
  return (absentAsUndefined(() => readdirSync(join(makeshift, 'gantry/containers'))) ?? []).length > 0
}

function userId(at: Surroundings): number {
  return Number(at.env['_GANTRY_ROOTLESS_UID'] ?? process.getuid?.() ?? 0)
}
