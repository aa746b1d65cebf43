// The virtual machine's disk: Debian 13 with systemd, cgroup v2 and an ordinary user, made once with debootstrap and kept in a
// folder named by the recipe: whoever changes this file, or what is added, gets a new image.

import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

const packages = [
  ...[
    'linux-image-cloud-amd64',
    'initramfs-tools',
    'systemd-sysv',
    'dbus',
    'dbus-user-session',
    'libpam-systemd',
    'udev',
  ],
  ...['runc', 'crun', 'uidmap', 'iproute2', 'procps', 'kmod', 'catatonit', 'busybox-static', 'ca-certificates'],
  ...['nftables', 'aardvark-dns', 'passt', 'slirp4netns', 'docker-registry'],
]
/** Without KVM each of these takes a second or more to start, and nothing here needs them. */
const masked = [
  ...[
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
    'dpkg-db-backup.timer',
    'fstrim.timer',
    'systemd-timesyncd.service',
  ],
  ...['e2scrub_reap.service', 'e2scrub_all.timer', 'systemd-tmpfiles-clean.timer', 'getty@tty1.service'],
  ...['ldconfig.service', 'systemd-hwdb-update.service', 'systemd-networkd.service', 'systemd-pcrphase.service'],
  ...['docker-registry.service', 'systemd-udev-trigger.service', 'serial-getty@ttyS0.service', 'run-lock.mount'],
  ...['modprobe@configfs.service', 'modprobe@drm.service', 'modprobe@efi_pstore.service', 'modprobe@fuse.service'],
  ...['dev-hugepages.mount', 'dev-mqueue.mount', 'sys-kernel-debug.mount', 'sys-kernel-tracing.mount'],
  ...['sys-kernel-config.mount', 'sys-fs-fuse-connections.mount', 'systemd-update-utmp.service'],
  ...['systemd-journal-catalog-update.service', 'systemd-update-done.service', 'systemd-random-seed.service'],
]

/** What a disk has beside the usual. */
export interface Addition {
  readonly packages: readonly string[]
  readonly masked: readonly string[]
}

export interface MachineImage {
  readonly disk: string
  readonly kernel: string
  readonly initrd: string
}

/**
 * Idempotent: an image that is there is used as it is; otherwise it takes some minutes and Debian's mirror.
 * What a killed call or an older recipe left is removed first.
 */
export function machineImage(cache: string, addition: Addition = { packages: [], masked: [] }): MachineImage {
  const recipe = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(JSON.stringify(addition))
    .digest('hex')
    .slice(0, 12)
  const folder = join(cache, recipe)
  const image = { disk: join(folder, 'disk.img'), kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd.img') }
  if (existsSync(image.disk) && existsSync(image.kernel) && existsSync(image.initrd)) return image
  removeOldRecipes(cache)
  mkdirSync(folder, { recursive: true })
  console.log('vm: making the disk; some minutes, once')
  const tree = mkdtempSync(join(folder, 'tree-'))
  bootstrap(tree, addition.packages)
  configure(tree, addition.masked)
  takeBootFile(tree, 'vmlinuz-', image.kernel)
  takeBootFile(tree, 'initrd.img-', image.initrd)
  makeDisk(tree, image.disk)
  rmSync(tree, { recursive: true })
  return image
}

/** An ext4 file system of the size (truncate's words) with the tree's content. Atomic. */
export function makeDisk(tree: string, disk: string, size = '3G'): void {
  const half = `${disk}.half`
  execFileSync('truncate', ['-s', size, half])
  execFileSync('mkfs.ext4', ['-q', '-F', '-d', tree, half], { stdio: ['ignore', 2, 2] })
  renameSync(half, disk)
}

function bootstrap(tree: string, added: readonly string[]): void {
  // Small and quick to unpack without KVM: only what the root disk needs.
  write(tree, 'etc/initramfs-tools/conf.d/gantry', 'MODULES=list\nCOMPRESS=lz4\nRESUME=none\nFSTYPE=ext4\n')
  write(tree, 'etc/initramfs-tools/modules', 'virtio_pci\nvirtio_blk\next4\n')
  const options = ['--variant=minbase', '--merged-usr', `--include=${[...packages, 'lz4', ...added].join(',')}`]
  quietly('debootstrap', ...options, 'trixie', tree, 'http://deb.debian.org/debian')
}

function configure(tree: string, added: readonly string[]): void {
  const inside = (...argv: string[]) => quietly('chroot', tree, ...argv)
  // The kernel's command line mounts the root; a line here would wait for udev.
  write(tree, 'etc/fstab', '')
  write(tree, 'etc/hostname', 'gantry-vm\n')
  write(tree, 'etc/hosts', '127.0.0.1 localhost gantry-vm\n')
  write(tree, 'etc/systemd/system/gantry-test.service', service)
  write(tree, 'etc/systemd/journald.conf.d/gantry.conf', '[Journal]\nStorage=persistent\nRateLimitIntervalSec=0\n')
  inside('systemd-machine-id-setup')
  inside('systemctl', 'enable', 'gantry-test.service')
  inside('systemctl', 'mask', ...masked, ...added)
  inside('useradd', '-m', '-s', '/bin/bash', '-u', '1000', 'tester')
  inside(
    'sh',
    '-c',
    'grep -q ^tester: /etc/subuid || usermod --add-subuids 100000-165535 --add-subgids 100000-165535 tester',
  )
  inside('sh', '-c', 'rm -rf /var/cache/apt/archives/*.deb /var/lib/apt/lists/* /usr/share/doc /usr/share/man')
}

/** The second disk brings what is to be run; the second serial line takes the report. Whatever happens, the machine ends. */
const service = `[Unit]
Description=Gantry's tests
After=multi-user.target systemd-logind.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'mount -o ro /dev/vdb /mnt && exec /mnt/guest.sh'
ExecStopPost=/bin/sh -c 'test -e /run/gantry-reboots || systemctl poweroff --force'
StandardOutput=journal+console
StandardError=journal+console
TimeoutStartSec=infinity
KillMode=process
[Install]
WantedBy=multi-user.target
`

function removeOldRecipes(cache: string): void {
  if (!existsSync(cache)) return
  for (const name of readdirSync(cache)) {
    if (/^[0-9a-f]{12}$/.test(name)) rmSync(join(cache, name), { recursive: true })
  }
}

function takeBootFile(tree: string, prefix: string, target: string): void {
  const boot = join(tree, 'boot')
  const name = readdirSync(boot).find((file) => file.startsWith(prefix))
  if (name === undefined) throw new Error(`no ${prefix}* in ${boot}`)
  execFileSync('cp', [join(boot, name), target])
}

function quietly(program: string, ...args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20 })
  if (status === 0) return
  throw new Error(
    `${program} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`,
  )
}

function write(tree: string, path: string, text: string): void {
  const file = join(tree, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, 0o644)
}
