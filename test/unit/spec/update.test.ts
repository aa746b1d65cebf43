// What `update` lays over a spec, once and again.

import { expect, test } from 'vitest'
import { completeSpec } from '../../../src/spec/complete.ts'
import type { ContainerSpec } from '../../../src/spec/container-spec.ts'
import type { Limits } from '../../../src/spec/limits.ts'
import { nextUpdate, type SpecUpdate, updatedEnvironment, updatedSpec } from '../../../src/spec/update.ts'
import { configuredDefaults, plainSpec } from '../../support/oci.ts'

const mib = 1 << 20

function completed(changes: Partial<ContainerSpec>) {
  return completeSpec(
    { ...plainSpec, ...changes },
    {
      name: 'x',
      image: undefined,
      defaults: configuredDefaults,
      isUnifiedCgroup: false,
      defaultNetwork: { kind: 'none' },
      defaultUser: undefined,
    },
  )
}

/** The spec after each of them. */
function after(changes: Partial<ContainerSpec>, ...asked: SpecUpdate[]) {
  const created = completed(changes)
  let update: SpecUpdate = {}
  for (const next of asked) update = nextUpdate(updatedSpec(created, update), update, next)
  return updatedSpec(created, update)
}

test.each<[string, Limits, Limits[], Limits]>([
  ['others stay', { cpuShares: 7 }, [{ memoryBytes: 64 * mib }], { cpuShares: 7, memoryBytes: 64 * mib }],
  ['the last wins', {}, [{ cpuShares: 2 }, { cpuShares: 3 }], { cpuShares: 3 }],
  [
    'swap follows a memory limit',
    { memoryBytes: 64 * mib, memorySwapBytes: 65 * mib },
    [{ memoryBytes: 80 * mib }],
    { memoryBytes: 80 * mib },
  ],
  [
    'swap alone',
    { memoryBytes: 64 * mib },
    [{ memorySwapBytes: 70 * mib }, { cpuShares: 2 }],
    { memoryBytes: 64 * mib, memorySwapBytes: 70 * mib, cpuShares: 2 },
  ],
  ['a number of CPUs becomes a quota', { cpus: 2 }, [{ cpuQuotaUs: 5000 }], { cpuQuotaUs: 5000, cpuPeriodUs: 100_000 }],
  ['a quota becomes a number of CPUs', { cpuQuotaUs: 5000, cpuPeriodUs: 6000 }, [{ cpus: 2 }], { cpus: 2 }],
])('limits: %s', (_, created, asked, wanted) => {
  const { resources } = after({ resources: { sysctls: {}, ...created } }, ...asked.map((limits) => ({ limits })))
  const { sysctls, ulimits, ...limits } = resources
  expect(sysctls).toEqual(configuredDefaults.sysctls)
  expect(ulimits).toEqual([])
  const time = wanted.cpuQuotaUs === undefined ? {} : { cpuPeriodUs: wanted.cpuPeriodUs }
  expect(limits).toEqual({ pidsLimit: 2048, ...wanted, ...time })
})

test('environment', () => {
  const process = { ...plainSpec.process, environment: ['A=1', 'B=2'] }
  const first: SpecUpdate = { environment: { set: ['C=3'], unset: ['A'] } }
  expect(after({ process }, first).process.environment).toEqual(expect.arrayContaining(['B=2', 'C=3']))
  expect(after({ process }, first).process.environment).not.toContain('A=1')
  const second: SpecUpdate = { environment: { set: ['A=4'], unset: ['C'] } }
  const spec = after({ process }, first, second)
  expect(spec.process.environment).toEqual(expect.arrayContaining(['A=4', 'B=2']))
  expect(spec.process.environment).not.toContain('C=3')
  expect(updatedEnvironment(['A=1', 'HOME=/'], first)).toEqual(['HOME=/', 'C=3'])
  expect(updatedEnvironment(['A=1'], {})).toEqual(['A=1'])
})

test('the restart policy', () => {
  const restart = { policy: 'always' } as const
  expect(after({}, { restart }, { limits: { cpuShares: 2 } }).restart).toEqual(restart)
})
