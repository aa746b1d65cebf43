// `--opt type=… device=… o=…` of the local driver, checked, with podman's words. Pure.

import { errorMessage, invalid } from '../base/errors.ts'
import { parseDecimalSize } from '../base/size.ts'
import type { Owner } from './volume-record.ts'

export interface VolumeOptions {
  /** As the record keeps them: see VolumeRecord. */
  readonly options: Readonly<Record<string, string>>
  readonly owner: Owner | undefined
  readonly timeoutSeconds: number | undefined
}

const localOptions = new Set(['device', 'o', 'type', 'uid', 'gid', 'size', 'inodes', 'noquota', 'copy', 'nocopy'])

/** What `o` says of owner, size and quota is kept apart, too. @throws invalid `volume-option-invalid` */
export function parseVolumeOptions(given: Readonly<Record<string, string>>): VolumeOptions {
  const words = (given['o'] ?? '').split(',').filter((word) => word !== '')
  const values = new Map(words.map(splitWord))
  const said = [...values].flatMap(([name, value]) => statement(name, value))
  const kept = words.filter((word) => splitWord(word)[0] !== 'noquota' && splitWord(word)[0] !== 'timeout').join(',')
  const others = Object.entries(given).filter(([key]) => key !== 'o')
  return {
    options: { ...Object.fromEntries([...others, ...said]), ...(kept === '' ? {} : { o: kept }) },
    owner: ownerOf(values),
    timeoutSeconds: timeoutOf(values.get('timeout')),
  }
}

/** @throws invalid `volume-option-invalid` */
export function checkLocalOptions(options: Readonly<Record<string, string>>): void {
  const stranger = Object.keys(options).find((key) => !localOptions.has(key.toLowerCase()))
  if (stranger !== undefined) throw bad(`invalid mount option ${stranger} for driver 'local': invalid argument`)
  const isTmpfs = options['type'] === 'tmpfs'
  const isSized = options['SIZE'] !== undefined
  const isCounted = options['INODES'] !== undefined
  if (options['NOQUOTA'] !== undefined) {
    if (isSized || isCounted) throw bad('volume options size and inodes cannot be used without quota')
    return
  }
  if (isTmpfs && isCounted) throw bad('volume option inodes not supported on tmpfs filesystem')
  if (isTmpfs || !(isSized || isCounted)) return
  throw bad('volume options size and inodes not supported. Filesystem does not support Project Quota')
}

type Word = readonly [name: string, value: string | undefined]

function splitWord(word: string): Word {
  const at = word.indexOf('=')
  return at === -1 ? [word.toLowerCase(), undefined] : [word.slice(0, at).toLowerCase(), word.slice(at + 1)]
}

/** The option in capitals that a word of `o` amounts to. */
function statement(name: string, value: string | undefined): [string, string][] {
  if (name === 'noquota') return [['NOQUOTA', 'true']]
  if (name === 'size') {
    checkSize(value ?? '')
    return [['SIZE', value ?? '']]
  }
  if (name === 'inodes' && !/^\d+$/.test(value ?? '')) {
    throw bad(
      `cannot convert inodes ${value ?? ''} to integer: strconv.ParseUint: parsing "${value ?? ''}": invalid syntax`,
    )
  }
  return ['inodes', 'uid', 'gid'].includes(name) ? [[name.toUpperCase(), value ?? '']] : []
}

function checkSize(text: string): void {
  try {
    parseDecimalSize(text)
  } catch (error) {
    throw bad(`cannot convert size ${text} to integer: ${errorMessage(error)}`)
  }
}

function ownerOf(values: ReadonlyMap<string, string | undefined>): Owner | undefined {
  if (!values.has('uid') && !values.has('gid')) return undefined
  return { uid: idOf(values, 'uid'), gid: idOf(values, 'gid') }
}

function idOf(values: ReadonlyMap<string, string | undefined>, name: 'uid' | 'gid'): number {
  if (!values.has(name)) return 0
  const text = values.get(name)
  const word = name.toUpperCase()
  if (text === undefined) throw bad(`${name} option must provide a ${word}: invalid argument`)
  if (/^\d+$/.test(text)) return Number(text)
  throw bad(`cannot convert ${word} ${text} to integer: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
}

function timeoutOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^-?\d+$/.test(text)) {
    throw bad(
      `cannot convert Timeout ${text} to an integer: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    )
  }
  if (Number(text) < 0) throw bad(`volume timeout cannot be negative (got ${text})`)
  return Number(text)
}

function bad(message: string): Error {
  return invalid('volume-option-invalid', message)
}
