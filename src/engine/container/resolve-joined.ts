// `--pid container:web`, `--requires web`: names in a spec become full ids, so that a rename does not matter later.

import type { ContainerSpec } from '../../spec/container-spec.ts'
import { dependenciesOf } from '../../spec/dependencies.ts'
import type { Engine } from '../engine.ts'

/** @throws not-found `container-unknown` */
export async function resolveJoined(engine: Engine, spec: ContainerSpec): Promise<ContainerSpec> {
  const modes = Object.entries(spec.namespaces)
  if (dependenciesOf(spec).length === 0) return spec
  const { selectContainer } = await import('./select.ts')
  const resolved = modes.map(([type, mode]) => {
    return mode.kind === 'container' ? [type, { ...mode, id: selectContainer(engine, mode.id).id }] : [type, mode]
  })
  const namespaces = Object.fromEntries(resolved) as ContainerSpec['namespaces']
  const requires = spec.requires?.map((name) => selectContainer(engine, name).id)
  return { ...spec, namespaces, ...(requires === undefined ? {} : { requires }) }
}
