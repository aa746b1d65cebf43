// The image of the pull benchmark: 300 MB, 10,000 files, 6 gzip layers, half of it incompressible; pushed with skopeo.

import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const layerCount = 6
const filesPerLayer = 1667
const fileBytes = 30_000

export const testImageName = 'bench/big:latest'

/** The same without its top layer: who has that lacks only this one of the whole. */
export const testImageBelow = 'bench/big:below'

export function pushTestImage(folder: string, registry: string): void {
  const layout = join(folder, 'big')
  const blobs = join(layout, 'blobs', 'sha256')
  mkdirSync(blobs, { recursive: true })
  const layers = Array.from({ length: layerCount }, (_, index) => makeLayer(folder, blobs, index))
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  const manifests = [describeImage(blobs, 'latest', layers), describeImage(blobs, 'below', layers.slice(0, -1))]
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
  push(layout, 'latest', `${registry}/${testImageName}`)
  push(layout, 'below', `${registry}/${testImageBelow}`)
  rmSync(layout, { recursive: true })
}

function push(layout: string, name: string, to: string): void {
  execFileSync('skopeo', ['copy', '-q', '--dest-tls-verify=false', `oci:${layout}:${name}`, `docker://${to}`])
}

type Layer = ReturnType<typeof makeLayer>

function describeImage(blobs: string, name: string, layers: readonly Layer[]) {
  const config = putBlob(
    blobs,
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    }),
  )
  const manifest = putBlob(
    blobs,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: layers.map(({ digest, size }) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest,
        size,
      })),
    }),
  )
  return {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    ...manifest,
    annotations: { 'org.opencontainers.image.ref.name': name },
  }
}

function makeLayer(folder: string, blobs: string, index: number) {
  const tree = join(folder, `layer${index}`)
  for (let file = 0; file < filesPerLayer; file += 1) {
    const place = join(tree, `data${index}`, `d${file % 40}`)
    mkdirSync(place, { recursive: true })
    const noise = randomBytes(fileBytes / 2)
    writeFileSync(join(place, `f${file}`), Buffer.concat([noise, Buffer.alloc(fileBytes / 2, `${file} plain text `)]))
  }
  const tar = join(folder, `layer${index}.tar`)
  execFileSync('tar', ['--owner=0', '--group=0', '-C', tree, '-cf', tar, '.'])
  const diffId = `sha256:${hash(readFileSync(tar))}`
  execFileSync('gzip', ['-1', '-f', tar])
  const content = readFileSync(`${tar}.gz`)
  const blob = putBlob(blobs, content)
  rmSync(tree, { recursive: true })
  rmSync(`${tar}.gz`)
  return { diffId, ...blob }
}

function putBlob(blobs: string, content: string | Buffer): { digest: string; size: number } {
  const hex = hash(content)
  writeFileSync(join(blobs, hex), content)
  return { digest: `sha256:${hex}`, size: statSync(join(blobs, hex)).size }
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
