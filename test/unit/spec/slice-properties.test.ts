import { expect, test } from 'vitest'
import { sliceProperties } from '../../../src/spec/slice-properties.ts'

test('sliceProperties names what systemd calls the limits, in its units', () => {
  const limits = {
    memory: { limit: 1 << 26, swap: 1 << 27, reservation: 1 << 25 },
    cpu: { quota: 150_000, period: 100_000, shares: 1024, cpus: '0-2,9', mems: '0' },
    pids: { limit: 100 },
    blockIO: { weight: 300, throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1000 }] },
  }
  expect(Object.fromEntries(sliceProperties(limits))).toEqual({
    MemoryMax: { type: 't', value: 67_108_864n },
    MemorySwapMax: { type: 't', value: 67_108_864n },
    MemoryLow: { type: 't', value: 33_554_432n },
    CPUWeight: { type: 't', value: 39n },
    CPUQuotaPerSecUSec: { type: 't', value: 1_500_000n },
    CPUQuotaPeriodUSec: { type: 't', value: 100_000n },
    AllowedCPUs: { type: 'ay', value: Uint8Array.of(0b111, 0b10) },
    AllowedMemoryNodes: { type: 'ay', value: Uint8Array.of(1) },
    TasksMax: { type: 't', value: 100n },
    IOWeight: { type: 't', value: 2300n },
    IOReadBandwidthMax: { type: 'a(st)', value: [['/dev/block/8:0', 1000n]] },
  })
})

test('sliceProperties limits nothing where nothing is limited, and no swap where it is unlimited', () => {
  expect(sliceProperties({})).toEqual([])
  expect(sliceProperties({ cpu: { quota: -1 } })).toEqual([])
  expect(sliceProperties({ memory: { swap: -1 } })).toEqual([['MemorySwapMax', { type: 't', value: 2n ** 64n - 1n }]])
})
