import { expect, test } from 'vitest'
import { commandText, sizeText, statusText } from '../../../../src/cli/render/container-row.ts'
import type { ListedContainer } from '../../../../src/engine/container/list.ts'
import type { StoredContainer } from '../../../../src/engine/container/stored-container.ts'

const now = Date.parse('2024-01-01T12:00:00Z')
const startedAt = '2024-01-01T11:57:00Z'
const finishedAt = '2024-01-01T11:59:58Z'

test.each([
  [{ status: 'running', startedAt }, 'Up 3 minutes'],
  [{ status: 'exited', exitCode: 137, finishedAt }, 'Exited (137) 2 seconds ago'],
  [{ status: 'created' }, 'Created'],
  [{ status: 'paused', startedAt }, 'Paused'],
  [{ status: 'stopping', startedAt }, 'Stopping'],
])('statusText %j', (live, wanted) => {
  expect(statusText({ live, stored: { spec: { annotations: {} } } } as unknown as StoredContainer, now)).toBe(wanted)
})

test.each([
  [['sleep', '1000'], 'sleep 1000'],
  [['sh', '-c', 'while true; do'], 'sh -c while true;...'],
  [[], ''],
])('commandText %j', (command, wanted) => {
  const container = { stored: { spec: { annotations: {}, process: { command } } } } as unknown as StoredContainer
  expect(commandText(container, false)).toBe(wanted)
  expect(commandText(container, true)).toBe(command.join(' '))
})

test('sizeText has three digits', () => {
  const listed = { size: { writtenBytes: 12, rootBytes: 4_267_123 } } as unknown as ListedContainer
  expect(sizeText(listed)).toBe('12B (virtual 4.27MB)')
})
