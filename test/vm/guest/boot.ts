// What comes back by itself after a reboot: containers whose restart policy says so, by what `boot enable` left; and quadlets that are installed.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { login } from './caller.ts'
import { check, equal, eventually, matches } from './check.ts'
import { status } from './containers.ts'
import {
  type Manager,
  property,
  removeQuadlets,
  startUnit,
  stopUnit,
  systemManager,
  untilState,
  userManager,
  writeQuadlets,
} from './units.ts'

const entry = 'gantry-boot.service'
const policies = { always: 'always', kept: 'unless-stopped', left: 'unless-stopped', never: 'no' }

/** The user lingers from now on. */
export async function prepareBoot(): Promise<void> {
  await check('boot: enabled, with containers of each restart policy', () => prepare(systemManager))
  await check('boot: enabled by a user who lingers', async () => {
    execFileSync('loginctl', ['enable-linger', 'tester'])
    await prepare(userManager(await login('booting')))
  })
}

export async function checkBoot(): Promise<void> {
  await check('boot: its unit has started them, but for one that was stopped before', () => checkStarted(systemManager))
  await check("boot: so has the lingering user's", async () => {
    const user = await login('booted')
    await checkStarted(userManager(user))
    await user.logout()
  })
}

function prepare(manager: Manager): void {
  const { caller } = manager
  for (const [name, policy] of Object.entries(policies)) {
    const flags = ['--name', name, '--restart', policy, '--network', 'none', '--stop-timeout', '1']
    caller.ok('run', '-d', ...flags, 'busybox', 'sleep', '1000')
  }
  caller.ok('stop', 'left')
  const target = manager === systemManager ? 'multi-user.target' : 'default.target'
  writeQuadlets(manager, {
    'installed.container': `[Container]
      Image=localhost/busybox:latest
      Network=none
      StopTimeout=1
      Exec=sleep 1000
      [Install]
      WantedBy=${target}`,
  })
  startUnit(manager, 'installed.service')
  matches(caller.ok('boot', 'enable'), /gantry-boot\.service/)
}

async function checkStarted(manager: Manager): Promise<void> {
  const { caller } = manager
  // By the unit, or by the quadlet that was as fast: no command has been called yet.
  const mark = manager === systemManager ? '/run/gantry/boot' : '/run/user/1000/gantry/boot'
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  await eventually(
    'the start after the boot is done',
    () => existsSync(mark) && readFileSync(mark, 'utf8').trim() === bootId,
  )
  await untilState(manager, entry, 'active')
  equal(
    Object.keys(policies)
      .map((name) => status(caller, name))
      .join(' '),
    'running running exited exited',
  )
  await untilState(manager, 'installed.service', 'active')
  equal(status(caller, 'systemd-installed'), 'running')
  caller.ok('boot', 'disable')
  equal(property(manager, entry, 'UnitFileState'), '')
  stopUnit(manager, 'installed.service')
  removeQuadlets(manager)
  caller.ok('rm', '-f', '-t', '0', ...Object.keys(policies))
  equal(caller.ok('ps', '--format', '{{.Names}}'), '')
  equal(caller.ok('system', 'check'), '')
}
