// Logging out: without lingering systemd ends the user's manager and every container with it; with it they stay.

import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isLingering, login } from './caller.ts'
import { check, equal, eventually, matches } from './check.ts'
import { status, tryRun } from './containers.ts'

export async function checkLinger(): Promise<void> {
  await check('linger: told once, at the first detached container', async () => {
    equal(isLingering(), false)
    await eventually('the manager of earlier sessions ends', () => !isManagerActive())
    const user = await login('hinted')
    const first = tryRun(user, ['-d', '--name', 'mortal'], 'sleep', '1000')
    equal(first.code, 0)
    matches(first.stderr, /loginctl enable-linger tester/)
    const second = tryRun(user, ['-d', '--name', 'other'], 'sleep', '1000')
    equal(second.stderr, '')
    // Neither the pause process nor a monitor keeps the session open.
    equal(processesIn(user.scope), '')
    await user.logout()
    await eventually("the user's manager ends", () => !isManagerActive())
  })
  await check('linger: after a logout without it containers are exited, and start again', async () => {
    const user = await login('later')
    equal(status(user, 'mortal'), 'exited')
    equal(user.ok('system', 'check'), '')
    user.ok('start', 'mortal')
    equal(status(user, 'mortal'), 'running')
    user.ok('rm', '-f', '-t', '0', 'mortal', 'other')
    await user.logout()
    await eventually("the user's manager ends", () => !isManagerActive())
  })
  await check('linger: with it a container outlives the logout, also where logouts kill', async () => {
    execFileSync('mkdir', ['-p', '/etc/systemd/logind.conf.d'])
    execFileSync('sh', ['-c', 'printf "[Login]\\nKillUserProcesses=yes\\n" >/etc/systemd/logind.conf.d/kill.conf'])
    execFileSync('systemctl', ['reload', 'systemd-logind'])
    const user = await login('leaving')
    // As root: nothing here lets an ordinary user do it for itself, for that takes polkit.
    execFileSync('loginctl', ['enable-linger', 'tester'])
    const flags = ['-d', '--name', 'lasting', '--network', 'slirp4netns', '--security-opt', 'seccomp=unconfined']
    const answer = user.try('run', ...flags, 'busybox', 'sleep', '1000')
    equal(answer.code, 0)
    equal(answer.stderr, '')
    equal(processesIn(user.scope), '')
    await user.logout()
    // systemd's UserStopDelaySec: without lingering the manager would end then.
    await new Promise((resolve) => setTimeout(resolve, 12_000))
    const again = await login('back')
    equal(status(again, 'lasting'), 'running')
    // The interface goes with the program that serves it.
    matches(again.ok('exec', 'lasting', 'ip', '-4', '-o', 'address'), /tap0/)
    again.ok('stop', '-t', '1', 'lasting')
    equal(status(again, 'lasting'), 'exited')
    again.ok('rm', 'lasting')
    equal(again.ok('system', 'check'), '')
    await again.logout()
  })
}

export function isManagerActive(): boolean {
  return spawnSync('systemctl', ['is-active', '--quiet', 'user@1000.service']).status === 0
}

/** But for the session's own leader. */
export function processesIn(scope: string): string {
  const pids = readFileSync(`/sys/fs/cgroup${scope}/cgroup.procs`, 'utf8').trim().split('\n')
  const names = pids.map((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim())
  return names.filter((name) => /gantry|monitor|node|runc|pasta|slirp4netns|aardvark/.test(name)).join(' ')
}
