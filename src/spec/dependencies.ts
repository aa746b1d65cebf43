// The containers that another one cannot do without: those whose namespaces it joins, and those that --requires names.

import type { ContainerSpec } from './container-spec.ts'

/** Full ids once the spec is a created container's, each once. */
export function dependenciesOf({
  namespaces,
  requires = [],
}: Pick<ContainerSpec, 'namespaces' | 'requires'>): string[] {
  const joined = Object.values(namespaces).flatMap((mode) => (mode.kind === 'container' ? [mode.id] : []))
  return [...new Set([...joined, ...requires])]
}
