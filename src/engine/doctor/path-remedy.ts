// The one flag, or command, that lets a container's process at what it is denied. Pure.

import type { Mount } from '../../spec/mounts.ts'
import type { Accessor, Denial } from './path-access.ts'

export interface PathPlace {
  /** Of the mount that holds it; undefined in the container's own layer. */
  readonly mount: { readonly kind: Mount['kind']; readonly text: string; readonly isReadOnly: boolean } | undefined
  readonly hostPath: string
}

export interface Ownership {
  /** The host's; undefined for an id that is not the user's to see. */
  readonly hostUid: number | undefined
  readonly hostGid: number | undefined
  /** The host's id of the user behind a rootless Gantry; undefined as root. */
  readonly ownUid: number | undefined
}

/** A flag of `run`, or a command; with its reason. */
export interface Remedy {
  readonly words: string
  readonly reason: string
}

export function remedyFor(
  denial: Denial,
  who: Accessor,
  { place, owner }: { place: PathPlace; owner: Ownership },
): Remedy {
  const { step } = denial
  if (step.uid === who.uid) return chmod(denial, place)
  if (place.mount === undefined || place.mount.kind === 'tmpfs' || place.mount.kind === 'devpts')
    return otherUser(step.uid, step.gid)
  if (isOwn(owner)) return keepId(who)
  if (step.uid === undefined && owner.ownUid !== undefined) return others(denial, place)
  if (place.mount.kind === 'bind' && owner.ownUid === undefined && step.uid !== undefined && step.uid !== 0) {
    return otherUser(step.uid, step.gid)
  }
  return {
    words: `-v ${place.mount.text}:U`,
    reason: "the mount's source and all below it are given to the user of the container",
  }
}

function isOwn({ hostUid, ownUid }: Ownership): boolean {
  return ownUid !== undefined && hostUid === ownUid
}

function keepId({ uid, gid }: Accessor): Remedy {
  return {
    words: `--userns keep-id:uid=${uid},gid=${gid}`,
    reason: 'your own files, which this is, are then the files of the user that the container runs as',
  }
}

function otherUser(uid: number | undefined, gid: number | undefined): Remedy {
  return { words: `--user ${uid ?? 0}:${gid ?? 0}`, reason: 'the process is then the owner' }
}

const letters = { read: 'r', write: 'w', search: 'x' } as const

function chmod({ right }: Denial, { hostPath }: PathPlace): Remedy {
  return { words: `chmod u+${letters[right]} '${hostPath}'`, reason: 'its own owner is left out by the mode' }
}

/** No namespace of the user's own can have that id. */
function others({ right }: Denial, { hostPath }: PathPlace): Remedy {
  return {
    words: `sudo chmod o+${letters[right]} '${hostPath}'`,
    reason: 'it belongs to an id of the host that you have not got: only its owner or root can let you in',
  }
}
