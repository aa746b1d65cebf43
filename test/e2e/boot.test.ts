// What runs after a reboot: by the first command, and by what `boot enable` leaves with the init system.

import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { Box, Result } from '../support/box.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName as busybox } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay', 'systemd-analyze')
const boxed = busyboxBox()
const sleeper = ['--stop-signal', 'KILL', busybox, 'sleep', '1000']

describe('after a reboot', () => {
  test('the first command sets off, once, what its restart policy wants to run', async () => {
    const { box } = boxed
    await box.ok(['pod', 'create', '--name', 'shop', '--restart', 'always'])
    await box.ok(['run', '-d', '--pod', 'shop', '--name', 'member', ...sleeper])
    const policies = {
      always: 'always',
      kept: 'unless-stopped',
      left: 'unless-stopped',
      never: 'no',
      service: 'always',
    }
    for (const [name, policy] of Object.entries(policies)) {
      const env = name === 'service' ? { PODMAN_SYSTEMD_UNIT: 'x.service' } : {}
      await box.ok(['run', '-d', '--name', name, '--restart', policy, ...sleeper], { env })
    }
    await box.ok(['stop', 'left'])
    const later = await reboot(box)
    expect(await running(later)).toEqual([])
    for (const name of ['always', 'kept', 'member']) await later.ok(['wait', '--condition', 'running', name])
    await untilDone(later)
    expect(await running(later)).toEqual(['always', 'kept', 'member'])
    await later.ok(['stop', 'always'])
    expect(await later.ok(['boot', 'start'])).toBe('')
    expect(await running(later)).toEqual(['kept', 'member'])
    const status = await later.try(['boot', 'status'])
    expect(status.stdout).toMatch(/^since the last boot: done\n(.*\n)*always: always\n(.*\n)*kept: unless-stopped\n/m)
    await later.ok(['pod', 'rm', '-f', 'shop'])
    await later.ok(['rm', '-f', ...Object.keys(policies)])
  })

  test('boot start names what it starts, and what it cannot', async () => {
    const { box } = boxed
    await box.ok(['run', '-d', '--name', 'good', '--restart', 'always', ...sleeper])
    const gone = join(box.folder, 'gone')
    execFileSync('mkdir', [gone])
    await box.ok(['run', '-d', '--name', 'bad', '--restart', 'always', '-v', `${gone}:/gone`, ...sleeper])
    const later = await reboot(box)
    execFileSync('rmdir', [gone])
    const { code, stdout, stderr } = await later.try(['boot', 'start'])
    expect([code, stdout, stderr]).toEqual([125, 'good\n', expect.stringContaining('/gone')])
    await later.ok(['rm', '-f', 'good', 'bad'])
  })
})

describe('boot enable', () => {
  test.each([
    ['systemd', 'mkdir -p /run/systemd/system', '/etc/systemd/system', 'multi-user.target.wants'],
    ['OpenRC', 'mkdir -p /run/openrc', '/etc', 'runlevels/default'],
  ])(
    'writes what %s needs, twice the same, and boot disable takes just that away',
    (system, prepare, folder, links) => {
      const { box } = boxed
      const script = `set -e
      mount -t tmpfs tmpfs /run; ${prepare}; mount -t tmpfs tmpfs ${folder}; : > ${folder}/other
      gantry() { ${box.argv.join(' ')} "$@"; }
      ! gantry boot status
      gantry boot enable; gantry boot enable; gantry boot status
      echo ---; cd ${folder}; find . -name 'gantry*' | sort; readlink ${links}/gantry*
      echo ---; cat "$(readlink ${links}/gantry*)"
      echo ---; gantry boot disable; gantry boot disable; find . -not -type d`
      const [enabled = '', files = '', text = '', disabled = ''] = isolated(box, script).split('---\n')
      expect(enabled).toMatch(new RegExp(`^disabled\n(.*\n)*(enabled by ${system}: .*\n)+`))
      expect(files.trim().split('\n')).toHaveLength(3)
      expect(text).toContain(`--root=${box.root}`)
      expect(disabled).toBe(`removed from ${system}: ${files.trim().split('\n')[2]}\n./other\n`)
      if (system !== 'systemd') return
      const unit = join(box.folder, 'gantry-boot.service')
      writeFileSync(unit, text)
      execFileSync('systemd-analyze', ['verify', '--man=no', unit], { stdio: 'pipe' })
    },
  )

  test('adds a line to the crontab where there is neither, and removes it', () => {
    const { box } = boxed
    const table = join(box.folder, 'crontab.txt')
    writeFileSync(table, '# mine\n5 * * * * true\n')
    writeFileSync(
      join(box.folder, 'crontab'),
      `#!/bin/sh\nif [ "$1" = -l ]; then cat ${table}; else cat > ${table}.new; mv ${table}.new ${table}; fi\n`,
      { mode: 0o755 },
    )
    const gantry = `PATH=${box.folder}:$PATH ${box.argv.join(' ')}`
    isolated(
      box,
      `set -e; mount -t tmpfs tmpfs /run; ${gantry} boot enable; ${gantry} boot enable; ${gantry} boot status`,
    )
    const lines = readFileSync(table, 'utf8').split('\n')
    expect(lines).toEqual([
      '# mine',
      '5 * * * * true',
      expect.stringMatching(/^@reboot .* boot start # gantry-boot-/),
      '',
    ])
    isolated(box, `mount -t tmpfs tmpfs /run; ${gantry} boot disable`)
    expect(readFileSync(table, 'utf8')).toBe('# mine\n5 * * * * true\n')
  })

  test('leaves a file that is not its own', () => {
    const { box } = boxed
    const script = `mount -t tmpfs tmpfs /run; mkdir -p /run/systemd/system; mount -t tmpfs tmpfs /etc/systemd/system
      gantry() { ${box.argv.join(' ')} "$@"; }
      gantry boot enable; unit=$(echo /etc/systemd/system/gantry-boot*); echo foreign > $unit
      gantry boot enable; echo $?; gantry boot disable; cat $unit`
    const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], { encoding: 'utf8', env: envOf(box) })
    expect(stderr).toContain('is there, and not written by Gantry')
    expect(stdout.split('\n').slice(1)).toEqual(['125', 'foreign', ''])
  })
})

interface Later {
  ok(args: readonly string[]): Promise<string>
  try(args: readonly string[]): Promise<Result>
}

/** All that runs is gone at once, and the commands that are called by what this returns see another boot. */
async function reboot(box: Box): Promise<Later> {
  for (const id of (await box.ok(['ps', '-q', '--no-trunc'])).split('\n')) {
    const started = readFileSync(join(box.run, 'containers', id, 'started.json'), 'utf8')
    const { pid } = JSON.parse(started) as { pid: number }
    const monitor = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[3])
    for (const each of [monitor, pid]) process.kill(each, 'SIGKILL')
  }
  const file = join(box.folder, `boot-${crypto.randomUUID()}`)
  writeFileSync(file, `${crypto.randomUUID()}\n`)
  // A check behind each would be one of this boot.
  const options = { env: { GANTRY_BOOT_ID_FILE: file }, isChecked: false }
  return { ok: async (args) => box.ok(args, options), try: async (args) => box.try(args, options) }
}

async function running(later: Later): Promise<string[]> {
  const names = (await later.ok(['ps', '--format', '{{.Names}}', '--filter', 'status=running'])).split('\n')
  return names.filter((name) => name !== '' && !name.endsWith('-infra')).sort()
}

async function untilDone(later: Later): Promise<void> {
  while (!(await later.try(['boot', 'status'])).stdout.includes('since the last boot: done')) continue
}

/** In mounts of its own; its stdout, when it ended well. */
function isolated(box: Box, script: string): string {
  return execFileSync('unshare', ['-m', 'sh', '-c', script], { encoding: 'utf8', env: envOf(box) })
}

function envOf(box: Box): NodeJS.ProcessEnv {
  return { ...process.env, ...box.env }
}
