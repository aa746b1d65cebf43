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
  const name = event.name ?? ''
  switch (event.type) {
    case 'container':
    case 'pod':
      return ` ${id} (${containerFacts(event).join(', ')})`
    case 'network':
      return networkFacts(event, id)
    case 'image':
    case 'artifact':
      return ` ${id} ${name}${event.error === undefined ? '' : ` ${event.error}`}`
    case 'system':
      return name === '' ? '' : ` ${name}`
    case 'volume':
    case 'machine':
      return ` ${name}`
    case 'secret':
      return ` ${id}`
  }
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
