// What a storage driver does: turn layers into a root file system and back. overlay.ts, fuse-overlayfs.ts and vfs.ts each make one.

import type { Digest } from '../base/digest.ts'
import type { ContainerId } from '../base/ids.ts'

export type DriverName = 'overlay' | 'fuse-overlayfs' | 'vfs'

export interface StorageDriver {
  readonly name: DriverName
  /** How the driver writes a whiteout while a layer is unpacked. */
  readonly whiteouts: 'overlay' | 'overlay-userxattr' | 'vfs'
  /**
   * Mounts (vfs: copies once) the container's root file system at containers/<id>/merged and returns that path.
   * Idempotent. The container's lock is held. `layers` are chain ids, lowest first; empty for an image without layers.
   */
  mountContainer(id: ContainerId, layers: readonly Digest[], options: MountOptions): string
  /** Idempotent; never fails for what is already gone. The container's lock is held. */
  unmountContainer(id: ContainerId): void
  /** Whether merged/ is mounted now. */
  isMounted(id: ContainerId): boolean
  /** Mounts (vfs: copies) layers to be read at `merged` in `folder`, which is there, and returns that path. Idempotent. */
  mountLayers(folder: string, layers: readonly Digest[]): string
  /** Idempotent. */
  unmountLayers(folder: string): void
  areLayersMounted(folder: string): boolean
  /**
   * Mounts `upper` over trees, which are given highest first as names of links in l/ or as absolute paths, at `merged`. Absent where an upper
   * folder could not become a layer by being renamed. All folders are there; `work` is empty. What is written is not synced by unmounting.
   */
  mountOver?(folders: WritableFolders, lowers: readonly string[]): void
}

export interface WritableFolders {
  readonly merged: string
  readonly upper: string
  readonly work: string
  /** Stands in where there are no lowers. */
  readonly empty: string
}

export interface MountOptions {
  /** Nobody wants what is written once the container has ended: unmounting does not wait for the disk, where the driver can tell. */
  readonly isVolatile: boolean
  /** A folder of the user's below all layers: `--rootfs PATH:O`. It stays as it is. */
  readonly base?: string
}
