// The flags of `pod clone`: those of `pod create` by which the new pod differs from its original.

import { defined } from '../../base/defined.ts'
import type { InfraChanges, PodChanges } from '../../engine/pod/pod-changes.ts'
import type { Settings } from '../../engine/settings.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { defaultsOf, podChangeOptions, podCreateOptions, toPodPlan } from './pod-create.ts'

/** Networks, and what is shared, are the original's. */
export const podCloneOptions = defineOptions({
  ...podChangeOptions,
  destroy: { type: 'boolean', describe: 'Remove the original pod, which must not run' },
  name: {
    ...podChangeOptions.name,
    describe: 'Name of the new pod; the name of the original and "-clone" unless said',
  },
  start: { type: 'boolean', describe: 'Start the new pod' },
})

/** What the flags would make of a pod that has nothing else. @throws as toPodPlan */
export function toPodChanges(
  { options: own, given, path }: Invocation<typeof podCloneOptions>,
  settings: Settings,
): PodChanges {
  const { name: _name, destroy: _destroy, start: _start, ...options } = own
  const plan = toPodPlan(
    { options: { ...defaultsOf(podCreateOptions), ...options } as never, given, path, args: [] },
    settings,
  )
  const { limits, labels, hostname, restart, groupParent } = plan
  return {
    limits,
    labels,
    infra: infraChanges(plan.infra as ContainerSpec, given),
    ...(hostname === undefined ? {} : { hostname }),
    ...(groupParent === undefined ? {} : { groupParent }),
    ...(given.has('restart') ? { restart } : {}),
  }
}

function infraChanges(infra: ContainerSpec, given: ReadonlySet<string>): InfraChanges {
  const { name, process, pidFiles, namespaces, mounts, devices, security, resources } = infra
  const { pid, user, uts } = namespaces
  const { entrypoint } = process
  return {
    namespaces: defined({ pid, user, uts }),
    mounts: mounts.mounts,
    volumesFrom: mounts.volumesFrom ?? [],
    devices,
    sysctls: resources.sysctls,
    ...(name === undefined ? {} : { name }),
    ...(given.has('infra-command') && entrypoint !== undefined ? { entrypoint } : {}),
    ...(pidFiles === undefined ? {} : { pidFiles }),
    ...(mounts.shmBytes === undefined ? {} : { shmBytes: mounts.shmBytes }),
    ...(mounts.systemdTmpfsBytes === undefined ? {} : { systemdTmpfsBytes: mounts.systemdTmpfsBytes }),
    ...(given.has('security-opt') ? { security } : {}),
  }
}
