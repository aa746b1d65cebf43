// Whom Gantry is compared with: the programs of this machine, or newer ones of another Debian that debootstrap put into a folder.

import { execFileSync } from 'node:child_process'
import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

export interface Peers {
  /** The beginning of a peer's command. */
  command(program: 'podman' | 'skopeo'): string[]
  close(): void
}

export const ownPeers: Peers = { command: (program) => [program], close: () => undefined }

/** Of the Debian in `root`, with this machine's runc, so that only the managers differ. `folder` is at the same path for them. */
export function peersIn(root: string, folder: string): Peers {
  const script = `
    mount --bind "$0" "$0" && cd "$0" && mount -t proc proc proc && mount --rbind /sys sys && mount --rbind /dev dev && mount -t tmpfs tmpfs run &&
    mkdir -p ".$1" && mount --rbind "$1" ".$1" && touch usr/sbin/runc && mount --bind "$(command -v runc)" usr/sbin/runc`
  execFileSync('sh', ['-c', script, root, folder])
  mkdirSync(join(root, 'run/lock'))
  return {
    command: (program) => ['chroot', root, program],
    close() {
      execFileSync('umount', ['--lazy', '--recursive', root])
      rmdirSync(join(root, folder))
    },
  }
}
