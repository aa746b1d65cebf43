import { describe, expect, test } from 'vitest'
import { completeSpec, type ImageDefaults } from '../../../src/spec/complete.ts'
import type { ContainerSpec } from '../../../src/spec/container-spec.ts'
import { defaultSeccompProfile } from '../../../src/spec/default-seccomp.ts'
import type { OciFacts } from '../../../src/spec/facts.ts'
import { parseSeccompProfile, resolveSeccomp } from '../../../src/spec/seccomp.ts'
import type { StoredSpec } from '../../../src/spec/stored-spec.ts'
import { toOci } from '../../../src/spec/to-oci.ts'
import { idMappings } from '../../../src/spec/user-namespace.ts'
import { configuredDefaults, plainFacts, plainSpec, stored } from '../../support/oci.ts'

const image: ImageDefaults = {
  user: 'web',
  env: ['PATH=/img', 'A=image'],
  entrypoint: ['/entry'],
  cmd: ['serve'],
  workingDir: '/app',
  labels: { from: 'image', both: 'image' },
  stopSignal: 'SIGQUIT',
}

function complete(spec: Partial<ContainerSpec>, of: ImageDefaults | undefined = image) {
  const context = {
    name: 'web',
    image: of,
    defaults: configuredDefaults,
    isUnifiedCgroup: true,
    defaultUser: undefined,
    defaultNetwork: { kind: 'private' } as const,
  }
  return completeSpec({ ...plainSpec, ...spec }, context)
}

function oci(spec: Partial<ContainerSpec>, facts: Partial<OciFacts> = {}, of?: ImageDefaults) {
  const whole: StoredSpec = stored(complete(spec, of))
  return toOci(whole, { ...plainFacts, ...facts })
}

const main = plainSpec.process

describe('what the image says', () => {
  test.each([
    [{}, ['/entry', 'serve']],
    [{ command: ['other'] }, ['/entry', 'other']],
    [{ entrypoint: ['/mine'] }, ['/mine']],
    [{ entrypoint: ['/mine'], command: ['x'] }, ['/mine', 'x']],
    [{ entrypoint: [''], command: ['x'] }, ['x']],
    [{ entrypoint: [] }, ['serve']],
  ])('%j', (process, wanted) => expect(oci({ process: { ...main, ...process } }).process.args).toEqual(wanted))

  test('is overruled by what was asked for', () => {
    const spec = complete({
      process: { ...main, environment: ['A=mine'], workdir: '/w', user: 'root', unsetEnvironment: ['PATH'] },
      labels: { both: 'mine' },
      stop: { signal: 9 },
    })
    expect(spec.process).toMatchObject({ environment: ['container=podman', 'A=mine'], workdir: '/w', user: 'root' })
    expect(spec.labels).toEqual({ from: 'image', both: 'mine' })
    expect(spec.stop.signal).toBe(9)
  })

  test('holds where nothing was said', () => {
    const spec = complete({})
    expect(spec.process).toMatchObject({
      environment: ['PATH=/img', 'container=podman', 'A=image'],
      workdir: '/app',
      user: 'web',
    })
    expect(spec.process.isWorkdirMade).toBe(true)
    expect(spec.stop).toEqual({ signal: 3, timeoutSeconds: 10, lifetimeSeconds: 0 })
  })

  test('a stop signal that is none is no obstacle', () => {
    expect(complete({}, { ...image, stopSignal: 'SIGNONSENSE' }).stop.signal).toBe(15)
  })
})

describe('environment', () => {
  test('TERM for a terminal, HOME and HOSTNAME unless said', () => {
    const env = oci({ process: { ...main, hasTerminal: true, environment: ['HOME=/mine'] } }, {}, undefined).process.env
    expect(env).toContain('TERM=xterm')
    expect(env).toContain('HOSTNAME=box')
    expect(env.filter((entry) => entry.startsWith('HOME='))).toEqual(['HOME=/mine'])
  })

  test('unsetenv-all leaves what was given', () => {
    expect(oci({ process: { ...main, environment: ['X=1'], unsetEnvironment: ['*'] } }).process.env).toEqual(['X=1'])
  })
})

describe('capabilities', () => {
  test('an image user that is not root has only what was added', () => {
    const added = oci({ security: { ...plainSpec.security, capAdd: ['CAP_NET_RAW'] } }).process.capabilities
    expect(added.effective).toEqual(['CAP_NET_RAW'])
    expect(added.ambient).toEqual(['CAP_NET_RAW'])
    expect(added.bounding).toContain('CAP_CHOWN')
  })

  test('what the kernel does not let us give is left out', () => {
    const spec = { process: { ...main, user: '0' }, security: { ...plainSpec.security, capAdd: ['ALL'] } }
    const { bounding } = oci(spec, { boundingCapabilities: ['CAP_CHOWN'] }).process.capabilities
    expect(bounding).toEqual(['CAP_CHOWN'])
  })
})

describe('mounts', () => {
  const destinations = (config: ReturnType<typeof oci>) => config.mounts.map((mount) => mount.destination)

  test('parents come before what lies in them, and one of the user replaces ours', () => {
    const mounts = [
      { kind: 'bind', source: '/x', destination: '/etc/hosts', options: [] },
      { kind: 'tmpfs', destination: '/a/b', options: ['size=1m'] },
      { kind: 'bind', source: '/y', destination: '/a', options: ['ro'] },
    ] as const
    const config = oci({ mounts: { mounts } }, { files: { '/etc/hosts': '/ours', '/etc/hostname': '/ours2' } })
    const all = destinations(config)
    expect(all.filter((path) => path === '/etc/hosts')).toHaveLength(1)
    expect(all.indexOf('/a')).toBeLessThan(all.indexOf('/a/b'))
    expect(config.mounts.find(({ destination }) => destination === '/a')).toEqual({
      destination: '/a',
      type: 'bind',
      source: '/y',
      options: ['ro', 'rprivate', 'rbind'],
    })
    expect(config.mounts.find(({ destination }) => destination === '/a/b')?.options).toEqual([
      'size=1m',
      'nosuid',
      'nodev',
      'tmpcopyup',
      'rw',
      'rprivate',
    ])
  })

  test('flags of the source stay, unless lifted by name', () => {
    const bind = (options: string[]) => ({
      mounts: { mounts: [{ kind: 'bind', source: '/s', destination: '/d', options }] as const },
    })
    const facts = { sourceFlags: { '/s': ['nosuid', 'noexec'] } }
    const optionsOf = (config: ReturnType<typeof oci>) =>
      config.mounts.find(({ destination }) => destination === '/d')?.options
    expect(optionsOf(oci(bind([]), facts))).toEqual(['nosuid', 'noexec', 'rw', 'rprivate', 'rbind'])
    expect(optionsOf(oci(bind(['exec']), facts))).toEqual(['exec', 'nosuid', 'rw', 'rprivate', 'rbind'])
  })

  test('a shared bind needs a shared root', () => {
    const mounts = [{ kind: 'bind', source: '/s', destination: '/d', options: ['rshared'] }] as const
    expect(oci({ mounts: { mounts } }).linux.rootfsPropagation).toBe('shared')
    expect(oci({}).linux.rootfsPropagation).toBeUndefined()
  })

  test('a read-only root keeps scratch folders, unless they are refused', () => {
    const readOnly = { mounts: [], isRootReadOnly: true }
    expect(destinations(oci({ mounts: readOnly }))).toEqual(expect.arrayContaining(['/run', '/tmp', '/var/tmp']))
    const bare = oci({ mounts: { ...readOnly, hasWritableTmpfs: false } })
    expect(destinations(bare)).not.toContain('/tmp')
    expect(bare.mounts.find(({ destination }) => destination === '/dev')?.options).toContain('ro')
  })

  test('in a user namespace what belongs to the host is bound', () => {
    const spec = { namespaces: { pid: { kind: 'host' }, network: { kind: 'host' }, ipc: { kind: 'host' } } } as const
    const config = oci(spec, { isRootless: true })
    const typeOf = (path: string) => config.mounts.find(({ destination }) => destination === path)?.type
    expect([typeOf('/proc'), typeOf('/sys'), typeOf('/dev/mqueue')]).toEqual(['bind', 'bind', 'bind'])
    expect(config.linux.namespaces.map(({ type }) => type)).toEqual(['mount', 'uts', 'cgroup'])
  })
})

describe('resources', () => {
  test('limits, and swap as twice the memory', () => {
    const resources = { memoryBytes: 64 << 20, cpus: 1.5, pidsLimit: 10, sysctls: {} }
    expect(oci({ resources }).linux.resources).toMatchObject({
      memory: { limit: 67108864, swap: 134217728 },
      cpu: { quota: 150000, period: 100000 },
      pids: { limit: 10 },
    })
  })

  test('2048 processes unless said; none without a group or controller', () => {
    expect(oci({}).linux.resources.pids).toEqual({ limit: 2048 })
    expect(oci({ resources: { pidsLimit: -1, sysctls: {} } }).linux.resources.pids).toBeUndefined()
    expect(oci({}, { cgroupsPath: undefined }).linux.resources.pids).toBeUndefined()
    expect(oci({}, { controllers: new Set(['cpu']) }).linux.resources.pids).toBeUndefined()
  })

  test('default limits do not exceed what we have', () => {
    const facts = {
      canRaiseLimits: false,
      limits: { nofile: { soft: 10, hard: 20 }, nproc: { soft: Infinity, hard: Infinity } },
    }
    expect(oci({}, facts).process.rlimits).toEqual([
      { type: 'RLIMIT_NOFILE', soft: 10, hard: 20 },
      { type: 'RLIMIT_NPROC', soft: 1048576, hard: 1048576 },
    ])
    expect(oci({ resources: { ulimits: 'host', sysctls: {} } }, facts).process.rlimits).toEqual([])
  })

  test('a configured sysctl of a namespace that is not ours is left out, an asked one refused', () => {
    const host = { namespaces: { network: { kind: 'host' } } } as const
    expect(oci({}).linux.sysctl).toEqual({ 'net.ipv4.ping_group_range': '0 0' })
    expect(oci(host).linux.sysctl).toEqual({})
    expect(() => oci({ ...host, resources: { sysctls: { 'net.x': '1' } } })).toThrow(
      "sysctl net.x=1 can't be set since Network Namespace set to host",
    )
  })
})

describe('keep-id', () => {
  const at = { isRootless: true, hostUid: 1000, hostGid: 1001, uidCount: 65537, gidCount: 65537 }

  test('puts the user in the middle of the others', () => {
    expect(idMappings({ kind: 'keep-id' }, at)).toEqual({
      uids: [
        { containerID: 0, hostID: 1, size: 1000 },
        { containerID: 1000, hostID: 0, size: 1 },
        { containerID: 1001, hostID: 1001, size: 64536 },
      ],
      gids: [
        { containerID: 0, hostID: 1, size: 1001 },
        { containerID: 1001, hostID: 0, size: 1 },
        { containerID: 1002, hostID: 1002, size: 64535 },
      ],
    })
  })

  test('with few ids, or for root inside', () => {
    expect(idMappings({ kind: 'keep-id', uid: 0 }, at)?.uids).toEqual([
      { containerID: 0, hostID: 0, size: 1 },
      { containerID: 1, hostID: 1, size: 65536 },
    ])
    expect(idMappings({ kind: 'keep-id' }, { ...at, uidCount: 11 })?.uids).toEqual([
      { containerID: 0, hostID: 1, size: 10 },
      { containerID: 1000, hostID: 0, size: 1 },
    ])
  })

  test('nomap leaves the user out, and is nothing for root', () => {
    expect(idMappings({ kind: 'nomap' }, at)?.uids).toEqual([{ containerID: 0, hostID: 1, size: 65536 }])
    expect(() => idMappings({ kind: 'nomap' }, { ...at, isRootless: false })).toThrow(
      'nomap is only supported in rootless mode',
    )
  })
})

describe('seccomp', () => {
  const situation = {
    architecture: 'amd64',
    kernelVersion: [6, 1],
    hasX32: true,
    capabilities: ['CAP_SYS_CHROOT'],
  } as const
  const actionOf = (name: string, capabilities: readonly string[]) =>
    resolveSeccomp(defaultSeccompProfile(), { ...situation, capabilities }).syscalls.filter((rule) =>
      rule.names.includes(name),
    )

  test('a capability opens what it is for', () => {
    expect(actionOf('bpf', ['CAP_SYS_ADMIN']).map((rule) => rule.action)).toEqual(['SCMP_ACT_ALLOW'])
    expect(actionOf('bpf', [])).toEqual([expect.objectContaining({ action: 'SCMP_ACT_ERRNO', errnoRet: 1 })])
    expect(actionOf('chroot', ['CAP_SYS_CHROOT'])[0]?.action).toBe('SCMP_ACT_ALLOW')
  })

  test('architectures and their rules', () => {
    const amd = resolveSeccomp(defaultSeccompProfile(), situation)
    const arm = resolveSeccomp(defaultSeccompProfile(), { ...situation, architecture: 'arm64' })
    expect(amd.architectures).toEqual(['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'])
    const withoutX32 = resolveSeccomp(defaultSeccompProfile(), { ...situation, hasX32: false })
    expect(withoutX32.architectures).toEqual(['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'])
    expect(arm.architectures).toEqual(['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'])
    const has = (config: typeof amd, name: string) => config.syscalls.some((rule) => rule.names.includes(name))
    expect([has(amd, 'arch_prctl'), has(arm, 'arch_prctl'), has(arm, 'breakpoint')]).toEqual([true, false, true])
  })

  test('kernel conditions', () => {
    const profile = {
      defaultAction: 'SCMP_ACT_ERRNO',
      syscalls: [{ names: ['ptrace'], action: 'SCMP_ACT_ALLOW', includes: { minKernel: '4.8' } }],
    }
    const rules = (kernelVersion: readonly [number, number]) =>
      resolveSeccomp(profile, { ...situation, kernelVersion }).syscalls.length
    expect([rules([4, 7]), rules([4, 8]), rules([4, 18]), rules([5, 0])]).toEqual([0, 1, 1, 1])
  })

  test('what is no profile is named', () => {
    expect(() => parseSeccompProfile('{', '/p')).toThrow("decoding seccomp profile failed: '/p'")
    expect(() => parseSeccompProfile('[]', '/p')).toThrow('is no seccomp profile')
  })
})
