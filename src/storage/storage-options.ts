// --storage-opt and storage.conf's options, as far as they mean something here. What would be swallowed is refused by name.

import { invalid } from '../base/errors.ts'

export interface StorageOptions {
  /** Program that mounts instead of the kernel: fuse-overlayfs. */
  readonly mountProgram?: string
  /** Options for each overlay mount. */
  readonly mountOptions: readonly string[]
}

const allowedMountOptions = /^(nodev|volatile|(metacopy|redirect_dir|index|xino|nfs_export)=\w+)$/

/** `key=value` pairs; keys may carry podman's prefixes `overlay.` and `.`. @throws invalid `storage-option-unknown` */
export function parseStorageOptions(options: readonly string[]): StorageOptions {
  let mountProgram: string | undefined
  let mountOptions: string[] = []
  for (const option of options) {
    const cut = option.indexOf('=')
    const key = (cut === -1 ? option : option.slice(0, cut)).replace(/^(overlay2?|vfs)?\./, '')
    const value = cut === -1 ? '' : option.slice(cut + 1)
    if (key === 'mount_program' && value !== '') mountProgram = value
    else if (key === 'mountopt') mountOptions = parseMountOptions(value)
    else throw invalid('storage-option-unknown', `unknown storage option '${option}'`)
  }
  return { mountOptions, ...(mountProgram === undefined ? {} : { mountProgram }) }
}

/** `nodev` is dropped: device nodes in a container's root are governed by its device cgroup, as without the option. */
function parseMountOptions(value: string): string[] {
  const list = value.split(',').filter((option) => option !== '')
  for (const option of list) {
    if (!allowedMountOptions.test(option))
      throw invalid('storage-option-unknown', `unknown overlay mount option '${option}'`)
  }
  return list.filter((option) => option !== 'nodev')
}
