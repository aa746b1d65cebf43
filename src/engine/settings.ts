// Everything that configuration files, environment and global flags decide, merged once by the front door.

import type { DriverName } from '../storage/driver.ts'

export interface Settings {
  /** Absolute path of the OCI runtime, and the name that inspect shows. */
  readonly runtime: { readonly name: string; readonly path: string; readonly flags: readonly string[] }
  readonly cgroupManager: 'cgroupfs' | 'systemd'
  readonly storageDriver: DriverName | undefined
  readonly isRootless: boolean
  readonly eventsBackend: 'file' | 'none' | 'journald'
  readonly temporaryFolder: string
  readonly lockTimeoutMs: number
  /** Flags that the exit command must repeat to find this same state. */
  readonly globalFlags: readonly string[]
  readonly authFile: string | undefined
  readonly registriesConf: readonly string[]
  readonly policyPath: string | undefined
  /** containers.conf [containers]: defaults that apply where a spec says nothing. */
  readonly containerDefaults: ContainerDefaults
}

export interface ContainerDefaults {
  readonly pullPolicy: 'always' | 'missing' | 'never' | 'newer'
  readonly logDriver: 'k8s-file' | 'json-file' | 'journald' | 'none' | 'passthrough'
  readonly logMaxBytes: number
  readonly pidsLimit: number
  readonly stopTimeoutSeconds: number
  readonly capabilities: readonly string[]
  readonly sysctls: Readonly<Record<string, string>>
  readonly ulimits: readonly string[]
  readonly environment: readonly string[]
  readonly initPath: string | undefined
  readonly detachKeys: string
  readonly shmBytes: number
  readonly timeZone: string | undefined
  readonly umask: string
}
