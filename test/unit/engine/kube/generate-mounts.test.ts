// Names of the volumes that kube generate makes up.

import { expect, test } from 'vitest'
import type { Engine } from '../../../../src/engine/engine.ts'
import { generateMounts } from '../../../../src/engine/kube/generate-mounts.ts'

test('a volume of a long path has a name that Kubernetes takes', () => {
  const mount = (source: string) => ({ kind: 'bind', source, destination: '/d', options: [] }) as const
  const sources = [`/srv/${'long'.repeat(30)}`, `/${'a'.repeat(54)}/b`, '/srv/Data_1/']
  const facets = { mounts: { mounts: sources.map(mount) }, devices: { devices: [] } } as never
  const names = generateMounts({} as Engine, facets, new Map()).map(({ name }) => name)
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
  expect(names[1]).toBe(`${'a'.repeat(54)}-b-host-1`.slice(0, 63))
  expect(names[2]).toBe('srv-data-1-host-2')
})
