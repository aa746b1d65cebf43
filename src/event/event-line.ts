// An event as a line of the journal file, in podman's own format, so that either program reads the other's file.

import { defined } from '../base/defined.ts'
import type { Event } from './journal.ts'

/** Keys in podman's order; without a line end. */
export function printEvent(event: Event): string {
  return JSON.stringify({
    ContainerExitCode: event.exitCode,
    ID: event.id,
    Image: event.image,
    Name: event.name,
    network: event.network,
    Status: event.status,
    Time: event.time,
    Type: event.type,
    health_status: event.healthStatus,
    health_log: event.healthLog,
    health_failing_streak: event.healthFailingStreak,
    error: event.error,
    ContainerInspectData: event.inspectData,
    PodID: event.podId,
    Attributes: sorted(event.attributes),
  })
}

const types: ReadonlySet<string> = new Set([
  'artifact',
  'container',
  'image',
  'machine',
  'network',
  'pod',
  'secret',
  'system',
  'volume',
])

/** Undefined for what is no event: a torn line, a type from the future. */
export function parseEvent(line: string): Event | undefined {
  const fields = parseObject(line)
  const { Time: time, Type: type, Status: status } = fields
  if (typeof time !== 'string' || typeof status !== 'string') return undefined
  if (typeof type !== 'string' || !types.has(type)) return undefined
  return defined({
    time,
    type: type as Event['type'],
    status,
    id: text(fields['ID']),
    name: text(fields['Name']),
    image: text(fields['Image']),
    exitCode: number(fields['ContainerExitCode']),
    podId: text(fields['PodID']),
    network: text(fields['network']),
    error: text(fields['error']) ?? text(fields['Error']),
    healthStatus: text(fields['health_status']),
    healthLog: text(fields['health_log']),
    healthFailingStreak: number(fields['health_failing_streak']),
    inspectData: text(fields['ContainerInspectData']),
    attributes: attributes(fields['Attributes']),
  })
}

/** As Go marshals a map; null where there is none. */
export function sorted(members: Event['attributes']): Readonly<Record<string, string>> | null {
  if (members === undefined) return null
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function parseObject(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function attributes(value: unknown): Event['attributes'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, String(member)]))
}
