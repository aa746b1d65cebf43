// The narrow waist: every front door produces a ContainerSpec; only engine/container/create.ts consumes it, and only spec/ turns
// it into OCI's config.json. Each concern is a facet with a file of its own: type, defaults, check, mapping to OCI.

import type { CgroupFacet } from './cgroup.ts'
import type { DeviceFacet } from './devices.ts'
import type { LogFacet } from './log.ts'
import type { MountFacet } from './mounts.ts'
import type { NamespaceFacet } from './namespaces.ts'
import type { ProcessFacet } from './process.ts'
import type { ResourceFacet } from './resources.ts'
import type { SecurityFacet } from './security.ts'
import type { StopFacet } from './stop.ts'

export interface ContainerSpec {
  readonly name?: string
  readonly source: RootfsSource
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly process: ProcessFacet
  readonly namespaces: NamespaceFacet
  readonly mounts: MountFacet
  readonly devices: DeviceFacet
  readonly resources: ResourceFacet
  readonly cgroup: CgroupFacet
  readonly security: SecurityFacet
  readonly log: LogFacet
  readonly stop: StopFacet
  /** Removed by the cleanup that follows its end. */
  readonly isAutoRemoved: boolean
  readonly restart: { readonly policy: 'no' }
  /** argv of the command that made it, for inspect's CreateCommand. */
  readonly createCommand: readonly string[]
}

export type RootfsSource =
  | {
      readonly kind: 'image'
      readonly reference: string
      readonly pull: 'always' | 'missing' | 'never' | 'newer'
      readonly platform?: string
    }
  /** --rootfs PATH[:O] */
  | { readonly kind: 'rootfs'; readonly path: string; readonly isOverlay: boolean }
