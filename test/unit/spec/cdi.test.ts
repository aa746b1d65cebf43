import { expect, test } from 'vitest'
import { applyEdits, mergeEdits, parseCdiSpec } from '../../../src/spec/cdi.ts'
import { isCdiName } from '../../../src/spec/cdi-name.ts'
import { completeSpec } from '../../../src/spec/complete.ts'
import { toOci } from '../../../src/spec/to-oci.ts'
import { configuredDefaults, plainFacts, plainSpec, stored } from '../../support/oci.ts'

test.each([
  ['vendor.com/class=name', true],
  ['nvidia.com/gpu=all', true],
  ['nvidia.com/gpu=0:1', true],
  ['nvidia.com/gpu=GPU-1b2c.x_y', true],
  ['v/c=d', true],
  ['/dev/fuse', false],
  ['/dev/fuse:/dev/x:rwm', false],
  ['1vendor/class=x', false],
  ['vendor/class', false],
  ['vendor/class=', false],
  ['vendor/=x', false],
  ['vendor/class=x=y', false],
  ['vendor/class=x.', false],
])('isCdiName %s', (text, expected) => {
  expect(isCdiName(text)).toBe(expected)
})

const file = { cdiVersion: '0.6.0', kind: 'vendor.com/thing', devices: [{ name: 'x' }] }

test.each([
  [null, 'the file is no object'],
  [[], 'the file is no object'],
  [{}, 'cdiVersion "" is unknown'],
  [{ ...file, cdiVersion: '0.2.0' }, 'cdiVersion "0.2.0" is unknown'],
  [{ ...file, cdiVersion: 6 }, 'cdiVersion is no text'],
  [{ ...file, kind: 'vendor' }, 'kind "vendor" is no vendor/class'],
  [{ ...file, devices: {} }, 'devices is no list'],
  [{ ...file, devices: [{ name: 'a b' }] }, 'device name "a b" is malformed'],
  [{ ...file, containerEdits: [] }, 'containerEdits is no object'],
  [{ ...file, containerEdits: { env: ['=x'] } }, 'env "=x" is no NAME=value'],
  [{ ...file, containerEdits: { deviceNodes: [{ path: 'dev' }] } }, 'deviceNodes.path is no absolute path'],
  [{ ...file, containerEdits: { deviceNodes: [{ path: '/d', type: 'z' }] } }, 'device type z is unknown'],
  [
    { ...file, containerEdits: { deviceNodes: [{ path: '/d', permissions: 'x' }] } },
    'permissions x are not of r, w and m',
  ],
  [{ ...file, containerEdits: { deviceNodes: [{ path: '/d', major: -1 }] } }, 'deviceNodes.major is no number'],
  [{ ...file, containerEdits: { mounts: [{ hostPath: '/x' }] } }, 'mounts.containerPath is no absolute path'],
  [{ ...file, containerEdits: { hooks: [{ hookName: 'never', path: '/x' }] } }, 'there is no stage "never"'],
  [{ ...file, containerEdits: { hooks: [{ hookName: 'poststop', path: 'x' }] } }, 'hook.path is no absolute path'],
  [{ ...file, containerEdits: { additionalGids: ['a'] } }, 'additionalGids is no number'],
])('parseCdiSpec refuses %j', (document, reason) => {
  expect(() => parseCdiSpec(document)).toThrow(reason)
})

test('applyEdits: later variables and mounts at the same place win; parents come first', () => {
  const edits = {
    env: ['PATH=/vendor', 'NEW=1'],
    mounts: [
      { hostPath: '/a', containerPath: '/new/deep/er' },
      { hostPath: '/b', containerPath: '/new', options: ['bind', 'ro'] },
    ],
    intelRdt: { closID: 'gold' },
  }
  const spec = parseCdiSpec({ ...file, containerEdits: edits })
  const complete = completeSpec(plainSpec, {
    name: 'web',
    image: undefined,
    defaults: configuredDefaults,
    isUnifiedCgroup: true,
    defaultUser: undefined,
    defaultNetwork: { kind: 'private' },
  })
  const config = applyEdits(toOci(stored(complete), plainFacts), mergeEdits([spec.edits, spec.edits]))
  expect(config.process.env.filter((entry) => /^(PATH|NEW)=/.test(entry))).toEqual(['PATH=/vendor', 'NEW=1'])
  expect(config.mounts.filter(({ destination }) => destination.startsWith('/new'))).toEqual([
    { destination: '/new', source: '/b', type: 'bind', options: ['bind', 'ro'] },
    { destination: '/new/deep/er', source: '/a', type: 'bind', options: ['rbind'] },
  ])
  expect(config.linux.intelRdt).toEqual({ closID: 'gold' })
})
