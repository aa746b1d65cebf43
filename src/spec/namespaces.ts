// Namespaces: which are the container's own, the host's, or another container's.

import { EngineError, invalid } from '../base/errors.ts'
import type { CompleteSpec } from './container-spec.ts'
import type { JoinableNamespace, OciFacts } from './facts.ts'
import type { OciNamespace } from './oci-config.ts'
import type { UserNamespaceMode } from './user-namespace.ts'

export type NamespaceMode =
  | { readonly kind: 'private' }
  | { readonly kind: 'host' }
  | { readonly kind: 'path'; readonly path: string }
  /** By full id; resolved to a path at start. */
  | { readonly kind: 'container'; readonly id: string }

export type NetworkMode =
  | NamespaceMode
  | { readonly kind: 'none' }
  /** In networks of ours: see network.ts. */
  | { readonly kind: 'bridge' }
  /** Connected by a program that needs no privilege; options are its own. */
  | { readonly kind: 'pasta' | 'slirp4netns'; readonly options: readonly string[] }
export type IpcMode = NamespaceMode | { readonly kind: 'none' } | { readonly kind: 'shareable' }

export interface CompleteNamespaces {
  readonly pid: NamespaceMode
  readonly ipc: IpcMode
  readonly uts: NamespaceMode
  readonly network: NetworkMode
  readonly cgroup: NamespaceMode
  readonly user: UserNamespaceMode
}

/** Before creation `container` carries what the user typed: a name or the beginning of an id. */
export type NamespaceFacet = Partial<CompleteNamespaces>

export function completeNamespaces(
  facet: NamespaceFacet,
  host: { readonly isUnifiedCgroup: boolean; readonly defaultNetwork: NetworkMode },
): CompleteNamespaces {
  return {
    pid: facet.pid ?? { kind: 'private' },
    ipc: facet.ipc ?? { kind: 'shareable' },
    uts: facet.uts ?? { kind: 'private' },
    network: facet.network ?? host.defaultNetwork,
    // On v1 a private cgroup namespace would hide nothing and break programs that look for their group: nobody gets it unasked.
    cgroup: facet.cgroup ?? { kind: host.isUnifiedCgroup ? 'private' : 'host' },
    user: facet.user ?? { kind: 'host' },
  }
}

/** `host`, `private`, `ns:PATH`, `container:NAME`. @throws invalid `namespace-invalid`; unsupported `namespace-pod` */
export function parseNamespaceMode(text: string): NamespaceMode {
  if (text === 'host') return { kind: 'host' }
  if (text === 'private' || text === '') return { kind: 'private' }
  if (text === 'pod') throw unsupported('pod namespaces')
  const joined = parseJoinedNamespace(text)
  if (joined !== undefined) return joined
  throw invalid('namespace-invalid', `unrecognized namespace mode ${text} passed`)
}

/** @throws as parseNamespaceMode */
export function parseIpcMode(text: string): IpcMode {
  if (text === 'shareable' || text === '') return { kind: 'shareable' }
  return text === 'none' ? { kind: 'none' } : parseNamespaceMode(text)
}

/** @throws as parseNamespaceMode */
export function parseCgroupMode(text: string): NamespaceMode {
  if (text === '' || text === 'private') return { kind: 'private' }
  const mode = text === 'host' ? { kind: 'host' as const } : parseJoinedNamespace(text)
  if (mode !== undefined) return mode
  throw invalid('namespace-invalid', `unrecognized cgroup namespace mode ${text} passed`)
}

/** @throws invalid when a facet needs a namespace of the container's own */
export function checkNamespaces({ namespaces, process }: Pick<CompleteSpec, 'namespaces' | 'process'>): void {
  if (process.hostname !== undefined && namespaces.uts.kind !== 'private') {
    const whose = namespaces.uts.kind === 'host' ? 'the host' : 'another'
    throw invalid(
      'hostname-conflict',
      `cannot set hostname when running in ${whose} UTS namespace: invalid configuration`,
    )
  }
}

/** The mount namespace is always the container's own. */
export function ociNamespaces({ namespaces }: CompleteSpec, facts: OciFacts): OciNamespace[] {
  const types = ['pid', 'network', 'ipc', 'uts', 'cgroup', 'user'] as const
  return [{ type: 'mount' }, ...types.flatMap((type) => ociNamespace(type, namespaces[type], facts))]
}

type AnyMode = CompleteNamespaces[keyof CompleteNamespaces]

/** There before the runtime is started. */
const madeBefore: ReadonlySet<AnyMode['kind']> = new Set(['container', 'bridge', 'pasta', 'slirp4netns'])

function ociNamespace(type: JoinableNamespace, mode: AnyMode, facts: OciFacts): OciNamespace[] {
  if (mode.kind === 'host') return []
  if (mode.kind === 'path') return [{ type, path: mode.path }]
  const isMade = madeBefore.has(mode.kind) || facts.joined[type] !== undefined
  return isMade ? joinedNamespace(type, facts) : [{ type }]
}

/** Of another container, or made by us. The other one may itself be in the host's namespace: then there is no path. */
function joinedNamespace(type: JoinableNamespace, facts: OciFacts): OciNamespace[] {
  const path = facts.joined[type]
  return path === undefined ? [] : [{ type, path }]
}

/** `ns:PATH`, `container:NAME`; undefined for anything else. @throws invalid `namespace-invalid` */
export function parseJoinedNamespace(text: string): NamespaceMode | undefined {
  const [, word, value] = /^(ns|container):(.*)$/s.exec(text) ?? []
  if (word === undefined || value === undefined) return undefined
  const kind = word === 'ns' ? 'path' : 'container'
  if (value === '') throw invalid('namespace-invalid', `namespace mode ${kind} requires a value`)
  return kind === 'path' ? { kind, path: value } : { kind, id: value }
}

function unsupported(what: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'namespace-unsupported',
    message: `${what} are not supported yet`,
  })
}
