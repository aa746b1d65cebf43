// What the host needs for the machine and its disks.

import { execFileSync, spawnSync } from 'node:child_process'

const packages = ['busybox-static', 'debootstrap', 'e2fsprogs', 'qemu-system-x86']

/** Installs what is missing of them. Idempotent. */
export function installHostPackages(): void {
  const missing = packages.filter((name) => {
    const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Status}', name], { encoding: 'utf8' })
    return !stdout.startsWith('install ok installed')
  })
  if (missing.length === 0) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, stdio: ['ignore', 2, 2] as ['ignore', number, number] }
  execFileSync('apt-get', ['-q', 'update'], options)
  // Somebody else may be installing something.
  const flags = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '--no-install-recommends']
  execFileSync('apt-get', ['install', ...flags, ...missing], options)
}
