// A real image of a few files: Debian's busybox-static as a docker-archive, made once per machine and test run.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const busyboxName = 'localhost/busybox:latest'

/** Path of the archive. Its mode lets every user read it. */
export function busyboxArchive(): string {
  const archive = join(tmpdir(), `gantry-busybox-${process.getuid?.()}.tar`)
  if (existsSync(archive)) return archive
  const work = mkdtempSync(join(tmpdir(), 'gantry-busybox-'))
  makeTree(join(work, 'tree'))
  const layer = join(work, 'layer.tar')
  execFileSync('tar', [
    '--sort=name',
    '--mtime=@1700000000',
    '--owner=0',
    '--group=0',
    '-C',
    join(work, 'tree'),
    '-cf',
    layer,
    '.',
  ])
  const diffId = sha256(readFileSync(layer))
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '2023-11-14T22:13:20Z',
    config: { Cmd: ['sh'], Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
    history: [{ created: '2023-11-14T22:13:20Z', created_by: 'busybox' }],
  })
  writeFileSync(join(work, `${sha256(config)}.json`), config)
  writeFileSync(
    join(work, 'manifest.json'),
    JSON.stringify([{ Config: `${sha256(config)}.json`, RepoTags: [busyboxName], Layers: ['layer.tar'] }]),
  )
  execFileSync('tar', [
    '-C',
    work,
    '-cf',
    join(work, 'image.tar'),
    'manifest.json',
    `${sha256(config)}.json`,
    'layer.tar',
  ])
  execFileSync('chmod', ['0644', join(work, 'image.tar')])
  renameSync(join(work, 'image.tar'), archive)
  rmSync(work, { recursive: true })
  return archive
}

/** An unpacked busybox root file system at `folder`. */
export function makeTree(folder: string): void {
  for (const path of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'run', 'root', 'var', 'home'])
    mkdirSync(join(folder, path), { recursive: true })
  copyFileSync('/bin/busybox', join(folder, 'bin/busybox'))
  for (const applet of execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).split('\n')) {
    if (applet !== '' && applet !== 'busybox') symlinkSync('busybox', join(folder, 'bin', applet))
  }
  linkSync(join(folder, 'bin/busybox'), join(folder, 'bin/busybox.hard'))
  writeFileSync(
    join(folder, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\nuser:x:1000:1000:user:/home:/bin/sh\n',
  )
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\nnobody:x:65534:\nuser:x:1000:\n')
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
