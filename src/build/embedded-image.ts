// The image that needs no registry: libexec/gantry/hello.tar, a docker-archive of one layer with one static program. The same input
// makes the same bytes.

import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type Pack, pack } from 'tar-stream'
import { isNewer } from './newer.ts'

const name = 'localhost/gantry/hello:latest'
const created = '2026-01-01T00:00:00Z'

/** Does nothing when the archive is newer than the program. */
export async function makeEmbeddedImage(tree: string): Promise<void> {
  const folder = join(tree, 'libexec', 'gantry')
  const target = join(folder, 'hello.tar')
  if (isNewer(target, [join(folder, 'hello'), import.meta.filename])) return
  console.log('image hello.tar')
  const layer = await archive((tar) => {
    for (const path of ['dev/', 'etc/', 'proc/', 'run/', 'sys/', 'tmp/']) {
      tar.entry({ name: path, type: 'directory', mode: path === 'tmp/' ? 0o1777 : 0o755, mtime: new Date(created) })
    }
    addFile(tar, { name: 'hello', content: readFileSync(join(folder, 'hello')), mode: 0o755 })
    addFile(tar, { name: 'etc/passwd', content: Buffer.from('root:x:0:0:root:/:/hello\n'), mode: 0o644 })
  })
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      created,
      config: {
        Entrypoint: ['/hello'],
        Env: ['PATH=/'],
        WorkingDir: '/',
        Labels: { 'org.opencontainers.image.title': 'hello' },
      },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
      history: [{ created, created_by: 'gantry build', comment: 'the embedded image' }],
    }),
  )
  const manifest = [{ Config: `${sha256(config)}.json`, RepoTags: [name], Layers: [`${sha256(layer)}.tar`] }]
  const image = await archive((tar) => {
    addFile(tar, { name: `${sha256(config)}.json`, content: config, mode: 0o644 })
    addFile(tar, { name: `${sha256(layer)}.tar`, content: layer, mode: 0o644 })
    addFile(tar, { name: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)), mode: 0o644 })
  })
  const half = `${target}.${process.pid}.half`
  writeFileSync(half, image)
  renameSync(half, target)
}

interface Member {
  readonly name: string
  readonly content: Buffer
  readonly mode: number
}

function addFile(tar: Pack, { name: path, content, mode }: Member): void {
  tar.entry({ name: path, mode, mtime: new Date(created) }, content)
}

async function archive(fill: (tar: Pack) => void): Promise<Buffer> {
  const tar = pack()
  fill(tar)
  tar.finalize()
  return buffer(tar)
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
