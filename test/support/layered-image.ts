// busybox with further layers on top, each an archive as the test made it: what no sane image builder would write can be loaded.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { busyboxArchive } from './busybox-image.ts'

export const layeredName = 'localhost/layered:latest'

/** A docker-archive in `folder`; answers its path. The layers are tars, the lowest first; `changes` are laid over the image's config. */
export function layeredImage(
  folder: string,
  layers: readonly Uint8Array[],
  { architecture, ...changes }: { architecture?: string; [member: string]: unknown } = {},
): string {
  const work = mkdtempSync(join(folder, 'layered-'))
  chmodSync(work, 0o755)
  execFileSync('tar', ['-C', work, '-xf', busyboxArchive(), 'layer.tar'])
  const files = ['layer.tar', ...layers.map((_, index) => `${index}.tar`)]
  for (const [index, bytes] of layers.entries()) writeFileSync(join(work, `${index}.tar`), bytes)
  const diffIds = files.map((file) => `sha256:${sha256(readFileSync(join(work, file)))}`)
  const config = JSON.stringify({
    architecture: architecture ?? (process.arch === 'arm64' ? 'arm64' : 'amd64'),
    os: 'linux',
    config: { Cmd: ['sh'], Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'], ...changes },
    rootfs: { type: 'layers', diff_ids: diffIds },
  })
  const name = `${sha256(config)}.json`
  writeFileSync(join(work, name), config)
  writeFileSync(join(work, 'manifest.json'), JSON.stringify([{ Config: name, RepoTags: [layeredName], Layers: files }]))
  const archive = join(work, 'layered.tar')
  execFileSync('tar', ['-C', work, '-cf', archive, 'manifest.json', name, ...files])
  return archive
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
