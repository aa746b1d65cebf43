// Units of systemd's: scopes, which take processes out of the session or service that would take them along in its end, and slices,
// which limit what is in them together.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Bus, converse } from './dbus.ts'
import { type DbusCall, type DbusMessage, type DbusValue, putArray, putProperty, putString } from './dbus-message.ts'

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

export interface Slice {
  /** With its ".slice". */
  readonly name: string
  readonly description: string
  /** systemd.resource-control(5). */
  readonly properties: readonly UnitProperty[]
}

export type UnitProperty = readonly [name: string, value: DbusValue]

/** Resolves when the processes are in their scope. @throws Error when systemd does not do it */
export async function startScope(bus: Bus, { name, slice, description, pids }: Scope): Promise<void> {
  const properties: UnitProperty[] = [
    ['Description', { type: 's', value: description }],
    ['Slice', { type: 's', value: slice }],
    ['Delegate', { type: 'b', value: true }],
    ['CollectMode', { type: 's', value: 'inactive-or-failed' }],
    ['PIDs', { type: 'au', value: pids }],
  ]
  await work(bus, name, startCall(name, properties))
}

/** One that is there stays as it is. @throws Error when systemd does not do it, or does not know a property */
export async function startSlice(bus: Bus, { name, description, properties }: Slice): Promise<void> {
  const all: UnitProperty[] = [['Description', { type: 's', value: description }], ...properties]
  await work(bus, name, startCall(name, all)).catch(unless('org.freedesktop.systemd1.UnitExists'))
}

/** With all that is in it. Idempotent. @throws Error when systemd does not do it */
export async function stopSlice(bus: Bus, name: string): Promise<void> {
  const body: number[] = []
  putString(body, name)
  putString(body, 'replace')
  const stop = { ...manager, member: 'StopUnit', signature: 'ss', body }
  await work(bus, name, stop).catch(unless('org.freedesktop.systemd1.NoSuchUnit'))
}

/** A unit's processes may take their time: its own timeouts are systemd's to keep. */
const restartMs = 600_000

/** Resolves when it runs again. @throws Error when systemd does not do it, or the unit does not come up */
export async function restartUnit(bus: Bus, name: string): Promise<void> {
  const body: number[] = []
  putString(body, name)
  const unit = Buffer.from(body)
  putString(body, 'replace')
  const restart = { ...manager, member: 'RestartUnit', signature: 'ss', body }
  let result = ''
  await converse(bus, {
    calls: [matchCall('JobRemoved'), restart],
    isDone({ body: removed }) {
      if (!removed.includes(unit)) return false
      result = /([a-z]+)\0$/.exec(removed.toString('latin1'))?.[1] ?? ''
      return true
    },
    timeoutMs: restartMs,
  })
  if (result !== 'done') throw new Error(`expected "done" but received "${result}"`)
}

/** systemd answers before it has done the job; a signal tells when. */
async function work(bus: Bus, name: string, call: DbusCall): Promise<void> {
  await converse(bus, {
    calls: [matchCall('JobRemoved'), call],
    isDone: (signal: DbusMessage) => signal.body.includes(name),
    timeoutMs: answerMs,
  })
}

function unless(errorName: string): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Error) || !error.message.startsWith(`${errorName}:`)) throw error
  }
}

function userSocket(): string | undefined {
  const told = /^unix:path=([^,;]+)/.exec(process.env['DBUS_SESSION_BUS_ADDRESS'] ?? '')?.[1]
  const folder = process.env['XDG_RUNTIME_DIR']
  return told ?? (folder === undefined ? undefined : join(folder, 'bus'))
}

const manager = {
  destination: 'org.freedesktop.systemd1',
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
} as const

function startCall(name: string, properties: readonly UnitProperty[]): DbusCall {
  const body: number[] = []
  putString(body, name)
  putString(body, 'fail')
  putArray(body, 8, () => {
    for (const [property, value] of properties) putProperty(body, property, value)
  })
  putArray(body, 8, () => undefined)
  return { ...manager, member: 'StartTransientUnit', signature: 'ssa(sv)a(sa(sv))', body }
}

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
