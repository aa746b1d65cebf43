// The virtual machine's disk: Debian 13 with systemd, cgroup v2 and an ordinary user, made once with debootstrap and kept.

import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const packages = [
  'linux-image-cloud-amd64',
  'systemd-sysv',
  'dbus',
  'dbus-user-session',
  'libpam-systemd',
  'udev',
  'runc',
  'uidmap',
  'iproute2',
  'procps',
  'ca-certificates',
  'catatonit',
]

export interface MachineImage {
  readonly disk: string
  readonly kernel: string
  readonly initrd: string
}

/** Idempotent: an image that is there is used as it is. Takes about two minutes otherwise. */
export function machineImage(folder: string): MachineImage {
  const image = { disk: join(folder, 'disk.img'), kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd.img') }
  if (existsSync(image.disk)) return image
  mkdirSync(folder, { recursive: true })
  const tree = mkdtempSync(join(folder, 'tree-'))
  execFileSync('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, 'trixie', tree], {
    stdio: ['ignore', 2, 2],
  })
  configure(tree)
  const boot = join(tree, 'boot')
  for (const [prefix, target] of [
    ['vmlinuz-', image.kernel],
    ['initrd.img-', image.initrd],
  ] as const) {
    const name = readdirSync(boot).find((file) => file.startsWith(prefix))
    if (name === undefined) throw new Error(`no ${prefix}* in ${boot}`)
    execFileSync('cp', [join(boot, name), target])
  }
  const half = `${image.disk}.half`
  execFileSync('truncate', ['-s', '3G', half])
  execFileSync('mkfs.ext4', ['-q', '-F', '-d', tree, half])
  renameSync(half, image.disk)
  rmSync(tree, { recursive: true })
  return image
}

function configure(tree: string): void {
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(join(tree, path, '..'), { recursive: true })
    writeFileSync(join(tree, path), text)
    chmodSync(join(tree, path), mode)
  }
  write('etc/fstab', '/dev/vda / ext4 defaults 0 1\n')
  write('etc/hostname', 'gantry-vm\n')
  write(
    'etc/systemd/system/gantry-test.service',
    `[Unit]
After=multi-user.target systemd-logind.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'mount /dev/vdb /mnt && exec /mnt/guest.sh'
ExecStopPost=/bin/sh -c 'sync; umount /mnt; systemctl poweroff --force'
StandardOutput=journal+console
StandardError=journal+console
TimeoutStartSec=infinity
[Install]
WantedBy=multi-user.target
`,
  )
  execFileSync('chroot', [tree, 'systemctl', 'enable', 'gantry-test.service'])
  execFileSync('chroot', [tree, 'useradd', '-m', '-s', '/bin/bash', 'tester'])
  execFileSync('chroot', [
    tree,
    'sh',
    '-c',
    'grep -q ^tester: /etc/subuid || usermod --add-subuids 100000-165535 --add-subgids 100000-165535 tester',
  ])
  execFileSync('chroot', [tree, 'sh', '-c', 'mkdir -p /var/lib/systemd/linger && touch /var/lib/systemd/linger/tester'])
}
