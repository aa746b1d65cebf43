// An ordinary user's containers and their way out, while he is logged in and afterwards.

import { execFileSync, spawnSync } from 'node:child_process'
import { login, type Session } from './caller.ts'
import { check, equal, eventually, matches } from './check.ts'
import { ask, askFrom, cheap, host, isAnswered, neighbour, serveAs } from './lan.ts'
import { isManagerActive, processesIn } from './linger.ts'

const helpers = ['pasta', 'slirp4netns', 'aardvark-dns']
const servers = [
  ['by-pasta', 8081, ['--network', 'pasta']],
  ['by-slirp', 8082, ['--network', 'slirp4netns']],
  ['by-bridge', 8083, ['--network', 'own']],
] as const

export async function checkRootlessNetwork(): Promise<void> {
  execFileSync('loginctl', ['disable-linger', 'tester'])
  await eventually('the manager of earlier sessions ends', () => !isManagerActive())
  const user = await login('network')
  await check(
    'network: rootless pasta, slirp4netns and a bridge lead out, publish ports, and keep who the client is',
    () => checkServers(user),
  )
  await check('network: rootless bridges know names', () => {
    matches(askFrom(user, 'own', 'by-bridge'), /^10\.89\.\d+\.\d+$/)
  })
  await check('network: rootless macvlan is refused with what to do instead', () => {
    user.ok('network', 'create', '-d', 'macvlan', '-o', 'parent=parent0', '--subnet', '10.70.0.0/24', 'lan')
    const { code, stderr } = user.try('run', '--rm', '--network', 'lan', ...cheap, 'busybox', 'true')
    matches(stderr, /parent interface parent0 of network lan does not exist[\s\S]*do not see the host's interfaces/)
    equal(code, 126)
    user.ok('network', 'rm', 'lan')
  })
  await check('network: rootless helpers are not in the login session', () => equal(processesIn(user.scope), ''))
  await check('network: rootless helpers end with a logout, and a later start connects anew', async () => {
    await user.logout()
    await eventually("the user's manager ends", () => !isManagerActive())
    equal(helpersAlive(), '')
    await checkLingering()
  })
}

async function checkServers(user: Session): Promise<void> {
  user.ok('network', 'create', 'own')
  for (const [name, port, flags] of servers) serveAs(user, name, ...flags, '-p', `${port}:80`)
  for (const [name, port] of servers) {
    await isAnswered('lan', `${host.ipv4}:${port}`, neighbour.ipv4)
    equal(ask('host', `127.0.0.1:${port}`) === 'nobody', false)
    const script = `timeout 10 wget -qO- http://${neighbour.beyond}/cgi-bin/who`
    matches(user.ok('exec', name, 'sh', '-c', script), new RegExp(host.ipv4.replaceAll('.', '\\.')))
  }
}

async function checkLingering(): Promise<void> {
  const names = servers.map(([name]) => name)
  const user = await login('network-again')
  equal(user.ok('system', 'check'), '')
  execFileSync('loginctl', ['enable-linger', 'tester'])
  user.ok('start', ...names)
  await user.logout()
  // systemd's UserStopDelaySec: without lingering the manager would end then.
  await new Promise((resolve) => setTimeout(resolve, 12_000))
  for (const [, port] of servers) await isAnswered('lan', `${host.ipv4}:${port}`, neighbour.ipv4)
  const back = await login('network-back')
  matches(askFrom(back, 'own', 'by-bridge'), /^10\.89\.\d+\.\d+$/)
  back.ok('rm', '-f', '-t', '0', ...names)
  back.ok('network', 'rm', 'own')
  equal(back.ok('system', 'check'), '')
  equal(helpersAlive(), '')
  await back.logout()
}

function helpersAlive(): string {
  return helpers.filter((name) => spawnSync('pgrep', ['-f', `(^|/)${name}`]).status === 0).join(' ')
}
