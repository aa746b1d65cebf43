// What a conversion works on: the quadlet, the service that it becomes, the others that it may name.

import { invalid } from '../base/errors.ts'
import { checkKeys, checkServiceName, type Quadlet, sectionOfKind } from './quadlet.ts'
import {
  addLine,
  copyUnitFile,
  hasKey,
  lookup,
  lookupAll,
  lookupArguments,
  lookupBoolean,
  lookupPairs,
  lookupText,
  lookupWords,
  prependLine,
  renameSection,
  setLine,
  type UnitFile,
} from './unit-file.ts'
import { quoteUnitWord } from './unit-words.ts'

export interface GeneratorSettings {
  /** The program that services start, an absolute path; may carry flags. */
  readonly program: readonly string[]
  /** For the service manager of a user. */
  readonly isUser: boolean
}

export interface Conversion {
  readonly quadlet: Quadlet
  readonly settings: GeneratorSettings
  readonly service: UnitFile
  /** All quadlets of this run, by file name. */
  readonly others: ReadonlyMap<string, Quadlet>
  /** [Container], of the quadlet. */
  readonly section: string
}

export const userNetworkService = 'gantry-user-wait-network-online.service'

/** @throws invalid `quadlet-key-unknown`, `quadlet-invalid` */
export function beginConversion(
  quadlet: Quadlet,
  settings: GeneratorSettings,
  { others, keys }: { readonly others: ReadonlyMap<string, Quadlet>; readonly keys: string },
): Conversion {
  const { file, kind } = quadlet
  const section = sectionOfKind(kind)
  const service = copyUnitFile(file)
  if (lookupBoolean(file, 'Quadlet', 'DefaultDependencies') !== false) {
    // network-online.target is the machine's: a user's manager knows it not.
    const network = settings.isUser ? userNetworkService : 'network-online.target'
    prependLine(service, 'Unit', ['After', network])
    prependLine(service, 'Unit', ['Wants', network])
  }
  addLine(service, 'Unit', ['SourcePath', file.path])
  checkKeys(quadlet, new Set(`ContainersConfModule GlobalArgs PodmanArgs ServiceName ${keys}`.split(/\s+/)))
  checkServiceName(quadlet)
  // systemd passes over sections whose names begin so.
  renameSection(service, section, `X-${section}`)
  renameSection(service, 'Quadlet', 'X-Quadlet')
  addLine(service, 'Unit', ['RequiresMountsFor', '%t/containers'])
  return { quadlet, settings, service, others, section }
}

/** Program and global flags. */
export function programWords({ settings, quadlet, section }: Conversion): string[] {
  const modules = lookupAll(quadlet.file, section, 'ContainersConfModule')
  return [
    ...settings.program,
    ...modules.map((module) => `--module=${module}`),
    ...lookupArguments(quadlet.file, section, 'GlobalArgs'),
  ]
}

export function addCommand({ service }: Conversion, key: string, words: readonly string[]): void {
  addLine(service, 'Service', [key, words.map(quoteUnitWord).join(' ')])
}

/** What the file says of the service itself is stronger. */
export function defaultLine({ quadlet, service }: Conversion, key: string, value: string): void {
  if (!hasKey(quadlet.file, 'Service', key)) setLine(service, 'Service', [key, value])
}

/** The conmon of podman, and our monitor, must be let do their thing at a stop. @throws invalid `quadlet-invalid` */
export function settleKillMode(conversion: Conversion): void {
  const mode = lookup(conversion.quadlet.file, 'Service', 'KillMode')
  if (mode !== undefined && mode !== 'mixed' && mode !== 'control-group') {
    throw invalid('quadlet-invalid', `invalid KillMode '${mode}'`)
  }
  defaultLine(conversion, 'KillMode', 'mixed')
}

/** @throws invalid `quadlet-invalid` */
export function serviceType({ quadlet }: Conversion): 'notify' | 'oneshot' {
  const type = lookup(quadlet.file, 'Service', 'Type') ?? 'notify'
  if (type !== 'notify' && type !== 'oneshot') throw invalid('quadlet-invalid', `invalid service Type '${type}'`)
  return type
}

/** A service that makes something and is done. */
export function oneshot(conversion: Conversion, { remains }: { readonly remains: boolean }): void {
  defaultLine(conversion, 'SyslogIdentifier', '%N')
  defaultLine(conversion, 'Type', 'oneshot')
  if (remains) defaultLine(conversion, 'RemainAfterExit', 'yes')
}

/** `Key --flag`, a pair a line: the last value of each. */
export function textFlags(conversion: Conversion, table: string): string[] {
  return flagsOf(table, ([key, flag]) => {
    const value = lookupText(conversion.quadlet.file, conversion.section, key)
    return value === undefined ? [] : [flag, value]
  })
}

/** The same, with all values of each. */
export function listFlags(conversion: Conversion, table: string): string[] {
  return flagsOf(table, ([key, flag]) =>
    lookupAll(conversion.quadlet.file, conversion.section, key).flatMap((value) => [flag, value]),
  )
}

/** The same, with each word of each value. */
export function wordFlags(conversion: Conversion, table: string): string[] {
  return flagsOf(table, ([key, flag]) =>
    lookupWords(conversion.quadlet.file, conversion.section, key).flatMap((value) => [flag, value]),
  )
}

/** The same, with words as in command lines. */
export function argumentFlags(conversion: Conversion, table: string): string[] {
  return flagsOf(table, ([key, flag]) =>
    lookupArguments(conversion.quadlet.file, conversion.section, key).flatMap((value) => [flag, value]),
  )
}

export function booleanFlags(conversion: Conversion, table: string): string[] {
  return flagsOf(table, ([key, flag]) => {
    const value = lookupBoolean(conversion.quadlet.file, conversion.section, key)
    return value === undefined ? [] : [booleanFlag(flag, value)]
  })
}

function booleanFlag(flag: string, value: boolean): string {
  return value ? flag : `${flag}=false`
}

/** `NAME=value` words, the last of a name. */
export function pairFlags(conversion: Conversion, table: string): string[] {
  return flagsOf(table, ([key, flag]) =>
    lookupPairs(conversion.quadlet.file, conversion.section, key).flatMap((pair) => [flag, pair]),
  )
}

export function ownArguments({ quadlet, section }: Conversion): string[] {
  return lookupArguments(quadlet.file, section, 'PodmanArgs')
}

function flagsOf(table: string, read: (row: [key: string, flag: string]) => string[]): string[] {
  const rows = table.trim().split('\n')
  return rows.flatMap((row) => read(row.trim().split(/\s+/) as [string, string]))
}
