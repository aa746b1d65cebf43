// The fields that `pod ps --format` knows, and its JSON.

import { goMap, goStruct } from '../../base/go-value.ts'
import { shortId } from '../../base/ids.ts'
import { attachmentsOf } from '../../engine/container/network-attachments.ts'
import type { ListedPod } from '../../engine/pod/list.ts'
import { agoText } from './container-row.ts'

/** Where the heading is not simply the field's words. */
export const podHeadings: Readonly<Record<string, string>> = {
  ContainerIds: 'IDS',
  ContainerNames: 'NAMES',
  ContainerStatuses: 'STATUS',
  ID: 'POD ID',
  Id: 'POD ID',
  InfraID: 'INFRA ID',
  InfraId: 'INFRA ID',
  Namespace: 'NAMESPACES',
  NumberOfContainers: '# OF CONTAINERS',
}

/** Fields for a template. */
export function podRow({ pod, members, state }: ListedPod, { isWhole }: { readonly isWhole: boolean }): object {
  const short = (id: string) => (isWhole ? id : shortId(id))
  const containers = podContainers({ members })
  return goStruct('pods.ListPodReporter', {
    Cgroup: pod.groupParent ?? '',
    ContainerIds: members.map(({ id }) => short(id)).join(','),
    ContainerNames: members.map(({ name }) => name).join(','),
    ContainerStatuses: members.map(({ live }) => live.status).join(','),
    Containers: containers.map((one) => goStruct('*types.ListPodContainer', one)),
    Created: agoText(pod.createdAt),
    ID: short(pod.id),
    Id: short(pod.id),
    InfraID: short(pod.infraId ?? ''),
    InfraId: short(pod.infraId ?? ''),
    Label: (key: unknown) => pod.labels[String(key)] ?? '',
    Labels: goMap(pod.labels),
    Name: pod.name,
    Namespace: pod.shares.join(','),
    Networks: networksOf({ pod, members }).join(','),
    NumberOfContainers: members.length,
    Restarts: String(members.reduce((sum, { record }) => sum + record.restartCount, 0)),
    Status: state,
  })
}

/** One member of `pod ps --format json`. */
export function podJson({ pod, members, state }: ListedPod): object {
  return {
    Cgroup: pod.groupParent ?? '',
    Containers: podContainers({ members }),
    Created: pod.createdAt,
    Id: pod.id,
    InfraId: pod.infraId ?? '',
    Name: pod.name,
    Namespace: '',
    Networks: networksOf({ pod, members }),
    Status: state,
    Labels: goMap(pod.labels),
  }
}

function podContainers({ members }: Pick<ListedPod, 'members'>) {
  return members.map(({ id, name, live, record }) => ({
    Id: id,
    Names: name,
    Status: live.status,
    RestartCount: record.restartCount,
  }))
}

/** The infra container's. */
function networksOf({ pod, members }: Pick<ListedPod, 'pod' | 'members'>): string[] {
  const infra = members.find(({ id }) => id === pod.infraId)
  return infra === undefined ? [] : attachmentsOf(infra).map(({ network }) => network)
}
