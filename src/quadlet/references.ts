// What one quadlet says of others by their file names, and of files by paths.

import { dirname, isAbsolute, resolve } from 'node:path'
import { invalid } from '../base/errors.ts'
import type { Conversion } from './conversion.ts'
import { type Quadlet, serviceFile } from './quadlet.ts'
import { addLine, lookup, lookupAll, lookupArguments, lookupBoolean, lookupText } from './unit-file.ts'

/** An image, or a .image or .build that makes it. @throws invalid `quadlet-reference-unknown` */
export function imageSource(conversion: Conversion, image: string): string {
  if (!/\.(build|image)$/.test(image)) return image
  return dependOn(conversion, image, `requested Quadlet image ${image} was not found`)
}

/** Of a volume or mount: a path, a name, a .volume, with `isImageAllowed` a .image. @throws invalid `quadlet-reference-unknown` */
function storageSource(conversion: Conversion, source: string, { isImageAllowed = false } = {}): string {
  const path = source.startsWith('.') ? absolutePath(conversion, source) : source
  if (path.startsWith('/')) addLine(conversion.service, 'Unit', ['RequiresMountsFor', path])
  else if (path.endsWith('.volume') || (isImageAllowed && path.endsWith('.image'))) {
    return dependOn(conversion, path, `requested Quadlet source ${path} was not found`)
  }
  return path
}

/** --network, also of a .network or of the container of a .container. @throws invalid */
export function networkFlags(conversion: Conversion): string[] {
  const networks = lookupAll(conversion.quadlet.file, conversion.section, 'Network')
  return networks.flatMap((network) => ['--network', networkSource(conversion, network)])
}

function networkSource(conversion: Conversion, network: string): string {
  const [, name = '', options] = /^([^:]*)(?::(.*))?$/s.exec(network) ?? []
  const isContainer = name.endsWith('.container')
  if (!isContainer && !name.endsWith('.network')) return network
  const resource = dependOn(conversion, name, `requested Quadlet unit ${name} was not found`)
  if (!isContainer) return options === undefined ? resource : `${resource}:${options}`
  if (options === undefined) return `container:${resource}`
  throw invalid('quadlet-invalid', "extra options are not supported when joining another container's network")
}

/** -v, with the .volume files that they name. @throws invalid */
export function volumeFlags(conversion: Conversion): string[] {
  return lookupAll(conversion.quadlet.file, conversion.section, 'Volume').flatMap((volume) => {
    const [, source, rest = volume] = /^([^:]*):(.*)$/s.exec(volume) ?? []
    return ['-v', source === undefined || source === '' ? rest : `${storageSource(conversion, source)}:${rest}`]
  })
}

/** It is bound to the pod, and started with it unless it says no. @throws invalid */
export function podFlags(conversion: Conversion): string[] {
  const { quadlet, others, service, section } = conversion
  const name = lookupText(quadlet.file, section, 'Pod')
  if (name === undefined) return []
  if (!name.endsWith('.pod')) throw invalid('quadlet-invalid', `pod ${name} is not Quadlet based`)
  const pod = others.get(name)
  if (pod === undefined) throw invalid('quadlet-reference-unknown', `quadlet pod unit ${name} does not exist`)
  addLine(service, 'Unit', ['BindsTo', serviceFile(pod)])
  addLine(service, 'Unit', ['After', serviceFile(pod)])
  if (lookupBoolean(quadlet.file, section, 'StartWithPod') !== false) pod.members.push(serviceFile(quadlet))
  return ['--pod-id-file', `%t/${pod.service}.pod-id`]
}

/** --mount, with the quadlets that they name. @throws invalid */
export function mountFlags(conversion: Conversion): string[] {
  const mounts = lookupArguments(conversion.quadlet.file, conversion.section, 'Mount')
  return mounts.flatMap((mount) => ['--mount', mountSource(conversion, mount)])
}

const kindsWithSource = ['volume', 'bind', 'glob', 'image']

function mountSource(conversion: Conversion, mount: string): string {
  const parts = splitCsv(mount)
  const type = parts.find((part) => part.startsWith('type='))?.slice('type='.length) ?? 'volume'
  if (!kindsWithSource.includes(type)) return mount
  const others = parts.filter((part) => !part.startsWith('type='))
  const settled = others.map((part) => {
    const [, key, source] = /^(source|src)(?:=(.*))?$/s.exec(part) ?? []
    if (key === undefined) return part
    if (source === undefined) throw invalid('quadlet-invalid', 'source parameter does not include a value')
    return `source=${storageSource(conversion, source, { isImageAllowed: true })}`
  })
  return [`type=${type}`, ...settled].map(csvField).join(',')
}

/** Fields between commas, quoted as in CSV files. */
function splitCsv(text: string): string[] {
  const fields = text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)
  return Array.from(fields, ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain)
}

function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Relative to the quadlet's folder, in its shortest form; what begins with a specifier, systemd makes whole. */
export function absolutePath({ quadlet }: Conversion, path: string): string {
  const isSettled = isAbsolute(path) || /^%(?!%)/.test(path)
  return isSettled ? path : resolve(dirname(quadlet.file.path), path)
}

export interface WorkingFolderRules {
  /** Words for the folder of the file that a key names: `yaml` → `Yaml`. */
  readonly named: ReadonlyMap<string, string>
  /** Any other value is what is built. */
  readonly isContext: boolean
}

/** The working folder of the service, unless it has one; what was said of it that is none of `yaml`, `file`, `unit`. @throws invalid */
export function workingFolder(conversion: Conversion, rules: WorkingFolderRules): string | undefined {
  const { quadlet, section, service } = conversion
  const said = lookupText(quadlet.file, section, 'SetWorkingDirectory')
  if (said === undefined) return undefined
  const file = folderFile(conversion, said, rules)
  if (file === undefined && (isAbsolute(said) || isUrl(said))) return said
  if (lookupText(quadlet.file, 'Service', 'WorkingDirectory') !== undefined) return undefined
  addLine(service, 'Service', ['WorkingDirectory', dirname(absolutePath(conversion, file ?? quadlet.file.path))])
  return file === undefined ? said : undefined
}

/** The file whose folder a word means; undefined of one that means none. */
function folderFile(
  { quadlet, section }: Conversion,
  said: string,
  { named, isContext }: WorkingFolderRules,
): string | undefined {
  const word = said.toLowerCase()
  if (word === 'unit') return quadlet.file.path
  const key = named.get(word)
  if (key === undefined) {
    if (isContext) return undefined
    throw invalid('quadlet-invalid', `unsupported value for SetWorkingDirectory: ${said}`)
  }
  const file = lookup(quadlet.file, section, key)
  if (file === undefined) throw invalid('quadlet-invalid', `no ${key} key specified`)
  return file
}

export function isUrl(text: string): boolean {
  return /^(?:https?:\/\/|git:\/\/|github\.com\/)/.test(text)
}

/** Its service comes first. Returns the name of what that makes. */
function dependOn(conversion: Conversion, fileName: string, complaint: string): string {
  const other: Quadlet | undefined = conversion.others.get(fileName)
  if (other === undefined) throw invalid('quadlet-reference-unknown', complaint)
  if (other.resource === undefined) {
    throw invalid('quadlet-reference-unknown', `cannot get the resource name of ${fileName}`)
  }
  for (const key of ['Requires', 'After']) {
    const named = lookupAll(conversion.service, 'Unit', key)
    if (!named.includes(serviceFile(other))) addLine(conversion.service, 'Unit', [key, serviceFile(other)])
  }
  return other.resource
}
