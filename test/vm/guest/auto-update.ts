// auto-update of containers in services: the service is restarted with the newer image, and gets the old one back when that does not start.

import { check, equal } from './check.ts'
import { registryAddress, startRegistry } from './registry.ts'
import {
  expectNoContainers,
  type Manager,
  removeQuadlets,
  startUnit,
  states,
  stopUnit,
  writeQuadlets,
} from './units.ts'

const columns = ['--format', '{{.Unit}} {{.ContainerName}} {{.Policy}} {{.Updated}}']

export async function checkAutoUpdate(manager: Manager): Promise<void> {
  const { caller, who } = manager
  await check(`auto-update: ${who}: from a registry, back when the new image does not start`, async () => {
    await using _registry = await startRegistry()
    const image = `${registryAddress}/app:${who}`
    const push = () => caller.ok('push', '-q', '--tls-verify=false', 'localhost/next:1', image)
    const update = () => caller.ok('auto-update', '--tls-verify=false', ...columns)
    caller.ok('tag', 'busybox', 'localhost/next:1')
    push()
    await updated(manager, { image, policy: 'registry' }, () => {
      equal(update(), 'app.service systemd-app registry false')
      const old = imageOf(manager)
      makeNext(manager, 'echo 2 >/version')
      push()
      equal(update(), 'app.service systemd-app registry true')
      equal(caller.ok('exec', 'systemd-app', 'cat', '/version'), '2')
      const current = imageOf(manager)
      if (current === old) throw new Error(`the image is still ${old}`)
      makeNext(manager, 'rm /bin/sleep')
      push()
      equal(update(), 'app.service systemd-app registry rolled back')
      equal(imageOf(manager), current)
      equal(states(manager, 'app.service'), 'active')
    })
  })
  await check(`auto-update: ${who}: from the local store, back when the new image does not start`, async () => {
    const image = 'localhost/next:1'
    const update = () => caller.ok('auto-update', ...columns)
    caller.ok('tag', 'busybox', image)
    await updated(manager, { image, policy: 'local' }, () => {
      equal(update(), 'app.service systemd-app local false')
      makeNext(manager, 'echo 2 >/version')
      equal(update(), 'app.service systemd-app local true')
      const current = imageOf(manager)
      makeNext(manager, 'rm /bin/sleep')
      equal(update(), 'app.service systemd-app local rolled back')
      equal(imageOf(manager), current)
      equal(states(manager, 'app.service'), 'active')
    })
  })
}

interface Updated {
  readonly image: string
  readonly policy: 'registry' | 'local'
}

/** While a service runs the image. */
async function updated(manager: Manager, { image, policy }: Updated, body: () => void): Promise<void> {
  const { caller } = manager
  if (policy === 'registry') caller.ok('pull', '-q', '--tls-verify=false', image)
  writeQuadlets(manager, {
    'app.container': `[Container]
      Image=${image}
      AutoUpdate=${policy}
      Network=none
      StopTimeout=1
      Exec=/bin/sleep 1000`,
  })
  try {
    startUnit(manager, 'app.service')
    body()
    stopUnit(manager, 'app.service')
    expectNoContainers(manager)
  } finally {
    manager.systemctl('stop', 'app.service')
    removeQuadlets(manager)
    caller.try('rmi', '-f', image, 'localhost/next:1')
  }
}

function imageOf({ caller }: Manager): string {
  return caller.ok('inspect', '--format', '{{.Image}}', 'systemd-app')
}

/** The image of a container that has done something. */
function makeNext({ caller }: Manager, script: string): void {
  caller.ok('run', '--name', 'making', '--network', 'none', 'busybox', 'sh', '-c', script)
  caller.ok('commit', '-q', 'making', 'localhost/next:1')
  caller.ok('rm', 'making')
}
