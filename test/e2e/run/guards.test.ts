// What keeps an ordinary container away from the kernel, against podman's: 4.3.1 was asked side by side (454 system calls, capabilities, mounts:
// the same), what 5.5 masks beside is from containers/common#2375 and #2278. As a table, for podman need not be here.

import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { withAttack } from '../../support/attack.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName as busybox } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const world = busyboxBox()

/** By number, on x86-64; these two errors are what a profile gives. */
const refused = {
  uselib: 134,
  ustat: 136,
  sysfs: 139,
  pivot_root: 155,
  acct: 163,
  settimeofday: 164,
  swapon: 167,
  reboot: 169,
  iopl: 172,
  ioperm: 173,
  init_module: 175,
  delete_module: 176,
  quotactl: 179,
  lookup_dcookie: 212,
  clock_settime: 227,
  kexec_load: 246,
  add_key: 248,
  request_key: 249,
  migrate_pages: 256,
  vmsplice: 278,
  move_pages: 279,
  perf_event_open: 298,
  fanotify_init: 300,
  open_by_handle_at: 304,
  kcmp: 312,
  finit_module: 313,
  kexec_file_load: 320,
  bpf: 321,
  userfaultfd: 323,
  move_mount: 429,
  fsopen: 430,
  fsmount: 432,
  fspick: 433,
}
const allowed = { ptrace: 101, mount: 165, keyctl: 250, unshare: 272, setns: 308, getrandom: 318, clone3: 435 }
const errors = [1, 38]

test('system calls', async () => {
  if (process.arch !== 'x64') return
  const text = await world.box.ok(['run', '--rm', '--network', 'none', ...withAttack(), busybox, '/attack', 'calls'])
  const results = new Map(text.split('\n').map((line) => line.split(' ').map(Number) as [number, number]))
  const isRefused = (number: number) => errors.includes(results.get(number) ?? 0)
  expect(Object.entries(refused).filter(([, number]) => !isRefused(number))).toEqual([])
  expect(Object.entries(allowed).filter(([, number]) => isRefused(number))).toEqual([])
})

test('capabilities: the same eleven in effective, permitted and bounding set', async () => {
  const script = 'grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status | cut -f2'
  // As far as this machine has them to give.
  const own = BigInt(`0x${/^CapBnd:\t(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''}`)
  const full = (0x8004_05fbn & own).toString(16).padStart(16, '0')
  const nothing = '0'.repeat(16)
  expect((await world.out([], script)).split('\n')).toEqual([nothing, full, full, full, nothing, '0', '2'])
  expect((await world.out(['--user', '7'], script)).split('\n')).toEqual([
    nothing,
    nothing,
    nothing,
    full,
    nothing,
    '0',
    '2',
  ])
})

test('masked and read-only paths', async () => {
  const masked = [
    ...['acpi', 'interrupts', 'kcore', 'keys', 'latency_stats', 'sched_debug', 'scsi', 'timer_list', 'timer_stats'].map(
      (name) => `/proc/${name}`,
    ),
    ...['/sys/devices/virtual/powercap', '/sys/firmware', '/sys/fs/selinux'],
  ].filter((path) => existsSync(path))
  const readOnly = ['asound', 'bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map((name) => `/proc/${name}`)
  const there = readOnly.filter((path) => existsSync(path))
  const script = `for p in ${masked.join(' ')}; do if [ -d $p ]; then [ -z "$(ls -A $p)" ]; else [ -c $p ]; fi || echo open $p; done
    for p in ${there.join(' ')}; do grep -q "^[^ ]* $p proc ro," /proc/mounts || echo writable $p; done
    grep "^sysfs /sys " /proc/mounts | cut -d" " -f4 | grep -q "^ro," || echo writable /sys`
  expect(masked.length).toBeGreaterThan(4)
  expect(await world.out([], script)).toBe('')
  expect(await world.out(['--privileged'], script)).toContain('open /proc/interrupts')
})
