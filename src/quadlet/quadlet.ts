// A quadlet: a file of one of seven kinds, and what others may know of it before it is converted.

import { invalid } from '../base/errors.ts'
import { hasKey, keysOf, lookup, lookupAll, placeOf, type UnitFile } from './unit-file.ts'

/** By the extension of the file's name; in the order of conversion: what others name comes before them. */
export const kinds = ['image', 'network', 'volume', 'build', 'container', 'kube', 'pod'] as const
export type QuadletKind = (typeof kinds)[number]

export interface Quadlet {
  readonly kind: QuadletKind
  /** `web.container`: others refer to it by that. */
  readonly fileName: string
  readonly file: UnitFile
  /** Without ".service". */
  readonly service: string
  /** Of what its service makes: a name, known from its conversion on; of containers and builds from the beginning. */
  resource: string | undefined
  /** Of a pod: the services of the containers that are started with it, known once those are converted. */
  readonly members: string[]
}

/** [Container] of `web.container`. */
export function sectionOfKind(kind: QuadletKind): string {
  return (kind[0] as string).toUpperCase() + kind.slice(1)
}

/** Undefined where the name is no quadlet's. */
export function kindOfFile(fileName: string): QuadletKind | undefined {
  return kinds.find((kind) => fileName.endsWith(`.${kind}`))
}

export function openQuadlet(kind: QuadletKind, fileName: string, file: UnitFile): Quadlet {
  const suffix = kind === 'container' || kind === 'kube' ? '' : `-${kind}`
  const service = lookup(file, sectionOfKind(kind), 'ServiceName') ?? baseName(fileName) + suffix
  const quadlet: Quadlet = { kind, fileName, file, service, resource: undefined, members: [] }
  if (kind === 'container') quadlet.resource = settledName(containerName(quadlet), service)
  if (kind === 'build') quadlet.resource = lookupAll(file, 'Build', 'ImageTag')[0]
  return quadlet
}

/** As podman names it, specifiers and all. */
export function containerName({ file, fileName }: Quadlet): string {
  return lookup(file, 'Container', 'ContainerName') || (fileName.includes('@') ? 'systemd-%p_%i' : 'systemd-%N')
}

/** The service becomes a file of that name. @throws invalid `quadlet-invalid`, with file and line */
export function checkServiceName({ kind, file, service }: Quadlet): void {
  const section = sectionOfKind(kind)
  if (!hasKey(file, section, 'ServiceName') || /^[\w:.\\@-]+$/.test(service)) return
  const place = placeOf(file, section, 'ServiceName')
  throw invalid('quadlet-invalid', `${place}: ServiceName=${service} is no name of a unit`)
}

/** Without its extension. */
export function baseName(fileName: string): string {
  return fileName.slice(0, fileName.lastIndexOf('.'))
}

export function serviceFile({ service }: Quadlet): string {
  return `${service}.service`
}

/** The parts around `@`: undefined where it is no template, nor an instance of one. */
export function templateParts(fileName: string): { readonly template: string; readonly instance: string } | undefined {
  const base = baseName(fileName)
  const at = base.indexOf('@')
  return at === -1 ? undefined : { template: base.slice(0, at), instance: base.slice(at + 1) }
}

/** `keys`: what is honoured in the kind's own section. @throws invalid `quadlet-key-unknown`, with file and line */
export function checkKeys({ kind, file }: Quadlet, keys: ReadonlySet<string>): void {
  const sections = [
    [sectionOfKind(kind), keys],
    ['Quadlet', new Set(['DefaultDependencies'])],
  ] as const
  for (const [section, known] of sections) {
    const unknown = keysOf(file, section).find(({ key }) => !known.has(key))
    if (unknown === undefined) continue
    throw invalid('quadlet-key-unknown', `unsupported key '${unknown.key}' in group '${section}' in ${unknown.place}`)
  }
}

/** What others find it by, if only `%N` is in the way: the rest systemd alone knows. */
function settledName(name: string, service: string): string | undefined {
  const settled = name.replaceAll('%N', service)
  return settled.includes('%') ? undefined : settled
}
