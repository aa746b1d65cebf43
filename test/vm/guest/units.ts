// systemd's two managers, as the checks talk to them: the machine's, and that of a user who is logged in.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, type Caller, root, type Session } from './caller.ts'
import { eventually } from './check.ts'

export interface Manager {
  /** Begins the names of its checks. */
  readonly who: string
  readonly caller: Caller
  /** Where its quadlets lie, and its other units. */
  readonly quadlets: string
  readonly units: string
  systemctl(...words: string[]): Answer
  /** What a unit wrote. */
  journal(unit: string): string
}

export const systemManager: Manager = {
  who: 'root',
  caller: root,
  quadlets: '/etc/containers/systemd',
  units: '/etc/systemd/system',
  systemctl(...words) {
    const { status: code, stdout, stderr } = spawnSync('systemctl', words, { encoding: 'utf8' })
    return { code, stdout, stderr }
  },
  journal: (unit) => execFileSync('journalctl', ['-o', 'cat', '-u', unit], { encoding: 'utf8' }),
}

export function userManager(user: Session): Manager {
  return {
    who: 'rootless',
    caller: user,
    quadlets: '/home/tester/.config/containers/systemd',
    units: '/home/tester/.config/systemd/user',
    systemctl: (...words) => user.shell(`systemctl --user ${words.join(' ')}`),
    journal: (unit) => user.shell(`journalctl --user -o cat --user-unit ${unit}`).stdout,
  }
}

/** Files of the manager's, which reads them. */
export function writeQuadlets(manager: Manager, files: Readonly<Record<string, string>>): void {
  mkdirSync(manager.quadlets, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(manager.quadlets, name), text)
  if (manager.who === 'rootless') execFileSync('chown', ['-R', 'tester:', '/home/tester/.config'])
  expectSuccess(manager.systemctl('daemon-reload'), 'daemon-reload')
}

/** And their services are unknown again. */
export function removeQuadlets(manager: Manager): void {
  rmSync(manager.quadlets, { recursive: true, force: true })
  manager.systemctl('daemon-reload')
  manager.systemctl('reset-failed')
}

/** Fails with what the service wrote. */
export function startUnit(manager: Manager, unit: string): void {
  const answer = manager.systemctl('start', unit)
  if (answer.code === 0) return
  throw new Error(`start ${unit}: ${answer.stderr}${manager.systemctl('status', unit).stdout}${manager.journal(unit)}`)
}

export function stopUnit(manager: Manager, ...units: string[]): void {
  expectSuccess(manager.systemctl('stop', ...units), `stop ${units.join(' ')}`)
}

/** `ActiveState`, or any other property. */
export function property(manager: Manager, unit: string, name: string): string {
  return manager.systemctl('show', '-P', name, unit).stdout.trim()
}

export function states(manager: Manager, ...units: string[]): string {
  return units.map((unit) => property(manager, unit, 'ActiveState')).join(' ')
}

export async function untilState(manager: Manager, unit: string, state: string): Promise<void> {
  await eventually(`${unit} is ${state}`, () => states(manager, unit) === state)
}

export function expectNoContainers({ caller }: Manager): void {
  const left = `${caller.ok('ps', '--all', '--format', '{{.Names}}')}${caller.ok('pod', 'ps', '--format', '{{.Name}}')}`
  if (left !== '') throw new Error(`left: ${left}`)
}

function expectSuccess({ code, stdout, stderr }: Answer, what: string): void {
  if (code !== 0) throw new Error(`${what}: exit code ${code}\n${stdout}${stderr}`)
}
