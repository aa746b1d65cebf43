// What a build's flags say of its RUN steps: the facets of a container that no instruction decides.

import type { ContainerSpec } from '../../spec/container-spec.ts'
import type { Mount } from '../../spec/mounts.ts'

export interface RunSettings extends Pick<ContainerSpec, 'network' | 'devices' | 'resources' | 'cgroup' | 'security'> {
  readonly namespaces: ContainerSpec['namespaces']
  /** `KEY=value` that history and the cache do not know: proxies. */
  readonly environment: readonly string[]
  readonly mounts: readonly Mount[]
  readonly shmBytes?: number
  /** Further ones of every step's process, by name or number. */
  readonly groups?: readonly string[]
  /** Standard input is ours. */
  readonly hasStdin?: boolean
}
