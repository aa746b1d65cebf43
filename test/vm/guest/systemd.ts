// systemd as a container's first process, from the guest's own /usr: it comes up, has its services in control groups of its own, and
// halts when it is stopped.

import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './caller.ts'
import { check, equal, eventually, matches } from './check.ts'

const tree = '/srv/systemd-root'
const probe = join(tree, 'var/probe')

export async function checkSystemd(): Promise<void> {
  await check('systemd: runs as the first process of a container, and halts when it is stopped', async () => {
    makeTree()
    root.ok('run', '-d', '--name', 'init', '--network', 'none', '--rootfs', tree, '/usr/lib/systemd/systemd')
    try {
      await eventually('its service has run', () => existsSync(probe) && readFileSync(probe, 'utf8').includes('end'))
      matches(readFileSync(probe, 'utf8'), /^podman\n0::\/system\.slice\/probe\.service\nend\n$/)
      equal(root.ok('inspect', '--format', '{{.Config.SystemdMode}} {{.Config.StopSignal}}', 'init'), 'true SIGRTMIN+3')
      root.ok('stop', '-t', '240', 'init')
      equal(root.ok('inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', 'init'), 'exited 0')
    } finally {
      root.ok('rm', '-f', '-t', '0', 'init')
      execFileSync('umount', [join(tree, 'usr')])
    }
  })
}

function makeTree(): void {
  for (const name of ['usr', 'proc', 'sys', 'dev', 'run', 'tmp', 'root', 'var/log', 'etc/systemd/system'])
    mkdirSync(join(tree, name), { recursive: true })
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(tree, name))
  execFileSync('mount', ['--bind', '/usr', join(tree, 'usr')])
  for (const name of ['passwd', 'group', 'ld.so.cache', 'nsswitch.conf'])
    copyFileSync(`/etc/${name}`, join(tree, 'etc', name))
  symlinkSync('../usr/lib/os-release', join(tree, 'etc/os-release'))
  writeFileSync(join(tree, 'etc/machine-id'), '')
  const units = join(tree, 'etc/systemd/system')
  writeFileSync(join(units, 'probe.target'), '[Unit]\nRequires=probe.service\nAfter=probe.service\n')
  symlinkSync('probe.target', join(units, 'default.target'))
  writeFileSync(
    join(units, 'probe.service'),
    `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c "${script}"\n`,
  )
}

const script = '{ systemd-detect-virt; cat /proc/self/cgroup; echo end; } >/var/probe'
