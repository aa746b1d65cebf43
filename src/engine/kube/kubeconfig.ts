// kubeconfig: the cluster of the current context, and who we are there.

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { EngineError, errnoOf, errorMessage, invalid } from '../../base/errors.ts'
import type { TlsOptions } from '../../transport/registry/http.ts'
import { Fields } from './fields.ts'

export interface Cluster {
  readonly server: URL
  readonly tls: TlsOptions
  /** With a token, or a name and a password. */
  readonly authorization: string | undefined
  readonly namespace: string
}

/** `authority`: a file, or `insecure`; the kubeconfig's unless said. @throws not-found `kubeconfig-missing`; invalid `kubeconfig-invalid`; unsupported `kubeconfig-exec` */
export async function readKubeconfig(path: string, authority: string | undefined): Promise<Cluster> {
  const { context, cluster, user } = currentOf(await parseConfig(path))
  const server = cluster?.text('server')
  if (cluster === undefined || server === undefined) throw bad(path, 'it names no cluster with a server')
  if (user?.has('exec') === true || user?.has('auth-provider') === true) throw needsProgram(path)
  const files = new Files(dirname(path))
  return {
    server: serverUrl(path, server),
    tls: tlsOf({ cluster, user, authority, files }),
    authorization: authorizationOf(user, files),
    namespace: context?.text('namespace') || 'default',
  }
}

function currentOf(config: Fields) {
  const context = pick(config, 'contexts', config.text('current-context'))?.object('context')
  const cluster = pick(config, 'clusters', context?.text('cluster'))?.object('cluster')
  const user = pick(config, 'users', context?.text('user'))?.object('user')
  return { context, cluster, user }
}

async function parseConfig(path: string): Promise<Fields> {
  const text = readFile(path)
  const { parseYaml } = await import('../../base/yaml.ts')
  try {
    return new Fields(parseYaml(text), '')
  } catch (error) {
    throw bad(path, errorMessage(error).split('\n')[0] ?? '')
  }
}

/** The first one where the context does not say. */
function pick(config: Fields, list: string, name: string | undefined): Fields | undefined {
  const all = config.objects(list)
  return name ? all.find((one) => one.text('name') === name) : all[0]
}

interface Identity {
  readonly cluster: Fields
  readonly user: Fields | undefined
  readonly authority: string | undefined
  readonly files: Files
}

function tlsOf({ cluster, user, authority, files }: Identity): TlsOptions {
  const isInsecure = authority?.toLowerCase() === 'insecure' || cluster.boolean('insecure-skip-tls-verify') === true
  const own =
    authority !== undefined && !isInsecure ? readFile(authority) : files.content(cluster, 'certificate-authority')
  const certificate = user && files.content(user, 'client-certificate')
  const key = user && files.content(user, 'client-key')
  return {
    isVerified: !isInsecure,
    authorities: own === undefined || isInsecure ? [] : [own],
    ...(certificate === undefined || key === undefined ? {} : { client: { certificate, key } }),
  }
}

function authorizationOf(user: Fields | undefined, files: Files): string | undefined {
  const file = user?.text('tokenFile')
  const token = user?.text('token') ?? (file === undefined ? undefined : files.read(file).trim())
  if (token) return `Bearer ${token}`
  const [name, password] = [user?.text('username'), user?.text('password')]
  if (!name) return undefined
  return `Basic ${Buffer.from(`${name}:${password ?? ''}`).toString('base64')}`
}

/** Paths of a kubeconfig start where it lies; beside each stands a form with the content itself. */
class Files {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  read(path: string): string {
    return readFile(resolve(this.#folder, path))
  }

  content(fields: Fields, name: string): string | undefined {
    const data = fields.text(`${name}-data`)
    const path = fields.text(name)
    if (data) return Buffer.from(data, 'base64').toString('utf8')
    return path ? this.read(path) : undefined
  }
}

function serverUrl(path: string, server: string): URL {
  const url = URL.canParse(server) ? new URL(server) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url
  throw bad(path, `${JSON.stringify(server)} is no URL of a server`)
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    const message = `open ${path}: no such file or directory`
    throw new EngineError({ kind: 'not-found', code: 'kubeconfig-missing', message })
  }
}

function bad(path: string, why: string): EngineError {
  return invalid('kubeconfig-invalid', `kubeconfig ${path}: ${why}`)
}

function needsProgram(path: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'kubeconfig-exec',
    message: `kubeconfig ${path}: credentials that a program makes are not supported`,
    hint: 'Put a token or a client certificate into it, such as kubectl create token gives.',
  })
}
