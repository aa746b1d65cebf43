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

export type NetworkMode = NamespaceMode | { readonly kind: 'none' }
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
  host: { readonly isUnifiedCgroup: boolean },
): CompleteNamespaces {
  return {
    pid: facet.pid ?? { kind: 'private' },
    ipc: facet.ipc ?? { kind: 'shareable' },
    uts: facet.uts ?? { kind: 'private' },
    network: facet.network ?? { kind: 'private' },
    // On v1 a private cgroup namespace would hide nothing and break programs that look for their group.
    cgroup: host.isUnifiedCgroup ? (facet.cgroup ?? { kind: 'private' }) : { kind: 'host' },
    user: facet.user ?? { kind: 'host' },
  }
}

/** `host`, `private`, `ns:PATH`, `container:NAME`. @throws invalid `namespace-invalid`; unsupported `namespace-pod` */
export function parseNamespaceMode(text: string): NamespaceMode {
  if (text === 'host') return { kind: 'host' }
  if (text === 'private' || text === '') return { kind: 'private' }
  if (text === 'pod') throw unsupported('pod namespaces')
  const joined = parseJoined(text)
  if (joined !== undefined) return joined
  throw invalid('namespace-invalid', `unrecognized namespace mode ${text} passed`)
}

/** @throws as parseNamespaceMode */
export function parseIpcMode(text: string): IpcMode {
  if (text === 'shareable' || text === '') return { kind: 'shareable' }
  return text === 'none' ? { kind: 'none' } : parseNamespaceMode(text)
}

/** @throws invalid `namespace-invalid`, unsupported `network-unsupported` for what the network issue brings */
export function parseNetworkMode(texts: readonly string[]): NetworkMode | undefined {
  const [text, ...more] = texts
  if (text === undefined) return undefined
  if (text === 'none') return refuseMore({ kind: 'none' }, more)
  if (text === 'host') return refuseMore({ kind: 'host' }, more)
  if (text === '' || text === 'private' || text === 'default') return refuseMore({ kind: 'private' }, more)
  const joined = parseJoined(text)
  if (joined !== undefined) return refuseMore(joined, more)
  throw new EngineError({
    kind: 'unsupported',
    code: 'network-unsupported',
    message: `network ${JSON.stringify(text)} is not supported yet`,
    hint: 'Choose from: none, host, private, container:NAME, ns:PATH',
  })
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

function ociNamespace(type: JoinableNamespace, mode: AnyMode, facts: OciFacts): OciNamespace[] {
  switch (mode.kind) {
    case 'host':
      return []
    case 'path':
      return [{ type, path: mode.path }]
    case 'container':
      return joinedNamespace(type, facts)
    case 'private':
    case 'none':
    case 'shareable':
    case 'keep-id':
    case 'nomap':
    case 'auto':
    case 'mapped':
    case 'named':
      return [{ type }]
  }
}

/** The other container may itself be in the host's namespace: then there is no path. */
function joinedNamespace(type: JoinableNamespace, facts: OciFacts): OciNamespace[] {
  const path = facts.joined[type]
  return path === undefined ? [] : [{ type, path }]
}

function parseJoined(text: string): NamespaceMode | undefined {
  const [, word, value] = /^(ns|container):(.*)$/s.exec(text) ?? []
  if (word === undefined || value === undefined) return undefined
  const kind = word === 'ns' ? 'path' : 'container'
  if (value === '') throw invalid('namespace-invalid', `namespace mode ${kind} requires a value`)
  return kind === 'path' ? { kind, path: value } : { kind, id: value }
}

function refuseMore(mode: NetworkMode, more: readonly string[]): NetworkMode {
  if (more.length === 0) return mode
  throw invalid(
    'namespace-invalid',
    `cannot set multiple networks without bridge network mode, selected mode ${mode.kind}: invalid argument`,
  )
}

function unsupported(what: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'namespace-unsupported',
    message: `${what} are not supported yet`,
  })
}
