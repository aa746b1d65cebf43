// Mounts beside the root file system: binds, tmpfs, and the read-only root.

export interface BindMount {
  readonly kind: 'bind'
  readonly source: string
  readonly destination: string
  /** ro, rw, rprivate, rshared, rslave, nosuid, nodev, noexec, … as OCI mount options. */
  readonly options: readonly string[]
}

export interface TmpfsMount {
  readonly kind: 'tmpfs'
  readonly destination: string
  readonly options: readonly string[]
}

export interface MountFacet {
  readonly mounts: readonly (BindMount | TmpfsMount)[]
  readonly isRootReadOnly: boolean
  readonly shmBytes: number
}
