// The OCI runtime specification's config.json, as far as we write it. Field names are the specification's.

import type { OciBlockIo } from './block-io.ts'
import type { OciCpu } from './cpu.ts'
import type { OciHooks } from './hooks.ts'
import type { OciMemory } from './memory.ts'

export interface OciConfig {
  readonly ociVersion: string
  readonly process: OciProcess
  readonly root: { readonly path: string; readonly readonly: boolean }
  readonly hostname?: string
  readonly mounts: readonly OciMount[]
  readonly annotations: Readonly<Record<string, string>>
  readonly hooks?: OciHooks
  readonly linux: OciLinux
}

export interface OciProcess {
  readonly terminal: boolean
  readonly consoleSize?: { readonly height: number; readonly width: number }
  readonly user: OciUser
  readonly args: readonly string[]
  readonly env: readonly string[]
  readonly cwd: string
  readonly capabilities: OciCapabilities
  readonly rlimits: readonly OciRlimit[]
  readonly noNewPrivileges: boolean
  readonly apparmorProfile?: string
  readonly oomScoreAdj?: number
}

export interface OciUser {
  readonly uid: number
  readonly gid: number
  readonly umask?: number
  readonly additionalGids: readonly number[]
}

export interface OciCapabilities {
  readonly bounding: readonly string[]
  readonly effective: readonly string[]
  readonly permitted: readonly string[]
  readonly inheritable: readonly string[]
  readonly ambient: readonly string[]
}

/** Infinity is unlimited. */
export interface OciRlimit {
  readonly type: string
  readonly soft: number
  readonly hard: number
}

export interface OciMount {
  readonly destination: string
  readonly type: string
  readonly source: string
  readonly options: readonly string[]
}

export interface OciLinux {
  readonly namespaces: readonly OciNamespace[]
  readonly uidMappings?: readonly IdMapping[]
  readonly gidMappings?: readonly IdMapping[]
  readonly devices: readonly OciDevice[]
  readonly cgroupsPath?: string
  readonly resources: OciResources
  readonly sysctl: Readonly<Record<string, string>>
  readonly seccomp?: OciSeccomp
  readonly maskedPaths: readonly string[]
  readonly readonlyPaths: readonly string[]
  readonly rootfsPropagation?: string
  readonly personality?: { readonly domain: string }
  readonly intelRdt?: { readonly closID?: string; readonly l3CacheSchema?: string; readonly memBwSchema?: string }
}

export interface OciNamespace {
  readonly type: 'pid' | 'network' | 'ipc' | 'uts' | 'mount' | 'cgroup' | 'user'
  readonly path?: string
}

export interface IdMapping {
  readonly containerID: number
  readonly hostID: number
  readonly size: number
}

export interface OciDevice {
  readonly path: string
  readonly type: 'c' | 'b' | 'p'
  readonly major: number
  readonly minor: number
  readonly fileMode: number
  readonly uid: number
  readonly gid: number
}

export interface OciDeviceRule {
  readonly allow: boolean
  readonly type?: string
  readonly major?: number
  readonly minor?: number
  readonly access: string
}

export interface OciResources {
  readonly devices?: readonly OciDeviceRule[]
  readonly memory?: OciMemory
  readonly cpu?: OciCpu
  readonly blockIO?: OciBlockIo
  readonly pids?: { readonly limit: number }
  readonly unified?: Readonly<Record<string, string>>
}

export interface OciSeccomp {
  readonly defaultAction: string
  readonly defaultErrnoRet?: number
  readonly architectures: readonly string[]
  readonly syscalls: readonly OciSyscall[]
}

export interface OciSyscall {
  readonly names: readonly string[]
  readonly action: string
  readonly errnoRet?: number
  readonly args?: readonly OciSyscallArg[]
}

export interface OciSyscallArg {
  readonly index: number
  readonly value: number
  readonly valueTwo?: number
  readonly op: string
}
