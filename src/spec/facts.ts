// What only the host knows of a container that is about to start. engine/container/host-facts.ts collects it; spec/ reads it.

import type { BlockDevices } from './block-io.ts'
import type { LimitName } from './limits.ts'
import type { IdMapping, OciDevice } from './oci-config.ts'
import type { SeccompProfile } from './seccomp.ts'

export interface WindowSize {
  readonly rows: number
  readonly columns: number
}

export interface OciFacts {
  /** Of the container. */
  readonly id: string
  readonly rootfs: string
  readonly user: ResolvedUser
  /** What uname(2) will say inside. */
  readonly hostname: string
  /** Files of ours by their path inside, as paths outside: /etc/hosts, /run/.containerenv, … */
  readonly files: Readonly<Record<string, string>>
  /** Where each mount of a volume, and each with option `O`, is outside, by its destination. */
  readonly volumes: Readonly<Record<string, string>>
  /** Files with secrets by their path inside, as paths outside. */
  readonly secretFiles: Readonly<Record<string, string>>
  /** `NAME=secret` */
  readonly secretEnvironment: readonly string[]
  readonly workdir: string
  /** Inside a user namespace of our own, or without privilege. */
  readonly isRootless: boolean
  readonly isUnifiedCgroup: boolean
  /** Whether the host has cgroup v1's hierarchy without controllers that systemd v1 lives in. */
  readonly hasNamedCgroup: boolean
  /** Limits that can be set; empty where no control group is ours. */
  readonly controllers: ReadonlySet<string>
  /** Limits that have a controller, but no file in it. */
  readonly lacking: ReadonlySet<LimitName>
  /** Devices that limits name. */
  readonly blockDevices: BlockDevices
  readonly cgroupsPath: string | undefined
  readonly mappings: IdMappings | undefined
  /** Group ids of the namespace that we run in: 1 for a user without subordinate ids. */
  readonly gidCount: number
  /** Paths of the namespaces of containers that are joined, by namespace. */
  readonly joined: Readonly<Partial<Record<JoinableNamespace, string>>>
  /** /dev/shm of the container (or host) whose IPC namespace is joined. */
  readonly sharedShm: string | undefined
  /** Whether /dev/mqueue is mounted on the host. */
  readonly hasMqueue: boolean
  /** Our own limits, where they cannot be exceeded. */
  readonly limits: Readonly<Record<string, RlimitPair>>
  readonly canRaiseLimits: boolean
  readonly oomScoreAdj: number
  /** What the kernel lets us give away, in its order. */
  readonly boundingCapabilities: readonly string[]
  /** Device nodes asked for, or all of the host's for a privileged container. */
  readonly devices: readonly ResolvedDevice[]
  readonly seccomp: SeccompProfile | undefined
  readonly hasApparmor: boolean
  /** As Go calls it: amd64, arm64, … */
  readonly architecture: string
  readonly kernelVersion: readonly [number, number]
  /** Whether the kernel runs programs of the x32 ABI. */
  readonly hasX32: boolean
  /** Folders of /sys that count how often each processor was too hot: by them others' work can be told (GHSA-6fw5-f8r9-fgfm). */
  readonly thermalPaths: readonly string[]
  readonly initPath: string | undefined
  /** Outside, where the monitor listens to what the container says of itself. */
  readonly notifyFolder: string | undefined
  /** LISTEN_… of sockets that are passed on. */
  readonly activation: readonly string[]
  /** Mount flags (nosuid, nodev, noexec) of each bind's source, by source. */
  readonly sourceFlags: Readonly<Record<string, readonly string[]>>
  readonly windowSize: WindowSize | undefined
}

export type JoinableNamespace = 'pid' | 'ipc' | 'uts' | 'network' | 'user' | 'cgroup'

export interface ResolvedUser {
  readonly uid: number
  readonly gid: number
  /** Supplementary ones. */
  readonly groups: readonly number[]
  readonly home: string
}

export interface IdMappings {
  readonly uids: readonly IdMapping[]
  readonly gids: readonly IdMapping[]
}

export interface RlimitPair {
  readonly soft: number
  readonly hard: number
}

export interface ResolvedDevice extends OciDevice {
  readonly hostPath: string
  readonly permissions: string
}
