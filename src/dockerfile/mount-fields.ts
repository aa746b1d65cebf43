// Values that several types of mounts have.

import { type Fields, isTrue, valueOf } from './mount-text.ts'
import { SyntaxProblem } from './source-error.ts'

export function isReadOnly(fields: Fields, unlessSaid: boolean): boolean {
  if (fields.has('readwrite')) return !isTrue(fields, 'readwrite')
  return fields.has('readonly') ? isTrue(fields, 'readonly') : unlessSaid
}

/** In mount(8)'s words. */
export function mountOptions(fields: Fields): string[] {
  const given = ['nosuid', 'nodev', 'noexec', 'bind-nonrecursive', 'no-dereference'].filter((key) =>
    isTrue(fields, key),
  )
  const propagation = valueOf(fields, 'propagation')
  return propagation === undefined ? given : [...given, propagation]
}

export function relabelling(fields: Fields): 'shared' | 'private' | undefined {
  const word = valueOf(fields, 'relabel')
  if (word === undefined || word === 'shared' || word === 'private') return word
  throw new SyntaxProblem(`relabel of a mount is shared or private, not '${word}'`, { near: 'relabel' })
}

/** A mode is octal, an id is not. */
export function numberOf(fields: Fields, key: string, radix: 8 | 10): number | undefined {
  const text = valueOf(fields, key)
  if (text === undefined) return undefined
  const isNumber = radix === 8 ? /^[0-7]{1,6}$/.test(text) : /^\d{1,10}$/.test(text)
  const number = Number.parseInt(text, radix)
  if (isNumber && number < 2 ** 32) return number
  const what = radix === 8 ? 'an octal number' : 'a number'
  throw new SyntaxProblem(`${key} of a mount is ${what}, not '${text}'`, { near: `${key}=` })
}
