// cp: files between containers, the host and a tar stream. Everything passes as a tar, as podman has it: what is read is packed through
// descriptors, what is written is resolved inside its tree.

import { EngineError, invalid } from '../../base/errors.ts'
import { inTurns } from '../../base/turns.ts'
import type { Owner } from '../../image/pack-folder.ts'
import { createTarPutter, type PutRules } from '../../image/put-tar.ts'
import { createTarReader } from '../../image/tar-reader.ts'
import { tarEnd } from '../../image/tar-writer.ts'
import type { Engine } from '../engine.ts'
import { type ContainerView, openContainerView, userIn } from './container-view.ts'
import { type CopySource, packSource, sourceInContainer, sourceOnHost } from './copy-source.ts'
import { type CopyTarget, targetInContainer, targetOnHost } from './copy-target.ts'
import { ownersInside, ownersOutside } from './owners.ts'
import type { ContainerRef } from './stored-container.ts'

export type CopyPlace =
  | { readonly kind: 'container'; readonly container: ContainerRef; readonly path: string }
  | { readonly kind: 'host'; readonly path: string }

export interface CopyRequest extends CopyOptions {
  readonly from: CopyPlace
  readonly to: CopyPlace
}

export interface CopyOptions {
  /** What gets into a container becomes its user's; else it keeps its owner. */
  readonly isChowned: boolean
  readonly isOverwriting: boolean
}

/** @throws not-found `container-unknown`, `copy-path-missing`; invalid `copy-into-file`; conflict `copy-would-replace`; unavailable `copy-failed` */
export async function copy(engine: Engine, { from, to, ...options }: CopyRequest): Promise<void> {
  await using views = await openViews(engine, [from, to])
  using source = sourceOf(views, from)
  using target = targetOf(views, to, { source })
  if (source.isFolder && !target.isFolder) {
    throw invalid('copy-into-file', 'destination must be a directory when copying a directory')
  }
  const view = viewOf(views, from)
  const inside = view === undefined ? undefined : ownersInside(engine, view.container)
  const chunks = packSource(source, { name: topName(source, target), ownerOf: inside })
  await put(engine, inTurns(chunks, engine.signal), { ...putRules(engine, target, viewOf(views, to)), options })
}

/** The path as a tar; all of it is the user's of the container. @throws as copy */
export async function* copyOut(engine: Engine, from: CopyPlace & { kind: 'container' }): AsyncGenerator<Uint8Array> {
  await using views = await openViews(engine, [from])
  using source = sourceOf(views, from)
  const view = viewOf(views, from) as ContainerView
  const owner = ownersOutside(engine, view.container)(userIn(view))
  yield* inTurns(packSource(source, { name: topName(source, undefined), ownerOf: () => owner }), engine.signal)
  yield tarEnd()
}

/** Unpacks a tar, uncompressed, into a folder of the container. @throws as copy; invalid `tar-…` */
export async function copyIn(
  engine: Engine,
  archive: AsyncIterable<Uint8Array>,
  { to, ...options }: CopyOptions & { readonly to: CopyPlace & { kind: 'container' } },
): Promise<void> {
  await using views = await openViews(engine, [to])
  using target = targetOf(views, to, { source: undefined })
  await put(engine, archive, { ...putRules(engine, target, viewOf(views, to)), options })
}

type Views = AsyncDisposable & ReadonlyMap<string, ContainerView>

/** Each container once, in the order of their locks. */
async function openViews(engine: Engine, places: readonly CopyPlace[]): Promise<Views> {
  await using stack = new AsyncDisposableStack()
  const views = new Map<string, ContainerView>()
  const refs = places.flatMap((place) => (place.kind === 'container' ? [place.container] : []))
  for (const ref of refs.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    if (!views.has(ref.id)) views.set(ref.id, stack.use(await openContainerView(engine, ref)))
  }
  const rest = stack.move()
  return Object.assign(views, { [Symbol.asyncDispose]: async () => rest.disposeAsync() })
}

function viewOf(views: Views, place: CopyPlace): ContainerView | undefined {
  return place.kind === 'container' ? views.get(place.container.id) : undefined
}

function sourceOf(views: Views, place: CopyPlace): CopySource {
  const view = viewOf(views, place)
  if (view === undefined || place.kind === 'host') return sourceOnHost(place.path)
  return sourceInContainer(view, place.path, place.container.name)
}

function targetOf(views: Views, place: CopyPlace, from: { source: CopySource | undefined }): CopyTarget {
  const view = viewOf(views, place)
  if (view === undefined || place.kind === 'host') return targetOnHost(place.path)
  return targetInContainer(view, { path: place.path, name: place.container.name, isStream: from.source === undefined })
}

/** Of the source's own member; empty for its entries alone. */
function topName(source: CopySource, target: CopyTarget | undefined): string {
  if (target?.newName !== undefined) return target.newName
  return source.isContents ? '' : source.name
}

type Rules = Omit<PutRules, 'isOverwriting' | 'ownerOf'> & {
  readonly what: 'host' | 'container'
  readonly user: () => Owner
  readonly outside: (owner: Owner) => Owner
}

function putRules(engine: Engine, { view, folder }: CopyTarget, to: ContainerView | undefined): Rules {
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  if (to === undefined) return { view, folder, isGuarded: true, what: 'host', user: () => own, outside: () => own }
  const outside = ownersOutside(engine, to.container)
  return { view, folder, isGuarded: false, what: 'container', user: () => outside(userIn(to)), outside }
}

async function put(
  engine: Engine,
  archive: AsyncIterable<Uint8Array>,
  { options, what, user, outside, ...rules }: Rules & { readonly options: CopyOptions },
): Promise<void> {
  const owner = options.isChowned ? user() : undefined
  const ownerOf = owner === undefined ? outside : () => owner
  using putter = createTarPutter({ ...rules, ownerOf, isOverwriting: options.isOverwriting })
  const reader = createTarReader(putter)
  try {
    for await (const chunk of archive) {
      engine.signal.throwIfAborted()
      reader.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    }
    if (what === 'container') reader.end()
    putter.finish()
  } catch (error) {
    throw error instanceof EngineError ? copying(error, what) : error
  }
}

function copying({ kind, code, message, hint }: EngineError, what: string): EngineError {
  const text = code.startsWith('tar-') ? message.replace(/^the layer /, 'the archive ') : message
  return new EngineError({
    kind,
    code,
    message: `copying to ${what}: ${text}`,
    ...(hint === undefined ? {} : { hint }),
  })
}
