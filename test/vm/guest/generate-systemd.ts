// Units of `generate systemd --new --files`: systemd makes the container or pod, knows its main process, and leaves nothing.

import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gantryProgram } from './caller.ts'
import { check, equal, eventually } from './check.ts'
import {
  expectNoContainers,
  type Manager,
  property,
  startUnit,
  states,
  stopUnit,
  systemManager,
  untilState,
} from './units.ts'

const sleeper = ['busybox', 'sh', '-c', 'trap "exit 0" TERM; sleep 1000 & wait']

export async function checkGenerated(): Promise<void> {
  const manager = systemManager
  const { caller } = manager
  await check('generate systemd: a container is made by its unit, again after it died, and gone with it', async () => {
    caller.ok('create', '--name', 'web', '--network', 'none', '--restart', 'always', ...sleeper)
    await using _units = generate(manager, 'web', 'container-web.service')
    caller.ok('rm', 'web')
    startUnit(manager, 'container-web.service')
    equal(states(manager, 'container-web.service'), 'active')
    const monitor = caller.ok('inspect', '--format', '{{.State.ConmonPid}}', 'web')
    equal(property(manager, 'container-web.service', 'MainPID'), monitor)
    caller.ok('kill', 'web')
    await eventually('another main process', () => {
      const pid = property(manager, 'container-web.service', 'MainPID')
      return states(manager, 'container-web.service') === 'active' && pid !== monitor && pid !== '0'
    })
    equal(caller.ok('ps', '--format', '{{.Names}}'), 'web')
    stopUnit(manager, 'container-web.service')
    equal(states(manager, 'container-web.service'), 'inactive')
    expectNoContainers(manager)
  })
  await check('generate systemd: a pod and its containers, each in a unit of its own', async () => {
    caller.ok('pod', 'create', '--name', 'shop', '--network', 'none')
    for (const name of ['one', 'two']) caller.ok('create', '--pod', 'shop', '--name', name, ...sleeper)
    const members = ['container-one.service', 'container-two.service']
    await using _units = generate(manager, 'shop', 'pod-shop.service', ...members)
    caller.ok('pod', 'rm', 'shop')
    startUnit(manager, 'pod-shop.service')
    for (const unit of members) await untilState(manager, unit, 'active')
    equal(caller.ok('pod', 'ps', '--format', '{{.Name}} {{.Status}} {{.NumberOfContainers}}'), 'shop Running 3')
    stopUnit(manager, 'container-one.service')
    equal(states(manager, 'pod-shop.service', ...members), 'active inactive active')
    stopUnit(manager, 'pod-shop.service')
    for (const unit of ['pod-shop.service', ...members]) await untilState(manager, unit, 'inactive')
    expectNoContainers(manager)
  })
}

/** The units' files, until the resource is disposed. */
function generate(manager: Manager, name: string, ...units: string[]): AsyncDisposable {
  mkdirSync(manager.units, { recursive: true })
  execFileSync(gantryProgram, ['generate', 'systemd', '--new', '--files', '--name', name], { cwd: manager.units })
  manager.systemctl('daemon-reload')
  return {
    async [Symbol.asyncDispose]() {
      manager.systemctl('stop', ...units)
      for (const unit of units) rmSync(join(manager.units, unit), { force: true })
      manager.systemctl('daemon-reload')
    },
  }
}
