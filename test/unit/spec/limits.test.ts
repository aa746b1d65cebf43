// Limits: what contradicts itself, what config.json says of them, and what is dropped where a host cannot set it.

import { describe, expect, test } from 'vitest'
import { parseDeviceBps, parseDeviceIops, parseDeviceWeight } from '../../../src/spec/block-io.ts'
import { parseCpuset } from '../../../src/spec/cpu.ts'
import { parseDeviceRule } from '../../../src/spec/devices.ts'
import { type LimitAbility, limitWarnings, settableLimits } from '../../../src/spec/limit-ability.ts'
import { checkLimits, type Limits, ociLimits } from '../../../src/spec/limits.ts'

const mib = 1 << 20

describe('ociLimits', () => {
  test.each<[Limits, object]>([
    [{}, {}],
    [{ memoryBytes: 64 * mib }, { memory: { limit: 64 * mib, swap: 128 * mib } }],
    [{ memoryBytes: 64 * mib, memorySwapBytes: -1 }, { memory: { limit: 64 * mib, swap: -1 } }],
    [{ memoryBytes: 64 * mib, memorySwapBytes: 0 }, { memory: { limit: 64 * mib } }],
    [
      { memoryReservationBytes: mib, memorySwappiness: 0, isOomKillDisabled: true },
      { memory: { reservation: mib, swappiness: 0, disableOOMKiller: true } },
    ],
    [{ cpus: 1.5 }, { cpu: { period: 100_000, quota: 150_000 } }],
    [{ cpus: 0.001 }, { cpu: { period: 100_000, quota: 1000 } }],
    [{ cpuQuotaUs: 5000, cpuShares: 2 }, { cpu: { quota: 5000, shares: 2 } }],
    [{ cpusetCpus: '0-2', cpusetMems: '0' }, { cpu: { cpus: '0-2', mems: '0' } }],
    [{ pidsLimit: 5 }, { pids: { limit: 5 } }],
    [{ pidsLimit: -1 }, {}],
    [
      { blockWeight: 10, blockReadBps: [{ path: '/dev/a', rate: 7 }] },
      { blockIO: { weight: 10, throttleReadBpsDevice: [{ major: 8, minor: 1, rate: 7 }] } },
    ],
    [{ cgroupConf: { 'memory.high': '1' } }, { unified: { 'memory.high': '1' } }],
  ])('%j', (limits, wanted) => {
    expect(ociLimits(limits, { '/dev/a': { major: 8, minor: 1 } })).toEqual(wanted)
  })
})

describe('what a host cannot set', () => {
  const able: LimitAbility = {
    isRootless: false,
    isUnified: false,
    controllers: new Set(['memory', 'cpu', 'cpuset', 'pids', 'blkio']),
    lacking: new Set(),
  }
  test.each<[string, Limits, Partial<LimitAbility>, string[], Limits]>([
    ['all is well', { cpuShares: 2, blockWeight: 10 }, {}, [], { cpuShares: 2, blockWeight: 10 }],
    [
      'rootless v1 ignores all',
      { cpuShares: 2 },
      { isRootless: true, controllers: new Set() },
      ['Resource limits are not supported and ignored on cgroups V1 rootless systems'],
      {},
    ],
    [
      'no controller',
      { blockWeight: 10, cpuShares: 2 },
      { isUnified: true, isRootless: true, controllers: new Set(['cpu']) },
      ['the io controller is not delegated to this user: Block I/O weight discarded'],
      { cpuShares: 2 },
    ],
    [
      'no swap limit',
      { memoryBytes: 64 * mib, memorySwapBytes: 65 * mib },
      { lacking: new Set(['memorySwapBytes']) },
      [
        'Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.',
      ],
      { memoryBytes: 64 * mib, memorySwapBytes: 0 },
    ],
    [
      'no real time on v2',
      { cpuRealtimePeriodUs: 5, cpuRealtimeRuntimeUs: 5 },
      { isUnified: true, lacking: new Set(['cpuRealtimePeriodUs', 'cpuRealtimeRuntimeUs']) },
      ['Realtime period not supported on cgroups V2 systems', 'Realtime runtime not supported on cgroups V2 systems'],
      {},
    ],
  ])('%s', (_, limits, ability, warnings, settable) => {
    const host = { ...able, ...ability }
    expect(limitWarnings(limits, host)).toEqual(warnings)
    expect(settableLimits(limits, host)).toEqual(settable)
  })
})

test.each<[Limits, RegExp]>([
  [{ memoryBytes: 5 * mib }, /minimum memory limit/],
  [{ memoryBytes: 64 * mib, memoryReservationBytes: 65 * mib }, /cannot be less than memory reservation/],
  [{ memorySwapBytes: mib }, /always set a memory limit/],
  [{ memoryBytes: 64 * mib, memorySwapBytes: mib }, /memoryswap limit should be larger/],
  [{ memorySwappiness: 101 }, /range is 0-100/],
  [{ cpus: -1 }, /invalid number of CPUs/],
  [{ cpuQuotaUs: 999 }, /quota cannot be less/],
  [{ cpuPeriodUs: 1_000_001 }, /period cannot be less/],
  [{ cpusetMems: '1-0' }, /invalid value 1-0 for cpuset mems/],
  [{ cpusetCpus: '0-99999999' }, /invalid value/],
  [{ blockWeight: 1001 }, /range of blkio weight/],
])('checkLimits refuses %j', (limits, message) => expect(() => checkLimits(limits)).toThrow(message))

test('parseCpuset', () => {
  expect([...parseCpuset('cpus', '0-2, 5')]).toEqual([0, 1, 2, 5])
  expect([...parseCpuset('cpus', '')]).toEqual([])
})

test('rates and weights of devices', () => {
  expect(parseDeviceBps('/dev/zero:10mb')).toEqual({ path: '/dev/zero', rate: 10 * mib })
  expect(parseDeviceIops('/dev/zero:2000')).toEqual({ path: '/dev/zero', rate: 2000 })
  expect(parseDeviceWeight('/dev/zero:98')).toEqual({ path: '/dev/zero', weight: 98 })
  expect(() => parseDeviceBps('zero:1')).toThrow('bad format for device path: zero:1')
  expect(() => parseDeviceBps('/dev/zero:-1')).toThrow('invalid rate for device: /dev/zero:-1.')
  expect(() => parseDeviceIops('/dev/zero:1k')).toThrow('invalid rate for device: /dev/zero:1k.')
  expect(() => parseDeviceWeight('/dev/zero:5')).toThrow('invalid weight for device: /dev/zero:5')
})

test('parseDeviceRule', () => {
  expect(parseDeviceRule('b 7:* rmw')).toEqual({ type: 'b', major: 7, access: 'rmw' })
  expect(parseDeviceRule('a 7 rmw')).toEqual({ type: 'a', major: 7, access: 'rmw' })
  expect(parseDeviceRule('c *:3 r')).toEqual({ type: 'c', minor: 3, access: 'r' })
  expect(() => parseDeviceRule('b 7:2')).toThrow(
    'invalid device cgroup rule requires type, major:Minor, and access rules: "b 7:2"',
  )
  expect(() => parseDeviceRule('b 7:* rmX')).toThrow('invalid device access in device-access-add: X')
  expect(() => parseDeviceRule('a a:* rmw')).toThrow('strconv.ParseUint: parsing "a": invalid syntax')
})
