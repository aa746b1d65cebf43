// Which configuration files of the containers family apply, in reading order, and what they say together.

import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { errnoOf, invalid } from '../../base/errors.ts'
import type { TomlTable, TomlValue } from '../../base/toml.ts'
import { readInReach } from '../../os/in-reach.ts'
import type { RegistriesConfFiles } from '../../transport/registry/registries-conf.ts'
import type { SignaturePlaces } from '../../transport/registry/registries-d.ts'

export interface Surroundings {
  readonly isRootless: boolean
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Everything containers.conf(5) and its drop-ins say, merged; `$CONTAINERS_CONF` replaces them, `$CONTAINERS_CONF_OVERRIDE` comes last. */
export async function readContainersConf(at: Surroundings, modules: readonly string[]): Promise<TomlTable> {
  const override = at.env['CONTAINERS_CONF_OVERRIDE']
  const files = [
    ...containersConfFiles(at),
    ...modules.map((name) => required(findModule(at, name))),
    ...(override ? [required(override)] : []),
  ]
  return readMerged(files)
}

/** storage.conf(5): the first file that exists. */
export async function readStorageConf(at: Surroundings): Promise<TomlTable> {
  const path = storageConfFile(at)
  const text = at.env['CONTAINERS_STORAGE_CONF'] ? readFileSync(path, 'utf8') : readText(path)
  return text === undefined ? {} : parsed({ path, text })
}

/** Where none exists: its usual place. */
export function storageConfFile(at: Surroundings): string {
  const chosen = at.env['CONTAINERS_STORAGE_CONF']
  if (chosen) return chosen
  const own = at.isRootless ? [join(configHome(at), 'containers/storage.conf')] : []
  const usual = '/etc/containers/storage.conf'
  return [...own, usual, '/usr/share/containers/storage.conf'].find((path) => existsSync(path)) ?? own[0] ?? usual
}

/** The first of registries.conf's places, or the chosen one, its drop-in folders' files, and the short names that somebody chose from. */
export function registriesConfFiles(at: Surroundings, chosen: string | undefined): RegistriesConfFiles {
  const named = chosen ?? (at.env['CONTAINERS_REGISTRIES_CONF'] || undefined)
  const own = join(configHome(at), 'containers/registries.conf')
  const system = '/etc/containers/registries.conf'
  const main = named ?? [own, system].find((path) => readText(path) !== undefined) ?? system
  const cache = at.isRootless ? join(at.home, '.cache') : '/var/cache'
  const dropped = [`${system}.d`, `${own}.d`].flatMap((folder) => dropIns(folder))
  const chosenNames = join(cache, 'containers/short-name-aliases.conf')
  const files = [main, ...dropped, ...(isClosed(chosenNames) ? [] : [chosenNames])]
  return { files, ...(named === undefined ? {} : { required: named }) }
}

/** Made where there is no policy.json yet. */
export const systemPolicyFile = '/etc/containers/policy.json'

/** The first policy.json there is. */
export function policyFile(at: Surroundings): string | undefined {
  return [join(configHome(at), 'containers/policy.json'), systemPolicyFile].find((path) => readText(path) !== undefined)
}

export function signaturePlaces(at: Surroundings): SignaturePlaces {
  return {
    configFolders: [join(configHome(at), 'containers/registries.d'), '/etc/containers/registries.d'],
    lookasideFolder: at.isRootless ? join(at.home, '.local/share/containers/sigstore') : '/var/lib/containers/sigstore',
  }
}

/** The first mounts.conf there is; the chosen one may be missing, too. */
export function mountsConfFile(at: Surroundings, chosen: string | undefined): string | undefined {
  const own = at.isRootless ? [join(configHome(at), 'containers/mounts.conf')] : []
  const usual = [...own, '/etc/containers/mounts.conf', '/usr/share/containers/mounts.conf']
  return (chosen ? [chosen] : usual).find((path) => existsSync(path))
}

function configHome(at: Surroundings): string {
  return at.env['XDG_CONFIG_HOME'] || join(at.home, '.config')
}

interface ConfigFile {
  readonly path: string
  readonly isRequired: boolean
}

function required(path: string): ConfigFile {
  return { path, isRequired: true }
}

function containersConfFiles(at: Surroundings): ConfigFile[] {
  const chosen = at.env['CONTAINERS_CONF']
  if (chosen) return [required(chosen)]
  const own = at.isRootless ? [join(configHome(at), 'containers/containers.conf')] : []
  const paths = ['/usr/share/containers/containers.conf', '/etc/containers/containers.conf']
  const folders = ['/etc/containers/containers.conf.d', ...own.map((path) => `${path}.d`)]
  return [
    ...paths,
    ...dropIns(folders[0] as string),
    ...own,
    ...folders.slice(1).flatMap((folder) => dropIns(folder)),
  ].map((path) => ({ path, isRequired: false }))
}

/** --module NAME: a path, or a file of a containers.conf.modules folder. @throws invalid `module-unknown`, in podman's words */
export function findModule(at: Surroundings, name: string): string {
  const paths = isAbsolute(name) ? [name] : moduleFolders(at).map((folder) => join(folder, name))
  const path = paths.find((candidate) => readText(candidate) !== undefined)
  if (path !== undefined) return path
  const missing = paths.map((one) => `faccessat ${one}: no such file or directory`)
  const [first = ''] = missing
  const why =
    missing.length === 1
      ? first
      : `${missing.length} errors occurred:${missing.map((line) => `\n\t* ${line}`).join('')}\n`
  throw invalid('module-unknown', `Failed to obtain podman configuration: could not resolve module "${name}": ${why}`)
}

/** The first that has a module of some name is its place. */
export function moduleFolders(at: Surroundings): string[] {
  const own = at.isRootless ? [join(configHome(at), 'containers')] : []
  return [...own, '/etc/containers', '/usr/share/containers'].map((folder) => join(folder, 'containers.conf.modules'))
}

function dropIns(folder: string): string[] {
  const names = readInReach(folder, (path) => readdirSync(path)) ?? []
  return names
    .filter((name) => name.endsWith('.conf'))
    .sort()
    .map((name) => join(folder, name))
}

async function readMerged(files: readonly ConfigFile[]): Promise<TomlTable> {
  let merged: TomlTable = {}
  for (const { path, isRequired } of files) {
    const text = isRequired ? readFileSync(path, 'utf8') : readText(path)
    if (text !== undefined) merged = merge(merged, await parsed({ path, text }))
  }
  return withoutMarks(merged)
}

/** Distributions ship files of nothing but comments: those need no parser. */
async function parsed({ path, text }: { path: string; text: string }): Promise<TomlTable> {
  if (!/^[ \t]*[^#\s]/m.test(text)) return {}
  const { parseToml } = await import('../../base/toml.ts')
  return parseToml(path, text)
}

/** Root of another user namespace is a stranger in the host's cache. */
function isClosed(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return false
  } catch (error) {
    return errnoOf(error) === 'EACCES'
  }
}

function readText(path: string): string | undefined {
  return readInReach(path, () => readFileSync(path, 'utf8'))
}

/** Tables are merged, everything else is replaced. A list that ends in `{append=true}` is added to the one before, and so are those of later files, until one says `{append=false}`. */
function merge(base: TomlTable, over: TomlTable): TomlTable {
  const result: Record<string, TomlValue> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const before = result[key]
    if (isTable(value) && isTable(before)) result[key] = merge(before, value)
    else result[key] = Array.isArray(value) ? mergeList(Array.isArray(before) ? before : [], value) : value
  }
  return result
}

function mergeList(before: readonly TomlValue[], value: readonly TomlValue[]): readonly TomlValue[] {
  const mark = value.find(isAppendMark) ?? before.find(isAppendMark)
  const items = [...(mark?.['append'] === true ? withoutMark(before) : []), ...withoutMark(value)]
  return mark === undefined ? items : [...items, mark]
}

function withoutMarks(table: TomlTable): TomlTable {
  const plain = Object.entries(table).map(([key, value]) => {
    if (isTable(value)) return [key, withoutMarks(value)]
    return [key, Array.isArray(value) ? withoutMark(value) : value]
  })
  return Object.fromEntries(plain)
}

function withoutMark(list: readonly TomlValue[]): readonly TomlValue[] {
  return list.filter((item) => !isAppendMark(item))
}

function isAppendMark(item: TomlValue): item is TomlTable {
  return isTable(item) && typeof item['append'] === 'boolean' && Object.keys(item).length === 1
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)
}
