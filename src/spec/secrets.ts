// Secrets that a container gets: as files on a tmpfs or as variables. The spec knows their names only.

import { posix } from 'node:path'
import { type EngineError, invalid } from '../base/errors.ts'
import type { OciFacts } from './facts.ts'
import type { OciMount } from './oci-config.ts'

export interface SecretFacet {
  readonly mounts: readonly SecretMount[]
  readonly environment: readonly SecretVariable[]
}

export interface SecretMount {
  /** As it was named; with the id it is the secret's own name. */
  readonly name: string
  /** Empty until the container is created. */
  readonly id: string
  /** Absolute path inside. */
  readonly target: string
  /** Inside. */
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

export interface SecretVariable {
  readonly name: string
  readonly id: string
  /** The variable's name. */
  readonly target: string
}

export function hasSecrets(facet: SecretFacet | undefined): facet is SecretFacet {
  return facet !== undefined && facet.mounts.length + facet.environment.length > 0
}

const folder = '/run/secrets'
const defaultMode = 0o444

/** Each `NAME[,type=mount|env][,target=…][,uid=…][,gid=…][,mode=…]`. @throws invalid `secret-malformed`, in podman's words */
export function parseSecrets(texts: readonly string[]): SecretFacet {
  const wanted = texts.map(parseSecret)
  // The later one of a name wins.
  const variables = wanted.flatMap((one) => (one.type === 'env' ? [variableOf(one)] : []))
  return {
    mounts: wanted.flatMap((one) => (one.type === 'mount' ? [mountOf(one)] : [])),
    environment: [...new Map(variables.map((variable) => [variable.target, variable])).values()],
  }
}

export function ociSecretMounts({ secretFiles }: OciFacts): OciMount[] {
  return Object.entries(secretFiles).map(([destination, source]) => ({
    destination,
    type: 'bind',
    source,
    options: ['bind', 'rprivate', 'nosuid', 'noexec', 'nodev'],
  }))
}

interface WantedSecret {
  readonly source: string
  readonly type: 'mount' | 'env'
  readonly target: string
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

function parseSecret(text: string): WantedSecret {
  const [first = '', ...rest] = text.split(',')
  const words = first.includes('=') ? [first, ...rest] : rest
  const pairs = words.map(splitWord)
  const value = (...names: string[]) => pairs.findLast(([name]) => names.includes(name))?.[1]
  const stranger = pairs.find(([name]) => !known.has(name))
  if (stranger !== undefined) throw bad(`option ${stranger.join('=')} invalid`)
  const source = value('source') ?? (first.includes('=') ? '' : first)
  if (source === '') throw bad(`no source found ${text}`)
  return {
    source,
    type: typeOf(pairs),
    target: value('target') ?? '',
    uid: idOf('UID', value('uid', 'UID')),
    gid: idOf('GID', value('gid', 'GID')),
    mode: modeOf(value('mode')),
  }
}

function typeOf(pairs: readonly Pair[]): WantedSecret['type'] {
  const types = pairs.filter(([name]) => name === 'type').map(([, value]) => value)
  if (types.length > 1) throw bad('cannot set more than one secret type')
  const [type = 'mount'] = types
  if (type !== 'mount' && type !== 'env') throw bad(`type ${type} is invalid`)
  if (type === 'env' && pairs.some(([name]) => mountOnly.has(name))) {
    throw bad('UID, GID, Mode options cannot be set with secret type env')
  }
  return type
}

const mountOnly = new Set(['uid', 'UID', 'gid', 'GID', 'mode'])
const known = new Set([...mountOnly, 'source', 'type', 'target'])

type Pair = readonly [name: string, value: string]

function splitWord(word: string): Pair {
  const at = word.indexOf('=')
  if (at === -1) throw bad(`option ${word} must be in form option=value`)
  return [word.slice(0, at), word.slice(at + 1)]
}

function idOf(what: string, text: string | undefined): number {
  if (text === undefined) return 0
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text)
  throw bad(`${what} ${text} invalid`)
}

function modeOf(text: string | undefined): number {
  if (text === undefined) return defaultMode
  if (/^[0-7]{1,11}$/.test(text)) return Number.parseInt(text, 8)
  throw bad(`mode ${text} invalid`)
}

function mountOf({ source, target, uid, gid, mode }: WantedSecret): SecretMount {
  return { name: source, id: '', target: posix.resolve(folder, target || source), uid, gid, mode }
}

function variableOf({ source, target }: WantedSecret): SecretVariable {
  return { name: source, id: '', target: target || source }
}

function bad(message: string): EngineError {
  return invalid('secret-malformed', `${message}: parsing secret`)
}
