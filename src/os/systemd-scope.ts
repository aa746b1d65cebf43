// Moving processes into a scope of systemd's: out of the session or service that would take them along in its end.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Bus, converse } from './dbus.ts'
import { type DbusCall, type DbusMessage, putArray, putProperty, putString } from './dbus-message.ts'

export interface Scope {
  /** With its ".scope"; names no unit that exists. */
  readonly name: string
  readonly slice: string
  readonly description: string
  /** All alive: for one that is not systemd makes no scope. */
  readonly pids: readonly number[]
}

/** D-Bus libraries' usual limit. */
const answerMs = 25_000
const systemBus = '/run/dbus/system_bus_socket'

/** The bus of the user's own systemd, or of the machine's for root. Undefined where there is none. */
export function systemdBus(isRootless: boolean, uid: number): Bus | undefined {
  const socket = isRootless ? userSocket() : systemBus
  return socket !== undefined && existsSync(socket) ? { socket, uid } : undefined
}

/** Resolves when the processes are in their scope. @throws Error when systemd does not do it */
export async function startScope(bus: Bus, scope: Scope): Promise<void> {
  await converse(bus, {
    calls: [matchCall('JobRemoved'), startCall(scope)],
    isDone: (signal: DbusMessage) => signal.body.includes(scope.name),
    timeoutMs: answerMs,
  })
}

function userSocket(): string | undefined {
  const told = /^unix:path=([^,;]+)/.exec(process.env['DBUS_SESSION_BUS_ADDRESS'] ?? '')?.[1]
  const folder = process.env['XDG_RUNTIME_DIR']
  return told ?? (folder === undefined ? undefined : join(folder, 'bus'))
}

function startCall({ name, slice, description, pids }: Scope): DbusCall {
  const body: number[] = []
  putString(body, name)
  putString(body, 'fail')
  putArray(body, 8, () => {
    putProperty(body, 'Description', { type: 's', value: description })
    putProperty(body, 'Slice', { type: 's', value: slice })
    putProperty(body, 'Delegate', { type: 'b', value: true })
    putProperty(body, 'CollectMode', { type: 's', value: 'inactive-or-failed' })
    putProperty(body, 'PIDs', { type: 'au', value: pids })
  })
  putArray(body, 8, () => undefined)
  return {
    destination: 'org.freedesktop.systemd1',
    path: '/org/freedesktop/systemd1',
    interface: 'org.freedesktop.systemd1.Manager',
    member: 'StartTransientUnit',
    signature: 'ssa(sv)a(sa(sv))',
    body,
  }
}

/** systemd answers before it has done the job; a signal tells when. */
function matchCall(member: string): DbusCall {
  const body: number[] = []
  putString(body, `type='signal',interface='org.freedesktop.systemd1.Manager',member='${member}'`)
  return {
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member: 'AddMatch',
    signature: 's',
    body,
  }
}
