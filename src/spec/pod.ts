// What a container is in a pod. The pod itself is engine/pod's; the namespaces that members share are in the namespace facet.

export interface PodFacet {
  /** Full; before creation what the user typed: a name or the beginning of an id. */
  readonly id: string
  /** `once` and `always`: runs to its end before the others are started; `once` then goes. */
  readonly role: 'infra' | 'member' | 'once' | 'always'
  /** Before creation: the pod is to be made, and `id` is its name. */
  readonly isNew?: boolean
  /** Before creation: nobody said how it is restarted. */
  readonly isRestartOfPod?: boolean
  /** Before creation: where the pod's id is to be read instead. */
  readonly idFile?: string
}

export const podNamespaces = ['cgroup', 'ipc', 'net', 'pid', 'uts'] as const
export type PodNamespace = (typeof podNamespaces)[number]

/** Stands for an address of the pod's in the words of a process, until a start knows it. */
export const podAddressMark = '$(status.podIP)'
