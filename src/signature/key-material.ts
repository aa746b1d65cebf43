// Where policy.json has keys and certificates: in files, or in itself as base64.

import { readFileSync } from 'node:fs'
import { EngineError, errorMessage } from '../base/errors.ts'
import { malformed, readBase64, type Section, textAt, textsAt } from './policy-section.ts'

export type KeyMaterial =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'texts'; readonly contents: readonly Uint8Array[] }

/** Keys of the policy that give material: those that the requirement knows, in the forms that it takes. */
export interface MaterialKeys {
  readonly path: string
  readonly data: string
  readonly paths?: string
  readonly datas?: string
}

/** undefined where none of the keys is there. @throws invalid `policy-malformed` where several are */
export function materialAt(section: Section, keys: MaterialKeys): KeyMaterial | undefined {
  const found = [
    files(oneAt(section, keys.path)),
    files(keys.paths === undefined ? undefined : textsAt(section, keys.paths)),
    texts(section, keys.data, oneAt(section, keys.data)),
    keys.datas === undefined ? undefined : texts(section, keys.datas, textsAt(section, keys.datas)),
  ].filter((each) => each !== undefined)
  if (found.length > 1) {
    throw malformed(section.place, `only one of ${Object.values(keys).join(', ')} may be given`)
  }
  return found[0]
}

/** Each file or text apart. @throws invalid `policy-key-unreadable` */
export function readMaterial(material: KeyMaterial): Uint8Array[] {
  return material.kind === 'texts' ? [...material.contents] : material.paths.map(readKeyFile)
}

function readKeyFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new EngineError({
      kind: 'invalid',
      code: 'policy-key-unreadable',
      message: `a key that the policy names cannot be read: ${errorMessage(cause)}`,
      hint: 'Without it no signature can be accepted.',
      cause,
    })
  }
}

function oneAt(section: Section, key: string): string[] | undefined {
  const text = textAt(section, key)
  return text === undefined ? undefined : [text]
}

function files(paths: readonly string[] | undefined): KeyMaterial | undefined {
  return paths === undefined ? undefined : { kind: 'files', paths }
}

function texts(section: Section, key: string, given: readonly string[] | undefined): KeyMaterial | undefined {
  if (given === undefined) return undefined
  return { kind: 'texts', contents: given.map((text) => readBase64(text, `${section.place}.${key}`)) }
}
