// Namespaces: which are the container's own, the host's, or another container's.

export type NamespaceMode =
  | { readonly kind: 'private' }
  | { readonly kind: 'host' }
  | { readonly kind: 'path'; readonly path: string }
  /** By full id; resolved to a path at start. */
  | { readonly kind: 'container'; readonly id: string }

export type NetworkMode = NamespaceMode | { readonly kind: 'none' }

export interface NamespaceFacet {
  readonly pid: NamespaceMode
  readonly ipc: NamespaceMode | { readonly kind: 'none' } | { readonly kind: 'shareable' }
  readonly uts: NamespaceMode
  readonly network: NetworkMode
  readonly cgroup: NamespaceMode
  readonly user: UserNamespaceMode
}

export type UserNamespaceMode =
  | { readonly kind: 'host' }
  | { readonly kind: 'keep-id'; readonly uid?: number; readonly gid?: number }
  | { readonly kind: 'nomap' }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'container'; readonly id: string }
  | { readonly kind: 'auto' }
