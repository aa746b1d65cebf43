// Who calls Gantry: root, or the ordinary user in a login session of his.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { eventually } from './check.ts'
import { cgroupOfProcess } from './containers.ts'

/** Where `install` puts it. */
export const installation = '/usr/local/lib/gantry'
export const gantryProgram = `${installation}/bin/gantry`
const userId = 1000
const limitMs = 10 * 60_000

export interface Answer {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Caller {
  /** Any exit code. */
  try(...args: string[]): Answer
  /** Exit code 0 or a failure that shows everything; stdout without the last line end. */
  ok(...args: string[]): string
}

export interface Session extends Caller {
  /** systemd's scope of the session, below the cgroup root. */
  readonly scope: string
  /** A command of the user's, not Gantry's. */
  shell(script: string): Answer
  logout(): Promise<void>
}

export const root: Caller = caller((args) => [gantryProgram, ...args])

/**
 * A login of the user "tester", through PAM and so through systemd-logind. The session lasts until `logout`, or until the machine ends.
 * Each command moves itself into the session's scope, as if its shell had started it: a login a command takes seconds here.
 */
export async function login(unit: string): Promise<Session> {
  const options = ['--quiet', '--collect', `--unit=${unit}`, '-p', `User=tester`, '-p', 'PAMName=login']
  execFileSync('systemd-run', [...options, 'sleep', 'infinity'])
  const pid = () => execFileSync('systemctl', ['show', '-P', 'MainPID', unit], { encoding: 'utf8' }).trim()
  let scope = ''
  await eventually(`a session of ${unit}`, () => {
    scope = cgroupOfProcess(pid())
    return /\/session-[^/]+\.scope$/.test(scope) && existsSync(`/run/user/${userId}/bus`)
  })
  const enter = `echo $$ >/sys/fs/cgroup${scope}/cgroup.procs && exec setpriv --reuid=${userId} --regid=${userId} --init-groups "$@"`
  const words = (argv: string[]) => ['sh', '-c', enter, 'sh', 'env', '-i', ...userEnvironment(), ...argv]
  return {
    ...caller((args) => words([gantryProgram, ...args])),
    scope,
    shell: (script) => execute(words(['sh', '-c', script])),
    async logout() {
      execFileSync('systemctl', ['stop', unit])
      await eventually(
        'the session is closed',
        () => !sessionsOfUser().some((name) => scope.endsWith(`session-${name}.scope`)),
      )
    },
  }
}

export function isLingering(): boolean {
  return existsSync('/var/lib/systemd/linger/tester')
}

function sessionsOfUser(): string[] {
  const text = execFileSync('loginctl', ['list-sessions', '--no-legend'], { encoding: 'utf8' })
  return text.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? '')
}

function caller(words: (args: string[]) => string[]): Caller {
  return {
    try: (...args) => execute(words(args)),
    ok(...args) {
      const answer = execute(words(args))
      if (answer.code !== 0)
        throw new Error(`gantry ${args.join(' ')}: exit code ${answer.code}\n${answer.stdout}${answer.stderr}`)
      return answer.stdout.replace(/\n$/, '')
    },
  }
}

function execute([program = '', ...args]: string[]): Answer {
  const {
    status: code,
    stdout,
    stderr,
    error,
  } = spawnSync(program, args, { encoding: 'utf8', timeout: limitMs, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
  return { code, stdout, stderr: error === undefined ? stderr : `${stderr}${error.message}` }
}

function userEnvironment(): string[] {
  const runtime = `/run/user/${userId}`
  return [
    ...['USER=tester', 'LOGNAME=tester', 'HOME=/home/tester', 'SHELL=/bin/bash', 'LANG=C.UTF-8'],
    ...['PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games', `XDG_RUNTIME_DIR=${runtime}`],
    `DBUS_SESSION_BUS_ADDRESS=unix:path=${runtime}/bus`,
  ]
}
