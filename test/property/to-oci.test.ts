// Whatever the flags say, config.json has the shape that the OCI runtime specification demands.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { knownCapabilities } from '../../src/spec/capabilities.ts'
import { completeSpec } from '../../src/spec/complete.ts'
import type { ContainerSpec } from '../../src/spec/container-spec.ts'
import { defaultSeccompProfile } from '../../src/spec/default-seccomp.ts'
import type { OciConfig } from '../../src/spec/oci-config.ts'
import { printOci } from '../../src/spec/oci-text.ts'
import { toOci } from '../../src/spec/to-oci.ts'
import { configuredDefaults, plainFacts, plainSpec, stored } from '../support/oci.ts'

const part = fc.stringMatching(/^[a-z][a-z0-9._-]{0,6}$/)
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
const capability = fc.constantFrom(...knownCapabilities, 'ALL')
const mode = fc.constantFrom(
  { kind: 'private' } as const,
  { kind: 'host' } as const,
  { kind: 'path', path: '/ns' } as const,
  { kind: 'container', id: 'c'.repeat(64) } as const,
)
const bindMount = fc.record({
  kind: fc.constant('bind' as const),
  source: path,
  destination: path,
  options: fc.subarray(['ro', 'noexec', 'rslave', 'U', 'z']),
})
const tmpfsMount = fc.record({
  kind: fc.constant('tmpfs' as const),
  destination: path,
  options: fc.subarray(['ro', 'size=1m', 'notmpcopyup', 'exec']),
})

const spec: fc.Arbitrary<ContainerSpec> = fc
  .record({
    process: fc.record({
      entrypoint: fc.array(fc.string(), { maxLength: 3 }),
      command: fc.array(fc.string(), { maxLength: 3 }),
      environment: fc.array(fc.stringMatching(/^[A-Z]{1,3}=.{0,3}$/), { maxLength: 4 }),
      hasTerminal: fc.boolean(),
      isStdinOpen: fc.boolean(),
      init: fc.boolean(),
      user: fc.constantFrom('', 'root', '0', 'web', '1000:1000'),
    }),
    namespaces: fc.record({
      pid: mode,
      uts: mode,
      network: mode,
      ipc: fc.oneof(mode, fc.constant({ kind: 'none' } as const)),
    }),
    mounts: fc.record({
      mounts: fc.array(fc.oneof(bindMount, tmpfsMount), { maxLength: 5 }),
      isRootReadOnly: fc.boolean(),
      hasWritableTmpfs: fc.boolean(),
    }),
    resources: fc.record({
      memoryBytes: fc.integer({ min: 6 << 20, max: 1 << 30 }),
      cpus: fc.double({ min: 0, max: 64, noNaN: true }),
      pidsLimit: fc.integer({ min: -1, max: 9999 }),
      ulimits: fc.constantFrom('host' as const, [{ name: 'core', soft: -1, hard: -1 }]),
      sysctls: fc.constant({}),
    }),
    capAdd: fc.uniqueArray(capability, { maxLength: 4 }),
    isPrivileged: fc.boolean(),
    unmask: fc.subarray(['ALL', '/proc/*', '/sys/fs/cgroup']),
  })
  .map(({ capAdd, isPrivileged, unmask, ...rest }) => ({
    ...plainSpec,
    ...rest,
    security: { ...plainSpec.security, capAdd, isPrivileged, unmask },
  }))

const facts = fc
  .record({ isRootless: fc.boolean(), isUnifiedCgroup: fc.boolean(), hasGroup: fc.boolean() })
  .map(({ hasGroup, ...rest }) => ({
    ...plainFacts,
    ...rest,
    cgroupsPath: hasGroup ? '/gantry/x' : undefined,
    seccomp: defaultSeccompProfile(),
    files: { '/etc/hosts': '/files/hosts' },
    volumes: {},
    secretFiles: {},
    secretEnvironment: [],
  }))

test('config.json has its shape', () => {
  fc.assert(
    fc.property(spec, facts, (asked, host) => {
      const { isUnifiedCgroup } = host
      const context = {
        name: 'x',
        image: undefined,
        defaults: configuredDefaults,
        isUnifiedCgroup,
        defaultUser: undefined,
        defaultNetwork: { kind: 'private' } as const,
      }
      const text = printOci(toOci(stored(completeSpec(asked, context)), host))
      checkShape(JSON.parse(text) as OciConfig)
    }),
    { numRuns: 200 },
  )
})

function checkShape(config: OciConfig): void {
  const { process, mounts, linux } = config
  expect(config.ociVersion).toMatch(/^1\.\d+\.\d+$/)
  expect(process.args.length).toBeGreaterThan(0)
  expect(process.cwd.startsWith('/')).toBe(true)
  const names = process.env.map((entry) => entry.split('=', 1)[0])
  expect(process.env.every((entry) => entry.includes('='))).toBe(true)
  expect(new Set(names).size).toBe(names.length)
  const capabilities = Object.values(process.capabilities).flat()
  expect(capabilities.filter((name) => !knownCapabilities.includes(name))).toEqual([])
  const limits = process.rlimits.map((limit) => limit.type)
  expect(limits.every((type) => /^RLIMIT_[A-Z]+$/.test(type))).toBe(true)
  expect(new Set(limits).size).toBe(limits.length)
  expect(mounts.flatMap(mountFaults)).toEqual([])
  const types = linux.namespaces.map((namespace) => namespace.type)
  expect(new Set(types).size).toBe(types.length)
  expect(types).toContain('mount')
  const { cpu, memory, pids } = linux.resources
  const numbers = [cpu?.quota, memory?.limit, pids?.limit].filter((number) => number !== undefined)
  expect(numbers.every((number) => Number.isSafeInteger(number))).toBe(true)
  expect(linux.seccomp?.syscalls.every((rule) => rule.names.length > 0) ?? true).toBe(true)
}

function mountFaults({ destination, type, options }: OciConfig['mounts'][number]): string[] {
  const isBind = type === 'bind'
  const faults: [boolean, string][] = [
    [!destination.startsWith('/'), 'destination'],
    [!/^(bind|tmpfs|proc|sysfs|devpts|mqueue|cgroup)$/.test(type), 'type'],
    [options.includes('U') || options.includes('z'), 'option of ours'],
    [isBind && !options.includes('bind') && !options.includes('rbind'), 'bind without bind'],
  ]
  return faults.filter(([is]) => is).map(([, what]) => `${destination}: ${what}`)
}
