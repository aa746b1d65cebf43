// kube apply: the objects of a manifest to a cluster's API server, one after the other. What is there already is changed by
// the server's own apply.

import { EngineError, invalid } from '../../base/errors.ts'
import { connectionReason, isAuthorityUnknown } from '../../transport/registry/connection-error.ts'
import { type Http, type HttpRequest, openHttp } from '../../transport/registry/http.ts'
import type { Engine } from '../engine.ts'
import type { Cluster } from './kubeconfig.ts'
import { type KubeDocument, readDocuments } from './read-manifest.ts'

/** Where objects of each kind live. */
const places: Readonly<Record<string, readonly [api: string, resource: string]>> = {
  ConfigMap: ['api/v1', 'configmaps'],
  DaemonSet: ['apis/apps/v1', 'daemonsets'],
  Deployment: ['apis/apps/v1', 'deployments'],
  Job: ['apis/batch/v1', 'jobs'],
  PersistentVolumeClaim: ['api/v1', 'persistentvolumeclaims'],
  Pod: ['api/v1', 'pods'],
  Secret: ['api/v1', 'secrets'],
  Service: ['api/v1', 'services'],
}

export interface ApplyRequest {
  readonly text: string
  readonly cluster: Cluster
  /** The kubeconfig's unless said. */
  readonly namespace: string | undefined
}

/** All kinds are checked before anything is sent. @throws invalid `manifest-invalid`, `manifest-kind`; denied `cluster-refuses`; unavailable `cluster-unreachable` */
export async function apply({ signal }: Engine, { text, cluster, namespace }: ApplyRequest): Promise<void> {
  const documents = await readDocuments(text)
  const objects = documents.map((document) => ({ document, place: placeOf(document) }))
  await using http = await openHttp(cluster.tls)
  for (const { document, place } of objects) {
    const folder = `${place[0]}/namespaces/${encodeURIComponent(namespace ?? cluster.namespace)}/${place[1]}`
    await send({ http, cluster, signal }, document, folder)
  }
}

function placeOf({ kind }: KubeDocument): readonly [string, string] {
  const place = Object.hasOwn(places, kind) ? places[kind] : undefined
  if (place !== undefined) return place
  throw invalid('manifest-kind', `unsupported Kubernetes kind found: ${JSON.stringify(kind)}`)
}

interface Connection {
  readonly http: Http
  readonly cluster: Cluster
  readonly signal: AbortSignal
}

/**
 * Asks first whether it is there: a Service that is sent as a new one is refused for its node ports, which it has itself, before it is for its name.
 */
async function send(connection: Connection, document: KubeDocument, folder: string): Promise<void> {
  const body = JSON.stringify(document.value)
  const name = document.fields.object('metadata')?.text('name') ?? ''
  const path = `${folder}/${encodeURIComponent(name)}`
  const found = name === '' ? undefined : await request(connection, { method: 'GET', path })
  if (found === undefined || found.status === 404) {
    return refuseFailure(await request(connection, { method: 'POST', path: folder, type: 'application/json', body }))
  }
  refuseFailure(found)
  const type = 'application/apply-patch+yaml'
  const change = { method: 'PATCH', path: `${path}?fieldManager=gantry&force=true`, type, body } as const
  refuseFailure(await request(connection, change))
}

type Sent =
  | { readonly method: 'GET'; readonly path: string }
  | { readonly method: 'POST' | 'PATCH'; readonly path: string; readonly type: string; readonly body: string }

interface Answer {
  readonly status: number
  readonly text: string
}

const maxAnswerBytes = 64 * 1024

async function request({ http, cluster, signal }: Connection, sent: Sent): Promise<Answer> {
  const { method } = sent
  const url = new URL(sent.path, `${cluster.server.href.replace(/\/$/, '')}/`)
  const authorization = cluster.authorization === undefined ? {} : { authorization: cluster.authorization }
  try {
    const answer = await http.send({ method, url, signal, ...contentOf(sent, authorization) })
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of answer.body) {
      bytes += chunk.length
      if (bytes <= maxAnswerBytes) chunks.push(chunk)
    }
    return { status: answer.status, text: Buffer.concat(chunks).toString('utf8') }
  } catch (error) {
    signal.throwIfAborted()
    throw unreachable(error, url)
  }
}

function contentOf(sent: Sent, authorization: Readonly<Record<string, string>>): Pick<HttpRequest, 'headers' | 'body'> {
  if (sent.method === 'GET') return { headers: authorization }
  return { headers: { 'content-type': sent.type, ...authorization }, body: sent.body }
}

function unreachable(cause: unknown, url: URL): EngineError {
  const way = 'Name its authority in the kubeconfig (certificate-authority), or use --ca-cert-file.'
  return new EngineError({
    kind: 'unavailable',
    code: 'cluster-unreachable',
    message: `cannot reach the cluster at ${url.host}: ${connectionReason(cause, url)}`,
    ...(isAuthorityUnknown(cause) ? { hint: way } : {}),
    cause,
  })
}

function refuseFailure({ status, text }: Answer): void {
  if (status < 300) return
  throw new EngineError({
    kind: 'denied',
    code: 'cluster-refuses',
    message: `the cluster refuses it with ${status}: ${messageOf(text)}`,
  })
}

/** Of Kubernetes' Status object. */
function messageOf(text: string): string {
  try {
    const status: unknown = JSON.parse(text)
    const { message } = status as { readonly message?: unknown }
    return typeof message === 'string' ? message : text.trim()
  } catch {
    return text.trim()
  }
}
