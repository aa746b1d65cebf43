// A registry in this process whose failures a test scripts: what is asked for is recorded, and a hook may answer in its place.

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** True when it answered. */
export type Hook = (request: IncomingMessage, response: ServerResponse) => boolean

export interface TestRegistry extends AsyncDisposable {
  /** `localhost:PORT` */
  readonly address: string
  readonly requests: { readonly path: string; readonly range: string | undefined }[]
  /** Answers its digest. */
  addBlob(content: Uint8Array): string
  addManifest(name: string, document: object): string
  hook: Hook | undefined
}

export async function startRegistry(): Promise<TestRegistry> {
  const blobs = new Map<string, Uint8Array>()
  const manifests = new Map<string, { bytes: Buffer; type: string }>()
  const requests: TestRegistry['requests'] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    requests.push({ path, range: request.headers.range })
    if (registry.hook?.(request, response) === true) return
    if (path === '/v2/') return void response.end('{}')
    const manifest = manifests.get(path.split('/manifests/')[1] ?? '')
    if (manifest !== undefined) return void response.setHeader('content-type', manifest.type).end(manifest.bytes)
    const blob = blobs.get(path.split('/blobs/')[1] ?? '')
    if (blob === undefined) return void response.writeHead(404).end()
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const range = { 'content-range': `bytes ${start}-${blob.length - 1}/${blob.length}` }
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': blob.length - start, ...(start > 0 ? range : {}) })
    response.end(blob.subarray(start))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  const registry: TestRegistry = {
    address: `localhost:${bound.port}`,
    requests,
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
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return registry
}

function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

/** An OCI image of plain layers under `name`; answers its id. */
export function addImage(registry: TestRegistry, name: string, layers: readonly Buffer[], diffIds?: readonly string[]) {
  const config = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      rootfs: { type: 'layers', diff_ids: diffIds ?? layers.map(digestOf) },
    }),
  )
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const layerType = 'application/vnd.oci.image.layer.v1.tar'
  const digest = registry.addManifest(name, {
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: registry.addBlob(config),
      size: config.length,
    },
    layers: layers.map((layer) => ({ mediaType: layerType, digest: registry.addBlob(layer), size: layer.length })),
  })
  return { id: digestOf(config).slice(7), digest }
}
