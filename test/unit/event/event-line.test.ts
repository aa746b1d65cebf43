// Events as lines of the journal, and in words.

import { describe, expect, test } from 'vitest'
import { describeEvent } from '../../../src/event/describe.ts'
import { parseEvent, printEvent } from '../../../src/event/event-line.ts'
import type { Event } from '../../../src/event/journal.ts'

const time = '2024-05-01T10:00:00.123456789Z'
const id = 'a'.repeat(64)
const died: Event = {
  time,
  type: 'container',
  status: 'died',
  id,
  name: 'web',
  image: 'localhost/web:latest',
  exitCode: 3,
  attributes: { b: '2', a: '1' },
}

test('printEvent writes podman’s keys in podman’s order', () => {
  expect(printEvent(died)).toBe(
    `{"ContainerExitCode":3,"ID":"${id}","Image":"localhost/web:latest","Name":"web","Status":"died","Time":"${time}","Type":"container","Attributes":{"a":"1","b":"2"}}`,
  )
  expect(printEvent({ time, type: 'image', status: 'pull', name: 'busybox' })).toBe(
    `{"Name":"busybox","Status":"pull","Time":"${time}","Type":"image","Attributes":null}`,
  )
})

test.each<Event>([
  died,
  { time, type: 'volume', status: 'create', name: 'data' },
  { time, type: 'image', status: 'pull-error', name: 'x', error: 'no route' },
  { time, type: 'network', status: 'connect', id, network: 'podman' },
  {
    time,
    type: 'container',
    status: 'health_status',
    id,
    healthStatus: 'healthy',
    healthFailingStreak: 2,
    healthLog: 'l',
  },
  { time, type: 'pod', status: 'start', id, podId: id, inspectData: '{}' },
])('parseEvent reads what printEvent wrote: $type $status', (event) => {
  expect(parseEvent(printEvent(event))).toEqual(event)
})

test('parseEvent reads podman’s own lines', () => {
  const line =
    '{"Name":"busybox","Status":"pull","Time":"2022-04-06T11:26:42.723+02:00","Type":"image","Attributes":null}'
  expect(parseEvent(line)).toEqual({
    time: '2022-04-06T11:26:42.723+02:00',
    type: 'image',
    status: 'pull',
    name: 'busybox',
  })
})

test.each(['', '{', 'null', '[]', '{"Time":1}', `{"Time":"${time}","Type":"galaxy","Status":"start"}`])(
  'parseEvent passes over %j',
  (line) => {
    expect(parseEvent(line)).toBeUndefined()
  },
)

describe('describeEvent', () => {
  const facts = '(image=localhost/web:latest, name=web, a=1, b=2)'
  test.each<[Event, string]>([
    [died, `container died ${id} ${facts}`],
    [{ time, type: 'image', status: 'tag', id, name: 'x:1' }, `image tag ${id} x:1`],
    [{ time, type: 'image', status: 'pull-error', name: 'x', error: 'refused' }, 'image pull-error  x refused'],
    [{ time, type: 'volume', status: 'create', name: 'data' }, 'volume create data'],
    [{ time, type: 'system', status: 'refresh' }, 'system refresh'],
    [{ time, type: 'secret', status: 'create', id }, `secret create ${id}`],
    [
      { time, type: 'network', status: 'create', id, network: 'n', attributes: { driver: 'bridge' } },
      `network create ${id} (name=n, type=bridge)`,
    ],
    [{ time, type: 'network', status: 'connect', id, network: 'n' }, `network connect ${id} (container=${id}, name=n)`],
  ])('%#', (event, expected) => {
    expect(describeEvent(event, { isShort: false })).toBe(expected)
  })

  test('cuts ids', () => {
    expect(describeEvent(died, { isShort: true })).toBe(`container died ${id.slice(0, 12)} ${facts}`)
  })
})
