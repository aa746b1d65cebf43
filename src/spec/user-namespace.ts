// --userns: which ids inside are which outside. "Outside" is the namespace that Gantry runs in: the host's as root, the user's own without.

import { EngineError, invalid } from '../base/errors.ts'
import { type AutoUserNamespace, parseAuto } from './auto-user-namespace.ts'
import type { IdMappings } from './facts.ts'
import { type IdMapRequest, parseIdMap } from './id-map-flags.ts'
import { parseNamespaceMode } from './namespaces.ts'
import type { IdMapping } from './oci-config.ts'

export type UserNamespaceMode =
  | { readonly kind: 'host' }
  | { readonly kind: 'keep-id'; readonly uid?: number; readonly gid?: number; readonly size?: number }
  | { readonly kind: 'nomap' }
  | { readonly kind: 'path'; readonly path: string }
  /** `allotted`: the other's at creation, if it had any of its own. */
  | { readonly kind: 'container'; readonly id: string; readonly allotted?: IdMappings }
  | AutoUserNamespace
  | MappedUserNamespace
  | NamedUserNamespace

/** --uidmap and --gidmap. */
export interface MappedUserNamespace {
  readonly kind: 'mapped'
  readonly uids: readonly IdMapRequest[]
  readonly gids: readonly IdMapRequest[]
  /** What came of it at creation. */
  readonly allotted?: IdMappings
}

/** --subuidname and --subgidname: all that /etc/subuid and /etc/subgid give to these. */
export interface NamedUserNamespace {
  readonly kind: 'named'
  readonly users: string
  readonly groups: string
  readonly allotted?: IdMappings
}

export interface UserNamespaceSituation {
  readonly isRootless: boolean
  /** The ordinary user behind Gantry; 0 as root. */
  readonly hostUid: number
  readonly hostGid: number
  /** Ids there are outside: the sizes of /proc/self/uid_map and gid_map. */
  readonly uidCount: number
  readonly gidCount: number
}

/** @throws invalid `userns-invalid`; unsupported `userns-unsupported` */
export function parseUserNamespace(text: string): UserNamespaceMode {
  if (text === '' || text === 'host') return { kind: 'host' }
  if (text === 'nomap') return { kind: 'nomap' }
  if (text === 'auto' || text.startsWith('auto:')) return parseAuto(text.slice('auto:'.length))
  if (text === 'keep-id') return { kind: 'keep-id' }
  if (text.startsWith('keep-id:')) return parseKeepId(text.slice('keep-id:'.length))
  const mode = parseNamespaceMode(text)
  if (mode.kind === 'private') throw unsupported('private')
  return mode
}

/** Whose ids are settled at creation. */
export type AllottedMode = AutoUserNamespace | MappedUserNamespace | NamedUserNamespace

export function isAllotted(mode: UserNamespaceMode): mode is AllottedMode {
  return mode.kind === 'auto' || mode.kind === 'mapped' || mode.kind === 'named'
}

export interface IdMapTexts {
  readonly uidmap: readonly string[]
  readonly gidmap: readonly string[]
  readonly subuidname?: string
  readonly subgidname?: string
}

/** One half alone speaks for both; undefined where nothing is said. @throws invalid `userns-invalid` */
export function parseIdMaps({ uidmap, gidmap, subuidname, subgidname }: IdMapTexts): UserNamespaceMode | undefined {
  const [users, groups] = [subuidname ?? subgidname, subgidname ?? subuidname]
  const hasMaps = uidmap.length > 0 || gidmap.length > 0
  if (users === undefined || groups === undefined) {
    if (!hasMaps) return undefined
    const [uids, gids] = [uidmap.map(parseIdMap), gidmap.map(parseIdMap)]
    return { kind: 'mapped', uids: uids.length === 0 ? gids : uids, gids: gids.length === 0 ? uids : gids }
  }
  if (!hasMaps) return { kind: 'named', users, groups }
  throw invalid('userns-invalid', '--uidmap and --gidmap cannot be used with --subuidname and --subgidname')
}

/** The mappings of a user namespace of the container's own, or of the container's that it joins; undefined when it has none, or of a path. @throws invalid `userns-invalid` */
export function idMappings(mode: UserNamespaceMode, at: UserNamespaceSituation): IdMappings | undefined {
  if (isAllotted(mode) || mode.kind === 'container') return mode.allotted
  if (mode.kind === 'nomap') return needRoot('nomap', nomapMappings(at))
  if (mode.kind !== 'keep-id') return undefined
  if (!at.isRootless && mode.size !== undefined)
    throw invalid('userns-invalid', 'keep-id:size= is only supported in rootless mode')
  if (!at.isRootless) return { uids: [identity(at.uidCount)], gids: [identity(at.gidCount)] }
  return needRoot('keep-id', {
    uids: keepIdMapping(mode.uid ?? at.hostUid, Math.min(at.uidCount, mode.size ?? at.uidCount)),
    gids: keepIdMapping(mode.gid ?? at.hostGid, Math.min(at.gidCount, mode.size ?? at.gidCount)),
  })
}

/** Runtimes set a container up as its root, which must be somebody outside. */
function needRoot(mode: string, mappings: IdMappings): IdMappings {
  const hasRoot = (ranges: readonly IdMapping[]) =>
    ranges.some(({ containerID, size }) => containerID === 0 && size > 0)
  if (hasRoot(mappings.uids) && hasRoot(mappings.gids)) return mappings
  throw invalid(
    'userns-invalid',
    `--userns ${mode} needs subordinate ids, and this user has none`,
    'Give the user a range in /etc/subuid and /etc/subgid, then: gantry system migrate',
  )
}

/** Who the first process is where no user is named; undefined: the image's user, or root. */
export function defaultUser(mode: UserNamespaceMode, at: UserNamespaceSituation): string | undefined {
  if (mode.kind !== 'keep-id') return undefined
  if (!at.isRootless) return `${mode.uid ?? 0}:${mode.gid ?? 0}`
  return `${mode.uid ?? at.hostUid}:${mode.gid ?? at.hostGid}`
}

/** Outside, 0 is the user and 1… are its subordinate ids. Inside, `id` is to be the user, with the others around it. */
function keepIdMapping(id: number, count: number): IdMapping[] {
  const subordinate = count - 1
  const below = Math.min(id, subordinate)
  const above = subordinate - below
  const mapping = [
    { containerID: 0, hostID: 1, size: below },
    { containerID: id, hostID: 0, size: 1 },
    { containerID: id + 1, hostID: below + 1, size: above },
  ]
  return mapping.filter((range) => range.size > 0)
}

function nomapMappings(at: UserNamespaceSituation): IdMappings {
  if (!at.isRootless) throw invalid('userns-invalid', 'nomap is only supported in rootless mode')
  const others = (count: number) => [{ containerID: 0, hostID: 1, size: count - 1 }]
  return { uids: others(at.uidCount), gids: others(at.gidCount) }
}

function identity(size: number): IdMapping {
  return { containerID: 0, hostID: 0, size }
}

function parseKeepId(options: string): UserNamespaceMode {
  const ids: { uid?: number; gid?: number; size?: number } = {}
  for (const option of options.split(',')) {
    const [name = '', value = ''] = option.split('=')
    if (name !== 'uid' && name !== 'gid' && name !== 'size') {
      throw invalid('userns-invalid', `unknown option specified: ${JSON.stringify(option)}`)
    }
    if (!/^\d+$/.test(value) || Number(value) >= 2 ** 32 - 1) {
      throw invalid('userns-invalid', `invalid ${name} in --userns keep-id: ${JSON.stringify(value)}`)
    }
    ids[name] = Number(value)
  }
  return { kind: 'keep-id', ...ids }
}

function unsupported(mode: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'userns-unsupported',
    message: `--userns ${mode} is not supported yet`,
    hint: 'Choose from: host, auto, keep-id, nomap, ns:PATH, container:NAME',
  })
}
