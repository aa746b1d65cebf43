// Real Debian trees as docker-archives, made once per machine by debootstrap.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface DebianImage {
  /** Of the file that is kept, and of the image: `localhost/<name>:latest`. */
  readonly name: string
  /** Beside those of debootstrap's minbase. */
  readonly packages: readonly string[]
  /** What is left out, as patterns below the root folder. */
  readonly without?: readonly string[]
}

/** The path of a docker-archive of one layer, uncompressed. */
export function debianArchive({ name, packages, without = [] }: DebianImage): string {
  const archive = `/var/tmp/gantry-${name}.tar`
  if (existsSync(archive)) return archive
  const work = mkdtempSync(join(tmpdir(), 'gantry-debian-'))
  const tree = join(work, 'tree')
  const include = packages.length === 0 ? [] : [`--include=${packages.join(',')}`]
  execFileSync('debootstrap', ['--variant=minbase', ...include, 'bookworm', tree], { stdio: 'ignore' })
  const unneeded = ['var/cache/apt/archives/*.deb', ...without].join(' ')
  execFileSync('sh', ['-c', `cd ${tree} && rm -rf ${unneeded} && find var/lib/apt/lists -type f -delete`])
  packArchive(work, name)
  renameSync(join(work, 'archive.tar'), archive)
  rmSync(work, { recursive: true })
  return archive
}

function packArchive(work: string, name: string): void {
  const whole = ['--xattrs', '--xattrs-include=*', '--numeric-owner']
  execFileSync('tar', [...whole, '-C', join(work, 'tree'), '-cf', join(work, 'layer.tar'), '.'])
  const diffId = execFileSync('sha256sum', [join(work, 'layer.tar')], { encoding: 'utf8' }).split(' ')[0]
  const config = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Cmd: ['bash'], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
  }
  const manifest = [{ Config: 'config.json', RepoTags: [`localhost/${name}:latest`], Layers: ['layer.tar'] }]
  writeFileSync(join(work, 'config.json'), JSON.stringify(config))
  writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest))
  execFileSync('tar', ['-C', work, '-cf', join(work, 'archive.tar'), 'manifest.json', 'config.json', 'layer.tar'])
}
