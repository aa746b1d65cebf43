// The event of a health check, as podman has it.

import type { Event } from '../../event/journal.ts'
import { logResult } from './health-log.ts'
import type { HealthRecord } from './health-record.ts'
import type { StoredContainer } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

/** With the newest check's output where events are its log. */
export function healthEvent(container: StoredContainer, record: HealthRecord): Omit<Event, 'time'> {
  const { labels, health } = container.stored.spec
  const newest = record.log.at(-1)
  const isLog = health?.logDestination === 'events_logger' && newest !== undefined
  return {
    ...eventSubject(container),
    status: 'health_status',
    healthStatus: record.status,
    ...(isLog ? { healthLog: JSON.stringify(logResult(newest)) } : {}),
    healthFailingStreak: record.failingStreak,
    attributes: labels,
  }
}
