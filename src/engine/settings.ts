// Everything that configuration files, environment and global flags decide, merged once by the front door.

import type { UnpackLimits } from '../image/unpack-limits.ts'
import type { NetworkConfig } from '../network/network-config.ts'
import type { ConfiguredDefaults } from '../spec/complete.ts'
import type { ImageVolumeMode } from '../spec/mounts.ts'
import type { RuntimeChoice } from '../spec/stored-spec.ts'
import type { DriverName } from '../storage/driver.ts'
import type { RegistriesConfFiles } from '../transport/registry/registries-conf.ts'
import type { SignaturePlaces } from '../transport/registry/registries-d.ts'
import type { RetryPolicy } from '../transport/registry/retry.ts'

export interface Settings {
  /** Absolute: where the state lies. */
  readonly root: string
  readonly run: string
  readonly runtime: RuntimeChoice
  readonly cgroupManager: 'cgroupfs' | 'systemd'
  /** Files of the Container Device Interface, in the strongest folder last. */
  readonly cdiFolders: readonly string[]
  /** Files of OCI hooks, in the strongest folder last. */
  readonly hookFolders: readonly string[]
  readonly storageDriver: DriverName | undefined
  /** `overlay.mount_program=…`, as --storage-opt and storage.conf give them. */
  readonly storageOptions: readonly string[]
  /** The storage.conf(5) that was read, or would have been. */
  readonly storageConf: string
  readonly isRootless: boolean
  readonly eventsBackend: 'file' | 'none' | 'journald'
  /** A `create` event holds what inspect says of the container. */
  readonly eventsTellInspectData: boolean
  /** An event a health check. */
  readonly areHealthEventsKept: boolean
  /** Of the file backend. */
  readonly eventsFile: EventsFile
  readonly temporaryFolder: string
  readonly lockTimeoutMs: number
  /** Flags that the exit command must repeat to find this same state. */
  readonly globalFlags: readonly string[]
  readonly authFile: string | undefined
  /** What containers.conf says of asking a registry again; the rest is ours. */
  readonly registryRetry: Partial<RetryPolicy>
  /** How layers leave the store, unless somebody says; as written in containers.conf. */
  readonly compression: { readonly format?: string; readonly level?: number }
  readonly registriesConf: RegistriesConfFiles
  readonly policyPath: string | undefined
  /** registries.d, and where signatures are without it. */
  readonly signaturePlaces: SignaturePlaces
  /** The mounts.conf(5) that is there: folders of the host that every container gets a copy of. */
  readonly mountsConf: string | undefined
  /** Where named volumes lie: below the root unless said. */
  readonly volumeFolder: string | undefined
  /** containers.conf's [engine.volume_plugins]: sockets by name. */
  readonly volumePlugins: Readonly<Record<string, string>>
  /** How long a plugin may think, unless its volume says. */
  readonly volumePluginTimeoutSeconds: number
  /** What becomes of the volumes that an image names, where nobody says. */
  readonly imageVolumes: ImageVolumeMode
  /** What seals secrets at rest: not in the state directory, so that a copy of that tells none. */
  readonly secretKeyFile: string
  /** Where new secrets go, unless said. */
  readonly secretDriver: { readonly name: string; readonly options: Readonly<Record<string, string>> }
  /** What one layer may cost. */
  readonly unpackLimits: UnpackLimits
  /** Of pods: what follows the end of the last container, and the image of infra containers, which need none. */
  readonly podExitPolicy: 'continue' | 'stop'
  readonly infraImage: string | undefined
  /** What kube generate makes of pods and containers, unless said. */
  readonly kubeGenerateType: string | undefined
  /** containers.conf [network], and what concerns it. */
  readonly network: NetworkConfig
  /** containers.conf [containers]: defaults that apply where a spec says nothing. */
  readonly containerDefaults: ContainerDefaults
}

export interface EventsFile {
  /** Below the root unless said. */
  readonly path: string | undefined
  /** Bytes; 0 is unlimited. */
  readonly maxBytes: number
}

export interface ContainerDefaults extends ConfiguredDefaults {
  readonly pullPolicy: 'always' | 'missing' | 'never' | 'newer'
  readonly initPath: string | undefined
  readonly detachKeys: string
  /** As -v and --mount take them; what a container mounts at the same place is stronger. */
  readonly volumes: readonly string[]
  readonly mounts: readonly string[]
  /** Of containers, and of exec's processes. */
  readonly isPrivileged: boolean
  /** All variables of who creates it. */
  readonly isEnvironmentPassed: boolean
  readonly areProxiesPassed: boolean
}
