import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/base/errors.ts'
import {
  checkCapabilityChanges,
  knownCapabilities,
  mergeCapabilities,
  normalizeCapability,
} from '../../../src/spec/capabilities.ts'
import { cgroupOf, checkCgroupParent, ociCgroupsPath } from '../../../src/spec/cgroup.ts'
import { parseDevice } from '../../../src/spec/devices.ts'
import { mergeEnvironment, withDefaults } from '../../../src/spec/environment.ts'
import { matchesGlob } from '../../../src/spec/glob.ts'
import { parseMount, parseMounts, parseTmpfs, parseVolume } from '../../../src/spec/mount-text.ts'
import { parseIpcMode, parseNamespaceMode } from '../../../src/spec/namespaces.ts'
import { parseNetworks } from '../../../src/spec/network-text.ts'
import { parseOci, printOci } from '../../../src/spec/oci-text.ts'
import { parseSysctl } from '../../../src/spec/sysctls.ts'
import { parseUlimit, parseUlimits } from '../../../src/spec/ulimits.ts'
import { uniteMounts } from '../../../src/spec/unite-mounts.ts'
import { parseUserNamespace } from '../../../src/spec/user-namespace.ts'

function failure(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof EngineError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'no error'
}

describe('parseDevice', () => {
  test.each([
    ['/dev/sda', { host: '/dev/sda', container: '/dev/sda', permissions: 'rwm' }],
    ['/dev/sda:r', { host: '/dev/sda', container: '/dev/sda', permissions: 'r' }],
    ['/dev/sda:/dev/xvda', { host: '/dev/sda', container: '/dev/xvda', permissions: 'rwm' }],
    ['/dev/sda:/dev/xvda:rw', { host: '/dev/sda', container: '/dev/xvda', permissions: 'rw' }],
  ])('%s', (text, wanted) => expect(parseDevice(text)).toEqual(wanted))

  test.each([
    ['/dev/sda:rr', 'device-invalid: invalid device mode: rr'],
    ['/dev/sda:/dev/b:x', 'device-invalid: invalid device mode: x'],
    [':/dev/b', 'device-invalid: invalid device specification: :/dev/b'],
    ['a:b:c:d', 'device-invalid: invalid device specification: a:b:c:d'],
  ])('%s is refused', (text, wanted) => expect(failure(() => parseDevice(text))).toBe(wanted))
})

describe('parseUlimit', () => {
  test.each([
    ['nofile=1:2', { name: 'nofile', soft: 1, hard: 2 }],
    ['RLIMIT_NOFILE=5', { name: 'nofile', soft: 5, hard: 5 }],
    ['core=-1:-1', { name: 'core', soft: -1, hard: -1 }],
    ['core=1000:-1', { name: 'core', soft: 1000, hard: -1 }],
  ])('%s', (text, wanted) => expect(parseUlimit(text)).toEqual(wanted))

  test.each([
    ['core=-1:1000', 'ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: 1000'],
    ['nofile=3:2', 'ulimit soft limit must be less than or equal to hard limit: 3 > 2'],
    ['nofile', 'invalid ulimit argument: nofile'],
    ['bogus=1', 'invalid ulimit type: bogus'],
    ['nofile=1:2:3', 'too many limit value arguments - 1:2:3, can only have up to two, `soft[:hard]`'],
    ['nofile=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
  ])('%s is refused', (text, why) =>
    expect(failure(() => parseUlimit(text))).toBe(
      `ulimit-invalid: ulimit option "${text}" requires name=SOFT:HARD, failed to be parsed: ${why}`,
    ),
  )

  test('host wins over all, the last of a name over the first', () => {
    expect(parseUlimits(['nofile=1', 'host'])).toBe('host')
    expect(parseUlimits(['nofile=1', 'nofile=2'])).toEqual([{ name: 'nofile', soft: 2, hard: 2 }])
  })
})

describe('capabilities', () => {
  test.each([
    ['net_raw', 'CAP_NET_RAW'],
    ['CAP_net_RAW', 'CAP_NET_RAW'],
    ['all', 'ALL'],
  ])('normalizeCapability %s', (text, wanted) => expect(normalizeCapability(text)).toBe(wanted))

  test('an unknown one is named', () => {
    expect(failure(() => normalizeCapability('fly'))).toBe('capability-unknown: "CAP_FLY": unknown capability')
  })

  const base = ['CAP_CHOWN', 'CAP_KILL']
  test.each([
    [[], [], base],
    [['CAP_NET_RAW'], [], ['CAP_CHOWN', 'CAP_KILL', 'CAP_NET_RAW']],
    [[], ['CAP_KILL'], ['CAP_CHOWN']],
    [[], ['ALL'], []],
    [['CAP_KILL'], ['ALL'], ['CAP_KILL']],
    [['ALL'], ['CAP_KILL'], knownCapabilities.filter((name) => name !== 'CAP_KILL')],
  ])('mergeCapabilities add %j drop %j', (add, drop, wanted) =>
    expect(mergeCapabilities(base, { add, drop })).toEqual(wanted),
  )

  test('one cannot be both added and dropped', () => {
    expect(failure(() => checkCapabilityChanges({ add: ['CAP_KILL'], drop: ['CAP_KILL'] }))).toBe(
      'capability-conflict: capability "CAP_KILL" cannot be dropped and added',
    )
  })
})

describe('mounts', () => {
  test.each([
    ['/a:/b', { kind: 'bind', source: '/a', destination: '/b', options: [] }],
    ['/a:/b/:ro,Z', { kind: 'bind', source: '/a', destination: '/b', options: ['ro', 'Z'] }],
    ['./a:/b:cached', { kind: 'bind', source: './a', destination: '/b', options: [] }],
    ['/a:/b:O,U', { kind: 'bind', source: '/a', destination: '/b', options: ['O', 'U'] }],
    ['data:/b:nocopy', { kind: 'volume', name: 'data', destination: '/b', options: ['nocopy'], isAnonymous: false }],
    ['/b', { kind: 'volume', name: '', destination: '/b', options: [], isAnonymous: true }],
  ])('parseVolume %s', (text, wanted) => expect(parseVolume(text)).toEqual(wanted))

  test.each([
    ['type=bind,src=/a,dst=/b,readonly', { kind: 'bind', source: '/a', destination: '/b', options: ['ro'] }],
    ['type=bind,source=/a,target=/b,ro=false', { kind: 'bind', source: '/a', destination: '/b', options: [] }],
    ['type=bind,src=/a,dst=/b,rw=false', { kind: 'bind', source: '/a', destination: '/b', options: ['ro'] }],
    [
      'type=bind,dst=/b,bind-propagation=rslave,relabel=shared,U',
      { kind: 'bind', source: '/b', destination: '/b', options: ['rslave', 'z', 'U'] },
    ],
    [
      'type=tmpfs,destination=/t,tmpfs-size=1m,tmpfs-mode=0700',
      { kind: 'tmpfs', destination: '/t', options: ['size=1m', 'mode=0700'] },
    ],
    [
      'type=volume,src=data,dst=/b,subpath=x/y,volume-nocopy,volume-opt=o=uid=5',
      {
        kind: 'volume',
        name: 'data',
        destination: '/b',
        options: ['nocopy'],
        isAnonymous: false,
        subPath: 'x/y',
        driverOptions: { o: 'uid=5' },
      },
    ],
    ['dst=/b', { kind: 'volume', name: '', destination: '/b', options: [], isAnonymous: true }],
    ['src=/a,dst=/b,type=bind,consistency=delegated', { kind: 'bind', source: '/a', destination: '/b', options: [] }],
  ])('parseMount %s', (text, wanted) => expect(parseMount(text)).toEqual(wanted))

  test.each([
    ['/t', { kind: 'tmpfs', destination: '/t', options: [] }],
    ['/t:size=1m,exec', { kind: 'tmpfs', destination: '/t', options: ['size=1m', 'exec'] }],
  ])('parseTmpfs %s', (text, wanted) => expect(parseTmpfs(text)).toEqual(wanted))

  test.each([
    [() => parseVolume(':/b'), 'mount-invalid: host directory cannot be empty'],
    [() => parseVolume('/a:b'), 'mount-invalid: invalid container path "b", must be an absolute path'],
    [
      () => parseVolume('/a:/b:ro,rw'),
      "mount-invalid: invalid options \"ro, rw\", can only specify 1 'rw' or 'ro' option",
    ],
    [() => parseVolume('/a:/b:bogus'), 'mount-invalid: invalid option type "bogus"'],
    [
      () => parseVolume('/a:/b:c:d'),
      'mount-invalid: /a:/b:c:d: incorrect volume format, should be [host-dir:]ctr-dir[:option]',
    ],
    [
      () => parseVolume('a$b:/b'),
      'name-invalid: running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument',
    ],
    [() => parseVolume('/a:/b:idmap,idmap'), "mount-invalid: the 'idmap' option can only be set once"],
    [() => parseVolume('/a:/b:idmap,shared'), "mount-invalid: can't use 'idmap' with 'shared': choose 'slave'"],
    [() => parseVolume('/a:/b:O,idmap'), "mount-invalid: can't use 'O' with other options"],
    [() => parseVolume('/a:/b:idmapped'), 'mount-invalid: invalid option type "idmapped"'],
    [
      () => parseMount('type=bind,src=/a,dst=/b,idmap=true'),
      'mount-invalid: invalid mount option "idmap=true": unknown option "true"',
    ],
    [() => parseMount('type=tmpfs,dst=/b,idmap'), 'mount-invalid: unknown mount option "idmap": invalid mount option'],
    [
      () => parseVolume('/a:/b:no-dereference'),
      'mount-unsupported: mount option "no-dereference" is not supported yet',
    ],
    [() => parseVolume('/a:/b:O,ro'), "mount-invalid: can't use 'O' with other options"],
    [() => parseVolume('/a:/b:O,upperdir=/u'), 'mount-invalid: must set both `upperdir` and `workdir`'],
    [() => parseVolume('/a:/b:upperdir=/u'), 'mount-invalid: invalid option type "upperdir=/u"'],
    [
      () => parseMount('type=bind,src=/a,dst=/b,subpath=x'),
      'mount-invalid: cannot set option "subpath" on non-volume mounts',
    ],
    [
      () => parseMount('type=volume,dst=/b,volume-opt=x'),
      'mount-invalid: cannot parse driver opts: invalid mount option',
    ],
    [() => parseMount('type=bind,src=/a'), 'mount-invalid: must set volume destination'],
    [() => parseMount('type=tmpfs,src=/a,dst=/b'), 'mount-invalid: "src" option not supported for "tmpfs" mount types'],
    [
      () => parseMount('type=bind,src=/a,dst=/b,tmpfs-size=1'),
      'mount-invalid: "tmpfs-size" option not supported for "bind" mount types',
    ],
    [() => parseMount('type=floppy,dst=/b'), 'mount-invalid: invalid filesystem type "floppy"'],
    [() => parseMount('type=artifact,src=x,dst=/b'), 'mount-unsupported: --mount type=artifact is not supported yet'],
    [
      () => parseMount('type=ramfs,dst=/b,tmpfs-size=1m'),
      'mount-invalid: "tmpfs-size" option not supported for "ramfs" mount types',
    ],
    [() => parseMount('type=ramfs,dst=/b,size=1m'), 'mount-invalid: a ramfs knows no "size=1m": choose type=tmpfs'],
    [() => parseMount('type=image,src=x'), 'mount-invalid: must set source and destination for image volume'],
    [
      () => parseMount('type=image,src=x,dst=/b,rw=maybe'),
      'mount-invalid: invalid rw value "maybe": invalid mount option',
    ],
    [
      () => parseMount('type=image,src=x,dst=/b,subpath=etc'),
      'mount-invalid: volume subpath "etc" must be an absolute path',
    ],
    [() => parseMount('type=image,src=x,dst=/b,size=1'), 'mount-invalid: size: invalid mount option'],
    [() => parseMount('type=devpts,mode=0620'), 'mount-invalid: must set volume destination'],
    [() => parseMount('type=devpts,dst=/b,ro'), 'mount-invalid: ro: invalid mount option'],
    [() => parseMounts('type=glob,src=/x*', () => []), 'mount-invalid: no file paths matching glob "/x*"'],
    [() => parseTmpfs('t'), 'mount-invalid: invalid container path "t", must be an absolute path'],
    [() => parseTmpfs('/t:loop'), 'mount-invalid: unknown mount option "loop": invalid mount option'],
  ])('%s is refused', (act, wanted) => expect(failure(act)).toBe(wanted))

  test('one destination, one mount', () => {
    const volume = parseVolume('/a:/b')
    expect(uniteMounts({ mounts: [], volumes: [volume, volume], tmpfs: [] })).toEqual([volume])
    expect(failure(() => uniteMounts({ mounts: [], volumes: [volume], tmpfs: [parseTmpfs('/b')] }))).toBe(
      'mount-duplicate: /b: duplicate mount destination',
    )
    const tmpfs = parseTmpfs('/t')
    expect(uniteMounts({ mounts: [parseMount('type=tmpfs,dst=/t,ro')], volumes: [], tmpfs: [tmpfs] })).toHaveLength(1)
    expect(failure(() => uniteMounts({ mounts: [], volumes: [], tmpfs: [tmpfs, parseTmpfs('/t:ro')] }))).toBe(
      'mount-duplicate: /t: duplicate mount destination',
    )
  })
})

describe('namespaces', () => {
  test.each([
    ['host', { kind: 'host' }],
    ['private', { kind: 'private' }],
    ['ns:/proc/1/ns/pid', { kind: 'path', path: '/proc/1/ns/pid' }],
    ['container:web', { kind: 'container', id: 'web' }],
  ])('parseNamespaceMode %s', (text, wanted) => expect(parseNamespaceMode(text)).toEqual(wanted))

  test.each([
    [['none'], { kind: 'none' }],
    [['ns:/run/netns/x'], { kind: 'path', path: '/run/netns/x' }],
    [[], undefined],
  ])('parseNetworks %j', (texts, wanted) => expect(parseNetworks(texts).mode).toEqual(wanted))

  test.each([
    [() => parseNamespaceMode('bad'), 'namespace-invalid: unrecognized namespace mode bad passed'],
    [() => parseNamespaceMode('container:'), 'namespace-invalid: namespace mode container requires a value'],
    [() => parseIpcMode('other'), 'namespace-invalid: unrecognized namespace mode other passed'],
    [() => parseNetworks([':ip=1']), 'network-invalid: network name cannot be empty'],
    [
      () => parseNetworks(['none', 'x']),
      'namespace-invalid: cannot set multiple networks without bridge network mode, selected mode none: invalid argument',
    ],
    [() => parseUserNamespace('auto:x=3'), 'userns-invalid: unknown option specified: "x=3"'],
    [() => parseUserNamespace('keep-id:x=1'), 'userns-invalid: unknown option specified: "x=1"'],
    [() => parseUserNamespace('bogus'), 'namespace-invalid: unrecognized namespace mode bogus passed'],
  ])('%s is refused', (act, wanted) => expect(failure(act)).toBe(wanted))

  test.each([
    ['', { kind: 'host' }],
    ['keep-id', { kind: 'keep-id' }],
    ['keep-id:uid=5,gid=6', { kind: 'keep-id', uid: 5, gid: 6 }],
  ])('parseUserNamespace %s', (text, wanted) => expect(parseUserNamespace(text)).toEqual(wanted))
})

describe('sysctls', () => {
  test('those of namespaces are taken', () => {
    expect(parseSysctl('net.ipv4.ip_forward=1')).toEqual(['net.ipv4.ip_forward', '1'])
    expect(parseSysctl('kernel.msgmax=1=2')).toEqual(['kernel.msgmax', '1=2'])
  })

  test.each([
    ['kernel.panic=1', "sysctl-invalid: sysctl 'kernel.panic' is not allowed"],
    ['net.x', 'sysctl-invalid: net.x is invalid, sysctl values must be in the form of KEY=VALUE'],
    ['net.x = 1', "sysctl-invalid: 'net.x = 1' is invalid, extra spaces found"],
  ])('%s is refused', (text, wanted) => expect(failure(() => parseSysctl(text))).toBe(wanted))
})

describe('cgroups', () => {
  const id = 'f'.repeat(64)
  const at = { manager: 'cgroupfs', isRootless: false, isUnified: true, delegated: undefined, own: '/x' } as const
  test.each([
    [at, `/gantry/gantry-${id}`],
    [{ ...at, manager: 'systemd' }, `machine.slice:gantry:${id}`],
    [{ ...at, manager: 'systemd', isRootless: true }, `user.slice:gantry:${id}`],
    [{ ...at, isRootless: true }, undefined],
    [{ ...at, isRootless: true, delegated: '/user.slice/x' }, `/user.slice/x/gantry-${id}`],
    [{ ...at, isRootless: true, isUnified: false, delegated: '/x' }, undefined],
  ] as const)('%j', (surroundings, wanted) =>
    expect(ociCgroupsPath(id, { mode: 'enabled' }, surroundings)).toBe(wanted),
  )

  test.each([
    [{ mode: 'enabled', parent: '/a/b/' }, at, `/a/b/gantry-${id}`],
    [{ mode: 'enabled', parent: 'a' }, at, `/a/gantry-${id}`],
    [{ mode: 'enabled', parent: '../../a' }, at, `/a/gantry-${id}`],
    [{ mode: 'no-conmon', parent: '/a.slice/b.slice' }, { ...at, manager: 'systemd' }, `b.slice:gantry:${id}`],
    [{ mode: 'split' }, { ...at, manager: 'systemd' }, `/x/gantry-payload-${id}`],
    [{ mode: 'split' }, { ...at, own: '/' }, undefined],
    [{ mode: 'disabled' }, at, undefined],
  ] as const)('%j', (facet, surroundings, wanted) => expect(ociCgroupsPath(id, facet, surroundings)).toBe(wanted))

  test.each([
    ['/a.slice', 'cgroupfs', 'cgroup-parent-invalid: systemd slice received as cgroup parent when using cgroupfs: '],
    ['/a', 'systemd', 'cgroup-parent-invalid: did not receive systemd slice as cgroup parent when using systemd to '],
    ['/a', 'cgroupfs', 'no error'],
    ['b.slice', 'systemd', 'no error'],
  ] as const)('--cgroup-parent %s with %s', (parent, manager, wanted) => {
    const said = failure(() => checkCgroupParent(parent, manager))
    expect(said).toContain(wanted)
  })

  test('systemd nests slices', () => {
    expect(cgroupOf('a-b.slice:gantry:1', { manager: 'systemd' }, '')).toBe('/a.slice/a-b.slice/gantry-1.scope')
    expect(cgroupOf('user.slice:gantry:1', { manager: 'systemd' }, '/u/user@1.service')).toBe(
      '/u/user@1.service/user.slice/gantry-1.scope',
    )
    expect(cgroupOf('/gantry/gantry-1', { manager: 'cgroupfs' }, '')).toBe('/gantry/gantry-1')
  })
})

describe('environment', () => {
  test('later ones win and keep the first place', () => {
    expect(mergeEnvironment(['A=1', 'B=2'], ['A=3', 'C=4'])).toEqual(['A=3', 'B=2', 'C=4'])
    expect(withDefaults(['A=1'], ['A=0', 'B=0'])).toEqual(['A=1', 'B=0'])
  })
})

test.each([
  ['/proc/*', '/proc/kcore', true],
  ['/proc/*', '/proc/a/b', false],
  ['/proc/k?ore', '/proc/kcore', true],
  ['/proc/k.ore', '/proc/kcore', false],
  ['/proc/[ak]core', '/proc/kcore', true],
  ['[', '[', false],
])('matchesGlob %s %s', (glob, text, wanted) => expect(matchesGlob(glob, text)).toBe(wanted))

test('oci-text carries an unlimited limit through Go and back', () => {
  const text = printOci({ hard: Number.POSITIVE_INFINITY, soft: 5, word: '\0unlimited?' })
  expect(text).toContain('"hard":18446744073709551615')
  expect(parseOci(text)).toEqual({ hard: Number.POSITIVE_INFINITY, soft: 5, word: '\0unlimited?' })
})
