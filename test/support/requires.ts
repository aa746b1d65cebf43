// What a test needs of the machine. Locally a test that lacks it is skipped with the reason; in CI that is a failure.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'vitest'

const needs = {
  root: () => process.getuid?.() === 0,
  runc: () => hasProgram('runc'),
  podman: () => hasProgram('podman'),
  buildah: () => hasProgram('buildah'),
  umoci: () => hasProgram('umoci'),
  'oci-image-tool': () => hasProgram('oci-image-tool'),
  nft: () => hasProgram('nft') && hasProgram('ip') && hasProgram('curl'),
  'aardvark-dns': () => existsSync('/usr/lib/podman/aardvark-dns'),
  pasta: () => hasProgram('pasta'),
  slirp4netns: () => hasProgram('slirp4netns'),
  bash: () => hasProgram('bash'),
  zsh: () => hasProgram('zsh'),
  fish: () => hasProgram('fish'),
  skopeo: () => hasProgram('skopeo'),
  sshd: () => existsSync('/usr/sbin/sshd') && hasProgram('ssh'),
  gpg: () => hasProgram('gpg') && hasProgram('gpgconf'),
  htpasswd: () => hasProgram('htpasswd'),
  openssl: () => hasProgram('openssl'),
  strace: () => hasProgram('strace'),
  valgrind: () => hasProgram('valgrind'),
  'docker-registry': () => hasProgram('docker-registry'),
  'fuse-overlayfs': () => hasProgram('fuse-overlayfs') && existsSync('/dev/fuse'),
  'loop devices': () => existsSync('/dev/loop-control'),
  'systemd-analyze': () => hasProgram('systemd-analyze'),
  overlay: () => readFileSync('/proc/filesystems', 'utf8').includes('overlay'),
} as const

export type Need = keyof typeof needs

/** `requires('root', 'runc')('name', async () => …)` */
export function requires(...wanted: Need[]) {
  const lacking = wanted.filter((need) => !needs[need]())
  if (lacking.length === 0) return test
  if (process.env['CI'] !== undefined) throw new Error(`this machine lacks: ${lacking.join(', ')}`)
  return test.skip
}

function hasProgram(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
