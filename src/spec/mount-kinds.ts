// The texts of --mount type=image and type=devpts, which share no words with the others; and what all texts of mounts have in common.

import { posix } from 'node:path'
import { type EngineError, invalid } from '../base/errors.ts'
import type { DevptsMount, ImageMount } from './mounts.ts'

export function bad(message: string): EngineError {
  return invalid('mount-invalid', message)
}

/** @throws invalid `mount-invalid` */
export function checkDestination(path: string): void {
  if (path === '') throw bad('container directory cannot be empty')
  if (!path.startsWith('/')) throw bad(`invalid container path ${JSON.stringify(path)}, must be an absolute path`)
}

export function clean(path: string): string {
  const normal = posix.normalize(path)
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal
}

interface Word {
  readonly name: string
  readonly value: string | undefined
}

/** `src=IMAGE,dst=…[,rw=true][,subpath=/…]`. @throws invalid `mount-invalid` */
export function parseImageMount(words: readonly string[]): ImageMount {
  const draft = { image: '', destination: '', options: ['ro'], subPath: undefined as string | undefined }
  for (const word of words.map(wordOf)) {
    if (isSource(word)) draft.image = needed(word)
    else if (isTarget(word)) draft.destination = destinationOf(word)
    else if (word.name === 'rw' || word.name === 'readwrite') draft.options = [accessOf(word)]
    else if (word.name === 'subpath') draft.subPath = absoluteOf(word)
    else if (word.name !== 'consistency') throw bad(`${word.name}: invalid mount option`)
  }
  const { subPath, ...mount } = draft
  if (mount.image === '' || mount.destination === '') throw bad('must set source and destination for image volume')
  return { kind: 'image', ...mount, ...(subPath === undefined ? {} : { subPath }) }
}

const devptsOptions = ['uid', 'gid', 'mode', 'ptmxmode', 'newinstance', 'max']

/** `dst=…[,uid=…,gid=…,mode=…,ptmxmode=…,newinstance,max=…]`. @throws invalid `mount-invalid` */
export function parseDevptsMount(texts: readonly string[]): DevptsMount {
  const words = texts.map(wordOf)
  const unknown = words.find((word) => !isTarget(word) && !devptsOptions.includes(word.name))
  if (unknown !== undefined) throw bad(`${unknown.name}: invalid mount option`)
  const destination = words.filter(isTarget).map(destinationOf).at(-1)
  if (destination === undefined) throw bad('must set volume destination')
  const options = texts.filter((_, index) => devptsOptions.includes(words[index]?.name ?? ''))
  return { kind: 'devpts', destination, options }
}

function wordOf(text: string): Word {
  const at = text.indexOf('=')
  return at === -1 ? { name: text, value: undefined } : { name: text.slice(0, at), value: text.slice(at + 1) }
}

function isSource({ name }: Word): boolean {
  return name === 'src' || name === 'source'
}

function isTarget({ name }: Word): boolean {
  return ['target', 'dst', 'destination'].includes(name)
}

function needed({ name, value }: Word): string {
  if (value === undefined) throw bad(`${name}: must provide an argument for option`)
  return value
}

function destinationOf(word: Word): string {
  checkDestination(needed(word))
  return clean(needed(word))
}

function absoluteOf(word: Word): string {
  const path = needed(word)
  if (path.startsWith('/')) return path
  throw bad(`volume subpath ${JSON.stringify(path)} must be an absolute path`)
}

function accessOf({ value }: Word): 'ro' | 'rw' {
  if (value === 'true') return 'rw'
  if (value === 'false') return 'ro'
  throw bad(`invalid rw value ${JSON.stringify(value ?? '')}: invalid mount option`)
}
