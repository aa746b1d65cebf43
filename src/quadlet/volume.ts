// .volume → a service that makes a volume, once.

import { readFileSync } from 'node:fs'
import { absentAsUndefined, invalid } from '../base/errors.ts'
import { addCommand, type Conversion, oneshot, ownArguments, pairFlags, programWords } from './conversion.ts'
import { baseName } from './quadlet.ts'
import { imageSource } from './references.ts'
import { lookup, lookupBoolean, lookupText, placeOf } from './unit-file.ts'

export const volumeKeys = 'Copy Device Driver Group Image Label Options Type User VolumeName'

/** @throws invalid for what cannot be converted */
export function convertVolume(conversion: Conversion): void {
  const { quadlet, section } = conversion
  quadlet.resource = lookupText(quadlet.file, section, 'VolumeName') ?? `systemd-${baseName(quadlet.fileName)}`
  const driver = lookupText(quadlet.file, section, 'Driver')
  addCommand(conversion, 'ExecStart', [
    ...programWords(conversion),
    ...['volume', 'create', '--ignore'],
    ...(driver === undefined ? [] : ['--driver', driver]),
    ...(driver === 'image' ? imageFlags(conversion) : mountFlags(conversion)),
    ...pairFlags(conversion, 'Label --label'),
    ...ownArguments(conversion),
    quadlet.resource,
  ])
  oneshot(conversion, { remains: true })
}

function imageFlags(conversion: Conversion): string[] {
  const image = lookup(conversion.quadlet.file, conversion.section, 'Image')
  if (image === undefined) {
    throw invalid('quadlet-invalid', 'the key Image is mandatory when using the image driver')
  }
  return ['--opt', `image=${imageSource(conversion, image)}`]
}

function mountFlags(conversion: Conversion): string[] {
  const { quadlet, section } = conversion
  const text = (key: string) => lookupText(quadlet.file, section, key)
  const copies = lookupBoolean(quadlet.file, section, 'Copy')
  const device = text('Device')
  for (const key of ['Type', 'Options']) {
    if (device === undefined && text(key) !== undefined) {
      throw invalid('quadlet-invalid', `key ${key} can't be used without Device`)
    }
  }
  const type = text('Type')
  const mounting = [
    ...ownerOption(conversion, 'User', 'uid'),
    ...ownerOption(conversion, 'Group', 'gid'),
    text('Options'),
  ]
  const options = mounting.filter((option) => option !== undefined).join(',')
  return [
    ...(copies === undefined ? [] : ['--opt', copies ? 'copy' : 'nocopy']),
    ...(device === undefined ? [] : ['--opt', `device=${device}`]),
    ...(type === undefined ? [] : ['--opt', `type=${type}`]),
    ...(options === '' ? [] : ['--opt', `o=${options}`]),
  ]
}

/** Names are those of the host. */
function ownerOption({ quadlet, section }: Conversion, key: 'User' | 'Group', option: string): string[] {
  const value = lookup(quadlet.file, section, key)
  if (value === undefined) return []
  if (/^\d+$/.test(value)) return [`${option}=${value}`]
  const accounts = absentAsUndefined(() => readFileSync(key === 'User' ? '/etc/passwd' : '/etc/group', 'utf8')) ?? ''
  const id = accounts
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === value)?.[2]
  if (id !== undefined) return [`${option}=${id}`]
  throw invalid(
    'quadlet-invalid',
    `${placeOf(quadlet.file, section, key)}: ${key}=${value} is neither a number nor known here`,
  )
}
