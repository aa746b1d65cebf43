// The narrow waist: every front door produces a ContainerSpec; only engine/container/create.ts consumes it, and only spec/ turns
// it into OCI's config.json. Each concern is a facet with a file of its own: type, defaults, check, mapping to OCI.

import type { CgroupFacet } from './cgroup.ts'
import type { DeviceFacet } from './devices.ts'
import type { HealthFacet } from './health.ts'
import type { LifecycleFacet } from './lifecycle.ts'
import type { CompleteLog, LogFacet } from './log.ts'
import type { ManifestFacet } from './manifest.ts'
import type { CompleteMounts, MountFacet } from './mounts.ts'
import type { CompleteNamespaces, NamespaceFacet } from './namespaces.ts'
import type { NetworkFacet } from './network.ts'
import type { NotifyFacet } from './notify.ts'
import type { PodFacet } from './pod.ts'
import type { CompleteProcess, ProcessFacet } from './process.ts'
import type { CompleteResources, ResourceFacet } from './resources.ts'
import type { RestartPolicy } from './restart.ts'
import type { SecretFacet } from './secrets.ts'
import type { CompleteSecurity, SecurityFacet } from './security.ts'
import type { ServiceFacet } from './service.ts'
import type { CompleteStop, StopFacet } from './stop.ts'

/** What was asked for. Whatever is absent is decided by the image, the configuration or a default: see complete.ts. */
export interface ContainerSpec {
  readonly name?: string
  readonly source: RootfsSource
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly process: ProcessFacet
  readonly namespaces: NamespaceFacet
  /** Nothing of it unless said. */
  readonly network?: NetworkFacet
  readonly mounts: MountFacet
  readonly secrets?: SecretFacet
  readonly devices: DeviceFacet
  readonly resources: ResourceFacet
  readonly cgroup: CgroupFacet
  readonly security: SecurityFacet
  readonly log: LogFacet
  readonly stop: StopFacet
  /** --sdnotify container, by the socket of whoever starts it, unless said. */
  readonly notify?: NotifyFacet
  /** Absent where nothing was said of it; in a complete one, where the image has no check either. */
  readonly health?: HealthFacet
  readonly lifecycle?: LifecycleFacet
  readonly manifest?: ManifestFacet
  /** Removed by the cleanup that follows its end. */
  readonly isAutoRemoved: boolean
  /** --rmi: its image goes with it. */
  readonly isImageRemoved?: boolean
  readonly restart: RestartPolicy
  /** --requires: containers that are started before it; names or ids, full ids once it is created. */
  readonly requires?: readonly string[]
  /** It waits until their startup checks have passed, too. */
  readonly awaitsStartup?: boolean
  /** Of a container in a pod. */
  readonly pod?: PodFacet
  /** Of a service container. */
  readonly service?: ServiceFacet
  /** Where pids are written at each start. */
  readonly pidFiles?: { readonly container?: string; readonly monitor?: string }
  /** Holds its id, and is removed with it; absolute. */
  readonly cidFile?: string
  /** argv of the command that made it, for inspect's CreateCommand. */
  readonly createCommand: readonly string[]
}

/** What a container is: nothing is left to be decided but what only its start can know. */
export interface CompleteSpec extends ContainerSpec {
  readonly name: string
  readonly process: CompleteProcess
  readonly namespaces: CompleteNamespaces
  readonly mounts: CompleteMounts
  readonly resources: CompleteResources
  readonly security: CompleteSecurity
  readonly log: CompleteLog
  readonly stop: CompleteStop
}

export type RootfsSource =
  /** Of a pod's infra container without an image: a folder with nothing but src/pause's program. */
  | { readonly kind: 'pause' }
  | {
      readonly kind: 'image'
      readonly reference: string
      readonly pull: 'always' | 'missing' | 'never' | 'newer'
      readonly platform?: string
    }
  /** --rootfs PATH[:O | :idmap] */
  | {
      readonly kind: 'rootfs'
      readonly path: string
      readonly isOverlay: boolean
      /** Option `idmap`, as mounts have it. */
      readonly idMap?: string
    }
