// Quadlets under a real systemd: the generator makes services of them, which come in order, are up when they say so, and leave nothing.

import { check, equal, eventually, matches } from './check.ts'
import { scopes } from './containers.ts'
import { registryAddress, startRegistry } from './registry.ts'
import {
  expectNoContainers,
  type Manager,
  property,
  removeQuadlets,
  startUnit,
  states,
  stopUnit,
  systemManager,
  untilState,
  writeQuadlets,
} from './units.ts'

const sleeper = `Image=localhost/busybox:latest
Network=none
Exec=sh -c 'trap "exit 0" TERM; echo says hello; sleep 1000 & wait'
StopTimeout=1`

export async function checkQuadlets(): Promise<void> {
  const manager = systemManager
  await checkSources(manager)
  await checkContainer(manager)
  await checkHealth(manager)
  await checkFailure(manager)
  await checkPods(manager)
  await checkBuild(manager)
  await checkKube(manager)
  await checkRest(manager)
}

/** What a user's manager does otherwise than the machine's. */
export async function checkUserQuadlets(manager: Manager): Promise<void> {
  await checkContainer(manager)
  await checkHealth(manager)
  await checkPods(manager)
  await checkKube(manager)
  await checkRest(manager)
}

async function checkSources(manager: Manager): Promise<void> {
  await quadletCheck(
    manager,
    'a .volume, a .network and an .image come before the container that names them',
    async () => {
      const { caller } = manager
      await using _registry = await startRegistry()
      const image = `${registryAddress}/base:1`
      caller.ok('push', '-q', '--tls-verify=false', 'busybox', image)
      writeQuadlets(manager, {
        'data.volume': '[Volume]\nLabel=from=quadlet\n',
        'inner.network': '[Network]\nSubnet=10.99.1.0/24\nDisableDNS=true\n',
        'base.image': `[Image]\nImage=${image}\nTLSVerify=false\n`,
        'web.container': `[Container]
        Image=base.image
        Volume=data.volume:/data
        Network=inner.network:ip=10.99.1.7
        StopTimeout=1
        Exec=sh -c 'ip -4 -o address show eth0 >/data/address; exec sleep 1000'`,
      })
      startUnit(manager, 'web.service')
      const sources = ['data-volume.service', 'inner-network.service', 'base-image.service']
      equal(states(manager, 'web.service', ...sources), 'active active active active')
      matches(caller.ok('exec', 'systemd-web', 'cat', '/data/address'), /10\.99\.1\.7\/24/)
      equal(caller.ok('volume', 'inspect', '--format', '{{.Labels.from}}', 'systemd-data'), 'quadlet')
      stopUnit(manager, 'web.service', ...sources)
      expectNoContainers(manager)
      caller.ok('volume', 'rm', 'systemd-data')
      caller.ok('network', 'rm', 'systemd-inner')
      caller.ok('rmi', image)
    },
  )
}

async function checkContainer(manager: Manager): Promise<void> {
  await quadletCheck(manager, 'a .container lives in its service, and systemd makes another when it dies', async () => {
    const { caller } = manager
    writeQuadlets(manager, {
      'web.container': `[Container]\n${sleeper}\nLogDriver=journald\n[Service]\nRestart=always\n`,
    })
    startUnit(manager, 'web.service')
    equal(states(manager, 'web.service'), 'active')
    const group = property(manager, 'web.service', 'ControlGroup')
    matches(group, /\/web\.service$/)
    equal(
      property(manager, 'web.service', 'MainPID'),
      caller.ok('inspect', '--format', '{{.State.ConmonPid}}', 'systemd-web'),
    )
    matches(manager.journal('web.service'), /^says hello$/m)
    const first = caller.ok('inspect', '--format', '{{.Id}}', 'systemd-web')
    caller.ok('kill', 'systemd-web')
    await eventually('another container', () => {
      const { stdout } = caller.try('inspect', '--format', '{{.Id}} {{.State.Status}}', 'systemd-web')
      return !stdout.startsWith(first) && stdout.endsWith(' running\n')
    })
    await untilState(manager, 'web.service', 'active')
    stopUnit(manager, 'web.service')
    equal(states(manager, 'web.service'), 'inactive')
    equal(property(manager, 'web.service', 'Result'), 'success')
    expectNoContainers(manager)
  })
}

async function checkHealth(manager: Manager): Promise<void> {
  await quadletCheck(manager, 'Notify=healthy waits for the first good check', () => {
    writeQuadlets(manager, {
      'slow.container': `[Container]
        Image=localhost/busybox:latest
        Network=none
        StopTimeout=1
        HealthCmd=test -e /ready
        HealthInterval=2s
        Notify=healthy
        Exec=sh -c 'sleep 6; touch /ready; exec sleep 1000'`,
    })
    startUnit(manager, 'slow.service')
    const health = ['inspect', '--format', '{{.State.Health.Status}}', 'systemd-slow']
    equal(manager.caller.ok(...health), 'healthy')
    stopUnit(manager, 'slow.service')
    expectNoContainers(manager)
  })
}

async function checkFailure(manager: Manager): Promise<void> {
  await quadletCheck(manager, "a container's exit code is its service's", async () => {
    const failing = sleeper.replace(/^Exec=.*$/m, "Exec=sh -c 'sleep 1; exit 42'")
    writeQuadlets(manager, {
      'failing.container': `[Container]\n${failing}\n`,
      'once.container': `[Container]\n${failing}\n[Service]\nType=oneshot\n`,
    })
    manager.systemctl('start', 'failing.service')
    await untilState(manager, 'failing.service', 'failed')
    equal(property(manager, 'failing.service', 'ExecMainStatus'), '42')
    equal(manager.systemctl('start', 'once.service').code, 1)
    equal(property(manager, 'once.service', 'ExecMainStatus'), '42')
    expectNoContainers(manager)
  })
}

async function checkPods(manager: Manager): Promise<void> {
  await quadletCheck(manager, 'a .pod and its containers come and go together', async () => {
    const { caller } = manager
    writeQuadlets(manager, {
      'shop.pod': '[Pod]\nNetwork=none\n',
      'one.container': `[Container]\n${sleeper.replace('Network=none\n', '')}\nPod=shop.pod\n`,
      'two.container': `[Container]\n${sleeper.replace('Network=none\n', '')}\nPod=shop.pod\n`,
    })
    startUnit(manager, 'shop-pod.service')
    for (const unit of ['one.service', 'two.service']) await untilState(manager, unit, 'active')
    equal(caller.ok('ps', '--pod', '--sort', 'names', '--format', '{{.Names}} {{.PodName}}').split('\n').length, 3)
    stopUnit(manager, 'shop-pod.service')
    equal(states(manager, 'shop-pod.service', 'one.service', 'two.service'), 'inactive inactive inactive')
    expectNoContainers(manager)
  })
}

async function checkBuild(manager: Manager): Promise<void> {
  await quadletCheck(manager, 'a .build is built before its container runs', () => {
    const { caller } = manager
    writeQuadlets(manager, {
      Containerfile: 'FROM localhost/busybox:latest\nRUN echo built >/said\nCMD ["sleep", "1000"]\n',
      'made.build': '[Build]\nImageTag=localhost/made:1\nSetWorkingDirectory=unit\nNetwork=none\n',
      'made.container': '[Container]\nImage=made.build\nNetwork=none\nStopTimeout=1\n',
    })
    startUnit(manager, 'made.service')
    equal(caller.ok('exec', 'systemd-made', 'cat', '/said'), 'built')
    stopUnit(manager, 'made.service')
    expectNoContainers(manager)
    caller.ok('rmi', 'localhost/made:1')
  })
}

async function checkKube(manager: Manager): Promise<void> {
  await quadletCheck(manager, 'a .kube plays its file, and takes it down', () => {
    writeQuadlets(manager, { 'play.kube': '[Kube]\nYaml=play.yaml\nNetwork=none\n', 'play.yaml': manifest })
    startUnit(manager, 'play.service')
    equal(states(manager, 'play.service'), 'active')
    equal(manager.caller.ok('exec', 'played-main', 'echo', 'here'), 'here')
    stopUnit(manager, 'play.service')
    equal(states(manager, 'play.service'), 'inactive')
    expectNoContainers(manager)
  })
}

const manifest = `apiVersion: v1
kind: Pod
metadata: { name: played }
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - { name: main, image: localhost/busybox, imagePullPolicy: Never, command: [sleep, "1000"] }
`

async function checkRest(manager: Manager): Promise<void> {
  await check(`quadlet: ${manager.who}: nothing is left`, async () => {
    expectNoContainers(manager)
    equal(manager.caller.ok('system', 'check'), '')
    if (manager.who === 'root') await eventually('no scope is left', () => scopes('system').length === 0)
  })
}

/** Whatever it comes to, its services are ended and its files taken away. */
async function quadletCheck(manager: Manager, name: string, body: () => void | Promise<void>): Promise<void> {
  await check(`quadlet: ${manager.who}: ${name}`, async () => {
    try {
      await body()
    } finally {
      manager.systemctl('stop', 'web.service', 'slow.service', 'shop-pod.service', 'made.service', 'play.service')
      removeQuadlets(manager)
    }
  })
}
