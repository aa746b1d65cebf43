// Looking objects up for inspect, containers first, then images, volumes and networks: what is found is printed even where others are missing; those are complained of afterwards.

import { EngineError, invalid } from '../base/errors.ts'
import type { StoredContainer } from '../engine/container/stored-container.ts'
import type { Engine } from '../engine/engine.ts'
import { exitCodes } from './exit-code.ts'
import { type Inspected, printInspected } from './render/inspect.ts'
import { complain } from './render/print.ts'

export type InspectType = 'all' | 'container' | 'image' | 'volume' | 'network' | 'pod'

export interface InspectRequest {
  readonly names: readonly string[]
  readonly type: InspectType
  readonly format: string
  readonly hasSize: boolean
  readonly isLatest: boolean
}

/** Returns the exit code. @throws invalid `arguments-invalid`, `template-malformed`, `template-failed`; corrupt */
export async function inspectObjects(engine: Engine, request: InspectRequest): Promise<number> {
  const { names, isLatest, format, type } = request
  if (names.length === 0 && !isLatest) throw invalid('arguments-invalid', 'no names or ids specified')
  if (names.length > 0 && isLatest) {
    throw invalid('arguments-invalid', '--latest and arguments cannot be used together')
  }
  const outcomes = isLatest ? [await inspectLatest(engine, request)] : await inspectNamed(engine, request)
  printInspected(
    outcomes.filter((outcome) => typeof outcome !== 'string'),
    { format, type },
  )
  const [first, ...others] = outcomes.filter((outcome) => typeof outcome === 'string')
  if (first === undefined) return 0
  // In podman's order: the first one is the command's error.
  for (const message of others) complain(`${message}\n`)
  complain(`Error: ${first}\n`)
  return exitCodes.failed
}

/** What a template of inspect works on; of the newest container where no name is given. Undefined where there is nothing. */
export async function inspectedDocument(
  engine: Engine,
  name: string | undefined,
  type: InspectType,
): Promise<object | undefined> {
  const request = { names: [], type, format: '', hasSize: false, isLatest: name === undefined }
  const isOfContainers = type === 'all' || type === 'container'
  if (name === undefined && !isOfContainers) return undefined
  const outcome = name === undefined ? await inspectLatest(engine, request) : await inspectOne(engine, name, request)
  if (typeof outcome === 'string') return undefined
  const { document, type: goType, isGo } = outcome
  return isGo === true ? document : (await import('../engine/go-document.ts')).goDocument(document, goType)
}

/** The document, or what is to be said in its place. */
type Outcome = Inspected | string

async function inspectNamed(engine: Engine, request: InspectRequest): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const name of request.names) outcomes.push(await inspectOne(engine, name, request))
  return outcomes
}

async function inspectOne(engine: Engine, name: string, { type, hasSize }: InspectRequest): Promise<Outcome> {
  const isWanted = (kind: InspectType) => type === kind || type === 'all'
  const container = isWanted('container') ? await lookUp(engine, name) : undefined
  if (container !== undefined) return inspectContainer(engine, container, hasSize)
  if (type === 'container') return `no such container ${name}`
  let complaint = ''
  for (const [, inspect] of others.filter(([kind]) => isWanted(kind))) {
    const outcome = await inspect(engine, name)
    if (typeof outcome !== 'string') return outcome
    complaint = outcome
  }
  return type === 'all' ? `no such object: ${JSON.stringify(name)}` : complaint
}

/** Every volume. @throws as inspectObjects */
export async function inspectAllVolumes(engine: Engine, format: string): Promise<number> {
  const { volumeNames } = await import('../volume/volume-store.ts')
  const outcomes: Outcome[] = []
  for (const name of volumeNames(engine.at).sort()) outcomes.push(await inspectVolume(engine, name))
  printInspected(
    outcomes.filter((outcome) => typeof outcome !== 'string'),
    { format, type: 'volume' },
  )
  return 0
}

async function inspectVolume(engine: Engine, name: string): Promise<Outcome> {
  const [{ findVolume, isVolumeUnknown }, { inspectVolume: documentOf }] = await Promise.all([
    import('../engine/volume/find-volume.ts'),
    import('../engine/volume/inspect.ts'),
  ])
  try {
    return { type: '*entities.VolumeInspectReport', document: await documentOf(engine, findVolume(engine, name)) }
  } catch (error) {
    if (isVolumeUnknown(error)) return `no such volume ${name}`
    throw error
  }
}

async function inspectLatest(engine: Engine, { hasSize }: InspectRequest): Promise<Outcome> {
  const { allContainers } = await import('../engine/container/select.ts')
  const [newest] = allContainers(engine.at)
  return newest === undefined
    ? 'no containers to inspect: no such container'
    : inspectContainer(engine, newest, hasSize)
}

async function lookUp(engine: Engine, name: string): Promise<StoredContainer | undefined> {
  const { findContainer } = await import('../engine/container/find-container.ts')
  return findContainer(engine.at, name.replace(/^\//, ''))
}

async function inspectContainer(engine: Engine, container: StoredContainer, hasSize: boolean): Promise<Inspected> {
  const { inspect } = await import('../engine/container/inspect.ts')
  return { type: '*define.InspectContainerData', document: inspect(engine, container, { hasSize }) }
}

async function inspectImage(engine: Engine, name: string): Promise<Outcome> {
  const { inspect } = await import('../engine/image/inspect.ts')
  try {
    return { type: '*types.ImageInspectReport', document: await inspect(engine, name) }
  } catch (error) {
    const isNone = error instanceof EngineError && (error.kind === 'not-found' || error.code === 'reference-malformed')
    if (isNone) return error.message
    throw error
  }
}

async function inspectNetwork(engine: Engine, name: string): Promise<Outcome> {
  const [{ inspect }, { goNetwork }] = await Promise.all([
    import('../engine/network/inspect.ts'),
    import('./render/network-document.ts'),
  ])
  try {
    const { network, containers } = inspect(engine, name)
    return { type: '*entities.NetworkInspectReport', document: goNetwork(network, containers), isGo: true }
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind !== 'not-found') throw error
    return `network ${name}: ${error.message}`
  }
}

async function inspectPod(engine: Engine, name: string): Promise<Outcome> {
  const { findPod, podGone } = await import('../engine/pod/find-pod.ts')
  const pod = findPod(engine.at, name)
  if (pod === undefined) return podGone(name).message
  const { inspect } = await import('../engine/pod/inspect.ts')
  return { type: '*define.InspectPodData', document: inspect(engine, pod) }
}

/** In podman's order; containers come before. */
const others: readonly (readonly [InspectType, (engine: Engine, name: string) => Promise<Outcome>])[] = [
  ['image', inspectImage],
  ['volume', inspectVolume],
  ['network', inspectNetwork],
  ['pod', inspectPod],
]
