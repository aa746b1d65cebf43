// Runs inside the virtual machine, as root, with systemd as process 1 and cgroup v2: what a host with cgroup v1 or without systemd
// cannot show. Comes by again after the reboot that it asks for.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { checkAutoUpdate } from './auto-update.ts'
import { checkBoot, prepareBoot } from './boot.ts'
import { login } from './caller.ts'
import { end, note } from './check.ts'
import { checkGenerated } from './generate-systemd.ts'
import { install } from './install.ts'
import { checkJournal } from './journal.ts'
import { makeLan } from './lan.ts'
import { checkLinger } from './linger.ts'
import { checkNetwork } from './network.ts'
import { checkRootlessNetwork } from './network-rootless.ts'
import { checkUnderlying } from './network-underlying.ts'
import { runPodmanTests } from './podman-tests.ts'
import { checkQuadlets, checkUserQuadlets } from './quadlet.ts'
import { checkReboot, prepareReboot } from './reboot.ts'
import { checkRoot } from './root.ts'
import { checkRootless } from './rootless.ts'
import { checkSystemd } from './systemd.ts'
import { systemManager, userManager } from './units.ts'

/** On the root disk: a second boot finds it. */
const rebooted = '/var/lib/gantry-vm/rebooted'

note(
  `Linux ${readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()}, up ${readFileSync('/proc/uptime', 'utf8').split('.')[0]} s`,
)
if (existsSync('/mnt/settings/podman')) {
  await runPodmanTests()
  end()
} else if (existsSync(rebooted)) {
  await checkBoot()
  await checkReboot()
  end()
} else {
  install()
  await checkRoot()
  await checkJournal()
  await checkSystemd()
  await checkQuadlets()
  await checkGenerated()
  await checkAutoUpdate(systemManager)
  await checkRootless()
  await checkLinger()
  await checkUserUnits()
  makeLan()
  await checkNetwork()
  await checkUnderlying()
  await checkRootlessNetwork()
  await prepareReboot()
  await prepareBoot()
  writeFileSync(rebooted, '')
  // Tells gantry-test.service that the machine is to come back.
  writeFileSync('/run/gantry-reboots', '')
  execFileSync('systemctl', ['reboot'])
}

async function checkUserUnits(): Promise<void> {
  const user = await login('units')
  const manager = userManager(user)
  await checkUserQuadlets(manager)
  await checkAutoUpdate(manager)
  await user.logout()
}
