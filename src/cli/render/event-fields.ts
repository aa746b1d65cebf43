// Events for people and scripts: podman's default line, its JSON, and what its templates see.

import { goMap, goStruct, goTime } from '../../base/go-value.ts'
import { dateNs } from '../../base/point-in-time.ts'
import { describeEvent } from '../../event/describe.ts'
import type { Event } from '../../event/journal.ts'
import { native } from '../../os/native.ts'

/** `2024-05-01 12:00:00.5 +0200 CEST container start 0123… (image=…, name=…)` */
export function eventLine(event: Event, options: { readonly isShort: boolean }): string {
  const zone = native().localZone(Math.floor(Date.parse(event.time) / 1000))
  return `${goTime(event.time).toString().replace(/\S+$/, zone.name)} ${describeEvent(event, options)}`
}

/** Fields for a template; as JSON it is what `--format json` prints. */
export function eventFields(event: Event): object {
  const { id = '', image = '', name = '', network = '', healthStatus = '', error = '', podId = '' } = event
  const timeNs = dateNs(event.time) ?? 0n
  const fields = goStruct('system.Event', {
    ContainerExitCode: event.exitCode ?? null,
    ID: id,
    Image: image,
    Name: name,
    Network: network,
    Status: event.status,
    Time: Number(timeNs / 1_000_000_000n),
    TimeNano: timeNs,
    Type: event.type,
    HealthStatus: healthStatus,
    Error: error,
    ContainerInspectData: event.inspectData ?? '',
    PodID: podId,
    Attributes: goMap(event.attributes ?? {}),
  })
  return Object.defineProperty(fields, 'toJSON', { value: () => eventJson(event, timeNs) })
}

/** Keys in podman's order, without what is empty. */
function eventJson(event: Event, timeNs: bigint): object {
  return {
    ContainerExitCode: event.exitCode,
    ID: event.id,
    Image: event.image,
    Name: event.name,
    network: event.network,
    Status: event.status,
    time: Number(timeNs / 1_000_000_000n),
    timeNano: rawNumber(timeNs),
    Type: event.type,
    health_status: event.healthStatus,
    Error: event.error,
    ContainerInspectData: event.inspectData,
    PodID: event.podId,
    Attributes: event.attributes === undefined ? null : goMap(event.attributes),
  }
}

/** JavaScript's numbers are too coarse for nanoseconds. */
function rawNumber(value: bigint): unknown {
  // Not yet in TypeScript's library.
  return (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(value.toString())
}
