// Credentials for a registry, from containers-auth.json(5) files, docker's config.json and credential helpers. They are never logged.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import { isObject, type JsonObject, parseBoundedJson } from '../../image/bounded-json.ts'
import { type Reference, repositoryOf } from '../../image/reference.ts'
import { readInReach } from '../../os/in-reach.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
  /** OAuth2 refresh token, in place of a password. */
  readonly identityToken?: string
}

/** Gets one secret from `docker-credential-<name>`; undefined if it has none. */
export type CredentialHelper = (name: string, serverUrl: string) => Promise<Credentials | undefined>

export interface CredentialSources {
  /** --authfile: the only file then, and it must exist. */
  readonly authFile: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly isRootless: boolean
  readonly userId: number
  readonly helper: CredentialHelper
  /** registries.conf's credential-helpers. */
  readonly helpers: readonly string[]
}

const maxAuthFileBytes = 1024 * 1024

/** The most specific entry of the first file that has one. @throws not-found `auth-file-missing`; corrupt when a file is damaged; what a helper throws */
export async function findCredentials(
  sources: CredentialSources,
  reference: Reference,
): Promise<Credentials | undefined> {
  for (const path of authFiles(sources)) {
    const document = readAuthFile(path, sources.authFile)
    if (document === undefined) continue
    const found = await lookUp(sources, { path, document }, reference)
    if (found !== undefined) return found
  }
  return askEach(sources, serverOf(reference.domain))
}

/** One that fails does not keep the others from being asked. @throws what the first of them threw, if none has an answer */
async function askEach(sources: CredentialSources, server: string): Promise<Credentials | undefined> {
  const failures: unknown[] = []
  for (const name of sources.helpers.filter((name) => name !== 'containers-auth.json')) {
    try {
      const found = await askHelper(sources, name, server)
      if (found !== undefined) return found
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return undefined
}

/** `user:password`, as --creds has it; a missing password is empty. */
export function parseCredentials(text: string): Credentials {
  const colon = text.indexOf(':')
  return colon === -1
    ? { username: text, password: '' }
    : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** Where credentials are looked for, in order; the first is where `login` keeps them unless told otherwise. */
export function authFiles(
  sources: Pick<CredentialSources, 'authFile' | 'environment' | 'isRootless' | 'userId'>,
): string[] {
  const env = sources.environment
  if (sources.authFile !== undefined) return [sources.authFile]
  const named = env['REGISTRY_AUTH_FILE']
  if (named !== undefined && named !== '') return [named]
  const home = env['HOME'] ?? '/root'
  const runtime = env['XDG_RUNTIME_DIR'] || (sources.isRootless ? `/run/user/${sources.userId}` : undefined)
  return [
    ...(runtime === undefined ? [] : [join(runtime, 'containers/auth.json')]),
    ...(sources.isRootless ? [] : ['/run/containers/0/auth.json']),
    join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'containers/auth.json'),
    join(env['DOCKER_CONFIG'] ?? join(home, '.docker'), 'config.json'),
  ]
}

function readAuthFile(path: string, required: string | undefined): JsonObject | undefined {
  const bytes =
    path === required ? absentAsUndefined(() => readFileSync(path)) : readInReach(path, () => readFileSync(path))
  if (bytes !== undefined) return parseBoundedJson(bytes, { what: `'${path}'`, maxBytes: maxAuthFileBytes })
  if (path !== required) return undefined
  throw new EngineError({
    kind: 'not-found',
    code: 'auth-file-missing',
    message: `credential file is not accessible: stat ${path}: no such file or directory`,
  })
}

interface AuthFile {
  readonly path: string
  readonly document: JsonObject
}

async function lookUp(
  sources: CredentialSources,
  file: AuthFile,
  reference: Reference,
): Promise<Credentials | undefined> {
  const { credHelpers, credsStore: store } = file.document
  const helpers = isObject(credHelpers) ? credHelpers : {}
  const helper = helpers[reference.domain] ?? helpers[serverOf(reference.domain)]
  if (typeof helper === 'string') return askHelper(sources, helper, serverOf(reference.domain))
  const own = readAuths(file, reference)
  if (own !== undefined) return own
  return typeof store === 'string' ? askStore(sources, store, serverOf(reference.domain)) : undefined
}

/** docker's own, for all registries: where it is not installed, its secrets are elsewhere, too. */
async function askStore(sources: CredentialSources, name: string, server: string): Promise<Credentials | undefined> {
  try {
    return await askHelper(sources, name, server)
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'credential-helper-missing') throw error
    logDebug(error.message)
    return undefined
  }
}

function readAuths({ path, document }: AuthFile, reference: Reference): Credentials | undefined {
  const { auths = {} } = document
  if (!isObject(auths)) throw damaged(path, 'auths is no object')
  const byKey = new Map(Object.entries(auths).map(([key, value]) => [normalizeKey(key), value]))
  for (let key = repositoryOf(reference); key !== ''; key = key.slice(0, Math.max(key.lastIndexOf('/'), 0))) {
    const entry = byKey.get(key)
    const found = isObject(entry) ? readEntry(path, key, entry) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** docker writes URLs: `https://index.docker.io/v1/` is docker.io. */
function normalizeKey(key: string): string {
  const bare = key.replace(/^https?:\/\//, '')
  const host = bare.split('/')[0] ?? bare
  if (host === 'index.docker.io' || host === 'registry-1.docker.io') return 'docker.io'
  return key === bare ? bare.replace(/\/+$/, '') : host
}

function readEntry(path: string, key: string, { auth, identitytoken }: JsonObject): Credentials | undefined {
  if (typeof auth !== 'string' || auth === '') return undefined
  if (!/^[\w+/-]+={0,2}$/.test(auth)) throw damaged(path, `the auth of "${key}" is not base64`)
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '')
  const hasToken = typeof identitytoken === 'string' && identitytoken !== ''
  if (!text.includes(':') && !hasToken)
    throw damaged(path, `the auth of "${key}" has no colon between name and password`)
  return hasToken ? { ...parseCredentials(text), identityToken: identitytoken } : parseCredentials(text)
}

function damaged(path: string, reason: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'auth-file-damaged',
    message: `'${path}': ${reason}`,
    hint: 'Log in anew, or take the entry out of the file.',
  })
}

async function askHelper(sources: CredentialSources, name: string, server: string): Promise<Credentials | undefined> {
  if (!/^[\w.-]+$/.test(name)) return undefined
  logDebug(`asking docker-credential-${name} for ${server}`)
  return sources.helper(name, server)
}

/** What helpers call a registry. */
export function serverOf(domain: string): string {
  return domain === 'docker.io' ? 'https://index.docker.io/v1/' : domain
}
