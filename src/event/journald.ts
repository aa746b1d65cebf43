// Events in systemd's journal, in podman's fields, so that what people search for there they find. Several state directories share one
// journal: GANTRY_ROOT says whose an event is.

import { EngineError } from '../base/errors.ts'
import { native } from '../os/native.ts'
import { describeEvent } from './describe.ts'
import { printEvent, sorted } from './event-line.ts'
import type { Event } from './journal.ts'

const socketPath = '/run/systemd/journal/socket'

/** @throws unavailable `journal-unreachable` */
export function sendToJournal(root: string, event: Event): void {
  const fields = Object.entries({ ...fieldsOf(event), GANTRY_ROOT: root, GANTRY_EVENT: printEvent(event) })
  const entry = Buffer.concat(fields.flatMap(([key, value]) => (value === undefined ? [] : [field(key, value)])))
  try {
    native().sendDatagram(process.env['GANTRY_JOURNAL_SOCKET'] ?? socketPath, entry)
  } catch (cause) {
    throw new EngineError({
      kind: 'unavailable',
      code: 'journal-unreachable',
      message: `cannot reach the journal '${socketPath}'`,
      cause,
    })
  }
}

function fieldsOf(event: Event): Record<string, string | undefined> {
  return {
    MESSAGE: `${event.time} ${describeEvent(event, { isShort: false })}`,
    // Notice for health, which units that run checks hide below that; info for the rest.
    PRIORITY: event.healthStatus === undefined ? '6' : '5',
    SYSLOG_IDENTIFIER: 'gantry',
    PODMAN_EVENT: event.status,
    PODMAN_TYPE: event.type,
    PODMAN_TIME: event.time,
    PODMAN_ID: event.id,
    PODMAN_NAME: event.name,
    PODMAN_IMAGE: event.image,
    PODMAN_POD_ID: event.podId,
    PODMAN_NETWORK_NAME: event.network,
    PODMAN_CONTAINER_INSPECT_DATA: event.inspectData,
    PODMAN_EXIT_CODE: event.exitCode?.toString(),
    PODMAN_LABELS: event.attributes === undefined ? undefined : JSON.stringify(sorted(event.attributes)),
    PODMAN_HEALTH_STATUS: event.healthStatus,
    PODMAN_HEALTH_LOG: event.healthLog,
    PODMAN_HEALTH_FAILING_STREAK: event.healthFailingStreak?.toString(),
    ERROR: event.error,
  }
}

/** The form with a length takes any value. */
function field(key: string, value: string): Buffer {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(bytes.length))
  return Buffer.concat([Buffer.from(`${key}\n`), length, bytes, Buffer.from('\n')])
}
