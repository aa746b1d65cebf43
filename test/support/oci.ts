// The plainest spec and the plainest host, for tests of spec/.

import type { ContainerId } from '../../src/base/ids.ts'
import { knownCapabilities } from '../../src/spec/capabilities.ts'
import type { ConfiguredDefaults } from '../../src/spec/complete.ts'
import type { CompleteSpec, ContainerSpec } from '../../src/spec/container-spec.ts'
import type { OciFacts } from '../../src/spec/facts.ts'
import type { StoredSpec } from '../../src/spec/stored-spec.ts'

export const plainSpec: ContainerSpec = {
  source: { kind: 'image', reference: 'busybox', pull: 'missing' },
  labels: {},
  annotations: {},
  process: { environment: [], hasTerminal: false, isStdinOpen: false },
  namespaces: {},
  mounts: { mounts: [] },
  devices: { devices: [] },
  resources: { sysctls: {} },
  cgroup: { mode: 'enabled' },
  security: { isPrivileged: false, capAdd: [], capDrop: [], noNewPrivileges: false, labels: [], mask: [], unmask: [] },
  log: { options: {} },
  stop: {},
  isAutoRemoved: false,
  restart: { policy: 'no' },
  createCommand: [],
}

export const configuredDefaults: ConfiguredDefaults = {
  logDriver: 'k8s-file',
  logMaxBytes: 0,
  logTag: undefined,
  pidsLimit: 2048,
  stopTimeoutSeconds: 10,
  capabilities: ['CAP_CHOWN', 'CAP_SETUID'],
  sysctls: { 'net.ipv4.ping_group_range': '0 0' },
  ulimits: [],
  environment: [],
  hasInit: false,
  isRootReadOnly: false,
  oomScoreAdj: undefined,
  seccompProfile: undefined,
  shmBytes: 65536 * 1024,
  timeZone: undefined,
  umask: '0022',
  userNamespace: { kind: 'host' },
  namespaces: {},
  annotations: {},
}

export const plainFacts: OciFacts = {
  rootfs: '/rootfs',
  user: { uid: 0, gid: 0, groups: [], home: '/root' },
  hostname: 'box',
  files: {},
  volumes: {},
  secretFiles: {},
  secretEnvironment: [],
  workdir: '/',
  isRootless: false,
  id: 'c0ffee'.padEnd(64, '0'),
  hasNamedCgroup: true,
  isUnifiedCgroup: true,
  controllers: new Set(['memory', 'cpu', 'pids']),
  lacking: new Set(),
  blockDevices: {},
  cgroupsPath: '/gantry/x',
  mappings: undefined,
  gidCount: 2 ** 32 - 1,
  joined: {},
  sharedShm: undefined,
  hasMqueue: true,
  limits: {},
  canRaiseLimits: true,
  oomScoreAdj: 0,
  boundingCapabilities: knownCapabilities,
  devices: [],
  seccomp: undefined,
  hasApparmor: false,
  architecture: 'amd64',
  kernelVersion: [6, 1],
  hasX32: true,
  thermalPaths: [],
  initPath: undefined,
  notifyFolder: undefined,
  activation: [],
  sourceFlags: {},
  windowSize: undefined,
}

export function stored(spec: CompleteSpec): StoredSpec {
  return {
    schema: 1,
    id: 'a'.repeat(64) as ContainerId,
    createdAt: '2026-01-01T00:00:00Z',
    spec,
    layers: [],
    runtime: { name: 'runc', path: '/usr/sbin/runc', flags: [] },
    cgroupManager: 'cgroupfs',
    globalFlags: [],
  }
}
