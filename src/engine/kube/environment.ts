// The variables of a container, in Kubernetes' order: those of envFrom, then its own, which may speak of the ones before them.

import { EngineError } from '../../base/errors.ts'
import type { Engine } from '../engine.ts'
import { expand } from './expand.ts'
import { invalidManifest } from './fields.ts'
import { contentOf, fieldValue, type PodFacts } from './pod-facts.ts'
import type { KubeContainer, KubeVariable, KubeVariableGroup } from './read-container.ts'

/** @throws invalid `manifest-invalid`, not-found `secret-unknown` */
export async function environmentOf(
  engine: Engine,
  facts: PodFacts,
  container: KubeContainer,
): Promise<ReadonlyMap<string, string>> {
  const variables = new Map<string, string>()
  for (const group of container.environmentFrom) {
    for (const [name, value] of await groupOf(engine, facts, group)) variables.set(name, value)
  }
  for (const variable of container.environment) {
    const value = await valueOf(engine, { facts, container, variable, variables })
    if (value !== undefined) variables.set(variable.name, value)
  }
  return variables
}

async function groupOf(
  engine: Engine,
  facts: PodFacts,
  group: KubeVariableGroup,
): Promise<(readonly [string, string])[]> {
  const content = (await contentOf(engine, facts, group)) ?? new Map<string, Buffer>()
  return [...content].map(([key, value]) => [`${group.prefix}${key}`, value.toString('utf8')])
}

interface Asked {
  readonly facts: PodFacts
  readonly container: KubeContainer
  readonly variable: KubeVariable
  readonly variables: ReadonlyMap<string, string>
}

/** Undefined: it is not set. */
async function valueOf(engine: Engine, { facts, container, variable, variables }: Asked): Promise<string | undefined> {
  const { name, value } = variable
  if (value.kind === 'text') return expand(value.text, variables)
  if (value.kind === 'field' || value.kind === 'resource') return fieldValue(facts, value, container)
  const content = await named(name, async () => contentOf(engine, facts, value))
  const found = content?.get(value.key)
  if (found !== undefined || value.isOptional) return found?.toString('utf8')
  const message =
    value.kind === 'secret'
      ? `secret ${value.name} has not ${value.key} key`
      : `key ${value.key} not found in configmap ${value.name}`
  throw invalidManifest(`cannot set env ${name}: ${message}`)
}

async function named<T>(variable: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw invalidManifest(
      `cannot set env ${variable}: ${error.message}`,
      error instanceof EngineError ? error.hint : undefined,
    )
  }
}
