// An event in words, as `events` prints it after the time.

import { shortId } from '../base/ids.ts'
import { sorted } from './event-line.ts'
import type { Event } from './journal.ts'

/** podman's default line without its time. `isShort` cuts ids. */
export function describeEvent(event: Event, { isShort }: { readonly isShort: boolean }): string {
  const id = isShort ? shortId(event.id ?? '') : (event.id ?? '')
  return `${event.type} ${event.status}${subjectOf(event, id)}`
}

function subjectOf(event: Event, id: string): string {
  const { type, name = '', error } = event
  if (type === 'container' || type === 'pod') return ` ${id} (${containerFacts(event).join(', ')})`
  if (type === 'network') return networkFacts(event, id)
  if (type === 'image' || type === 'artifact') return ` ${id} ${name}${error === undefined ? '' : ` ${error}`}`
  if (type === 'secret') return ` ${id}`
  return type === 'system' && name === '' ? '' : ` ${name}`
}

function containerFacts(event: Event): string[] {
  const { image = '', name = '', podId, status, healthStatus = '', healthFailingStreak = 0, healthLog = '' } = event
  const health = [
    `health_status=${healthStatus}`,
    `health_failing_streak=${healthFailingStreak}`,
    `health_log=${healthLog}`,
  ]
  return [
    `image=${image}`,
    `name=${name}`,
    ...(podId === undefined ? [] : [`pod_id=${podId}`]),
    ...(status === 'health_status' ? health : []),
    ...Object.entries(sorted(event.attributes) ?? {}).map(([key, value]) => `${key}=${value}`),
  ]
}

function networkFacts({ status, network = '', attributes, id: whole = '' }: Event, id: string): string {
  const driver = attributes?.['driver']
  if (status === 'create' || status === 'remove') {
    return driver === undefined ? '' : ` ${whole} (name=${network}, type=${driver})`
  }
  return ` ${id} (container=${id}, name=${network})`
}
