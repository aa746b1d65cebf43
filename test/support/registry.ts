// A registry in this process whose failures a test scripts: what is asked for is recorded, and a hook may answer in its place.

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** True when it answered. */
export type Hook = (request: IncomingMessage, response: ServerResponse) => boolean

export interface TestRegistry extends AsyncDisposable {
  /** `localhost:PORT` */
  readonly address: string
  readonly requests: {
    readonly method: string
    readonly path: string
    readonly range: string | undefined
    readonly authorization: string | undefined
  }[]
  /** Digests of what it has. */
  readonly blobs: ReadonlyMap<string, Uint8Array>
  readonly manifests: ReadonlyMap<string, { readonly bytes: Buffer; readonly type: string }>
  /** Answers its digest. */
  addBlob(content: Uint8Array): string
  addManifest(name: string, document: object): string
  /** Everything that it has, and what is half uploaded. */
  forget(): void
  hook: Hook | undefined
}

export async function startRegistry(): Promise<TestRegistry> {
  const blobs = new Map<string, Uint8Array>()
  const manifests = new Map<string, { bytes: Buffer; type: string }>()
  const uploads = new Map<string, Buffer[]>()
  const requests: TestRegistry['requests'] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const { method = '', headers } = request
    requests.push({ method, path, range: headers.range, authorization: headers.authorization })
    if (registry.hook?.(request, response) === true) return
    if (path === '/v2/') return void response.end('{}')
    if (takesUpload({ blobs, manifests, uploads }, request, response)) return
    const manifest = manifests.get(path.split('/manifests/')[1] ?? '')
    if (manifest !== undefined) {
      response.setHeader('docker-content-digest', digestOf(manifest.bytes))
      return void response.setHeader('content-type', manifest.type).end(manifest.bytes)
    }
    const blob = blobs.get(path.split('/blobs/')[1] ?? '')
    if (blob === undefined) return void response.writeHead(404).end()
    const [, first, last] = /^bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? []
    if (first === undefined) return void response.writeHead(200, { 'content-length': blob.length }).end(blob)
    const part = blob.subarray(Number(first), last === '' ? blob.length : Number(last) + 1)
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${blob.length}`
    response.writeHead(206, { 'content-length': part.length, 'content-range': range }).end(part)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  const registry: TestRegistry = {
    address: `localhost:${bound.port}`,
    requests,
    blobs,
    manifests,
    hook: undefined,
    addBlob(content) {
      blobs.set(digestOf(content), content)
      return digestOf(content)
    },
    addManifest(name, document) {
      const bytes = Buffer.from(JSON.stringify(document))
      const type = (document as { mediaType: string }).mediaType
      manifests.set(name, { bytes, type }).set(digestOf(bytes), { bytes, type })
      return digestOf(bytes)
    },
    forget() {
      for (const store of [blobs, manifests, uploads]) store.clear()
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return registry
}

interface Stores {
  readonly blobs: Map<string, Uint8Array>
  readonly manifests: Map<string, { bytes: Buffer; type: string }>
  /** By path: what came so far, also of a request that broke off. */
  readonly uploads: Map<string, Buffer[]>
}

/** Pushing blobs and manifests, as the distribution spec has it; what a broken request brought is kept. True when it answers. */
function takesUpload(stores: Stores, request: IncomingMessage, response: ServerResponse): boolean {
  const { method = '', headers, url = '' } = request
  const [path = '', query = ''] = url.split('?')
  if (method === 'POST' && path.endsWith('/blobs/uploads/')) {
    const mounted = new URLSearchParams(query).get('mount')
    if (mounted !== null && stores.blobs.has(mounted)) response.writeHead(201).end()
    else response.writeHead(202, { location: openUpload(stores, path) }).end()
    return true
  }
  if (method === 'PUT' && path.includes('/manifests/')) {
    void gather(request).then((bytes) => {
      const manifest = { bytes, type: headers['content-type'] ?? '' }
      stores.manifests.set(path.split('/manifests/')[1] ?? '', manifest).set(digestOf(bytes), manifest)
      response.writeHead(201, { 'docker-content-digest': digestOf(bytes) }).end()
    })
    return true
  }
  const upload = stores.uploads.get(path)
  if (upload === undefined) return false
  const size = () => upload.reduce((sum, { length }) => sum + length, 0)
  const range = () => ({ location: path, range: `0-${Math.max(0, size() - 1)}` })
  if (method === 'GET') return response.writeHead(204, range()).end() !== undefined
  const from = Number(headers['content-range']?.split('-')[0] ?? 0)
  if (method === 'PATCH' && from !== size()) return response.writeHead(416, range()).end() !== undefined
  request.on('data', (chunk: Buffer) => upload.push(chunk))
  request.on('end', () => {
    if (method === 'PATCH') return void response.writeHead(202, range()).end()
    const content = Buffer.concat(upload)
    const wanted = new URLSearchParams(query).get('digest')
    if (digestOf(content) !== wanted) return void response.writeHead(400).end('{"errors":[{"code":"DIGEST_INVALID"}]}')
    stores.uploads.delete(path)
    stores.blobs.set(wanted, content)
    response.writeHead(201, { 'docker-content-digest': wanted }).end()
  })
  return true
}

function openUpload({ uploads }: Stores, path: string): string {
  const location = `${path}${uploads.size + 1}-${Math.random()}`
  uploads.set(location, [])
  return location
}

async function gather(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

/** An OCI image of plain or gzipped layers under `name`; answers its id. */
export function addImage(registry: TestRegistry, name: string, layers: readonly Buffer[], diffIds?: readonly string[]) {
  const config = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      rootfs: { type: 'layers', diff_ids: diffIds ?? layers.map(digestOf) },
    }),
  )
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const layerType = (layer: Buffer) =>
    `application/vnd.oci.image.layer.v1.tar${layer.readUInt16BE(0) === 0x1f8b ? '+gzip' : ''}`
  const digest = registry.addManifest(name, {
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: registry.addBlob(config),
      size: config.length,
    },
    layers: layers.map((layer) => ({
      mediaType: layerType(layer),
      digest: registry.addBlob(layer),
      size: layer.length,
    })),
  })
  return { id: digestOf(config).slice(7), digest }
}
