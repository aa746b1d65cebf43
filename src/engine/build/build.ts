// build: a Dockerfile becomes an image. Stages that the target needs are built at once, a step as soon as what it needs is there.

import { EngineError, invalid } from '../../base/errors.ts'
import type { Dockerfile } from '../../dockerfile/instruction.ts'
import { parseDockerfile } from '../../dockerfile/parse-dockerfile.ts'
import { type BuildScope, openScope } from '../../dockerfile/scope.ts'
import { hostPlatform } from '../../image/platform.ts'
import { inOwnLockFlow } from '../../state/lock.ts'
import { limitParallel } from '../../transport/limit-parallel.ts'
import type { Engine } from '../engine.ts'
import type { BuildRequest, BuiltImage } from './build-request.ts'
import type { BuildSession, StageOutcome } from './build-session.ts'
import { buildStage } from './build-stage.ts'
import { type FileDigests, openFileDigests } from './file-digests.ts'
import { finishImage } from './finish-image.ts'
import type { SharedCache, SharedCacheOptions } from './shared-cache.ts'
import { openSourceTrees } from './source-trees.ts'
import { findStage, nameStages, targetStage, wordsNeeded } from './stage-graph.ts'

/**
 * The image is there, with its names, when it resolves. When it throws, or is killed, there is none, and what it made is in the cache.
 * @throws RunFailed; canceled; invalid for what is wrong in the Dockerfile, with its place; what pulls and runtimes throw
 */
export async function build(engine: Engine, request: BuildRequest): Promise<BuiltImage> {
  const parsed = parseDockerfile(request.dockerfile.text, { path: request.dockerfile.path })
  if (parsed.stages.length === 0) throw noStages(request.dockerfile.path)
  await refuseIfDoubtful(parsed, request)
  const scope = scopeOf(parsed, request)
  const dockerfile = nameStages(parsed, scope)
  const target = targetStage(dockerfile, request.target)
  const digests = new Map<string, FileDigests>()
  using pins = new DisposableStack()
  await using cleanup = new AsyncDisposableStack()
  await using trees = openSourceTrees()
  const stop = new AbortController()
  const stoppable = { ...engine, signal: AbortSignal.any([engine.signal, stop.signal]) }
  await using shared = await sharedCache({ reading: stoppable, writing: engine, request, pins })
  const session = openSession({
    engine: stoppable,
    request,
    dockerfile,
    scope,
    target: target.index,
    pins,
    cleanup,
    trees,
    digests,
    shared,
  })
  try {
    const outcome = await buildStages(session, stop)
    await shared?.settle()
    tellUnused(session)
    const at = { stage: target.index, stages: target.index + 1, stageName: target.from.name, step: 0, steps: 0 }
    request.observer.tell({ type: 'commit', at, name: request.image.typedName })
    return await finishImage(session, outcome)
  } catch (error) {
    throw engine.signal.aborted ? canceled(error) : error
  } finally {
    for (const one of digests.values()) one.save()
    // Lower folders of mounts, and workshops, are theirs until then.
    await Promise.allSettled(session.layers.map(({ published }) => published))
    // What was done before a failure is of use to the next build, too.
    await shared?.settle().catch(() => undefined)
  }
}

/** Without options findings fail nothing. */
async function refuseIfDoubtful(dockerfile: Dockerfile, request: BuildRequest): Promise<void> {
  if (dockerfile.check === undefined && !request.buildArgs.has('BUILDKIT_DOCKERFILE_CHECK')) return
  const { refuseDoubtful } = await import('./find-doubts.ts')
  refuseDoubtful(dockerfile, request)
}

/** Its code is loaded where it is asked for. */
async function sharedCache(options: SharedCacheOptions): Promise<SharedCache | undefined> {
  const { from, to } = options.request.cache
  if (from.length === 0 && to.length === 0) return undefined
  const { openSharedCache } = await import('./shared-cache.ts')
  return openSharedCache(options)
}

function scopeOf(dockerfile: Dockerfile, { buildArgs, platform, target }: BuildRequest): BuildScope {
  return openScope(dockerfile, {
    buildArgs,
    targetPlatform: platform,
    buildPlatform: hostPlatform(),
    ...(target === undefined ? {} : { targetStage: target }),
  })
}

type Opened = Omit<BuildSession, 'limit' | 'layers' | 'stage' | 'digestsOf'> & {
  readonly digests: Map<string, FileDigests>
}

function openSession({ digests, ...opened }: Opened): BuildSession {
  const { engine, request, dockerfile } = opened
  const stages = new Map<number, Promise<StageOutcome>>()
  const session: BuildSession = {
    ...opened,
    limit: limitParallel(request.jobs),
    layers: [],
    digestsOf(folder) {
      const digestsHere = digests.get(folder) ?? openFileDigests(engine.at, folder)
      digests.set(folder, digestsHere)
      return digestsHere
    },
    async stage(index) {
      const known = stages.get(index)
      if (known !== undefined) return known
      const building = inOwnLockFlow(async () => buildStage(session, stageAt(dockerfile, index)))
      building.catch(() => undefined)
      stages.set(index, building)
      return building
    },
  }
  return session
}

function stageAt({ stages }: Dockerfile, index: number) {
  const stage = stages[index]
  if (stage === undefined) throw new Error(`there is no stage ${index}`)
  return stage
}

/** The first failure ends the others' steps, and is thrown once no stage works any more. */
async function buildStages(session: BuildSession, stop: AbortController): Promise<StageOutcome> {
  let failure: { readonly error: unknown } | undefined
  const work = neededStages(session).map(async (index) => {
    try {
      await session.stage(index)
    } catch (error) {
      failure ??= { error }
      stop.abort(error)
    }
  })
  await Promise.all(work)
  if (failure !== undefined) throw failure.error
  return session.stage(session.target)
}

/** As far as can be told before variables are known: others are built when a step asks for them. */
function neededStages({ dockerfile, request, target }: BuildSession): number[] {
  if (!request.skipsUnused) return Array.from({ length: target + 1 }, (_, index) => index)
  const needed = new Set<number>()
  const visit = (index: number) => {
    if (needed.has(index)) return
    needed.add(index)
    for (const word of wordsNeeded(stageAt(dockerfile, index))) {
      const stage = request.contexts.has(word) ? undefined : findStage(dockerfile, word, index)
      if (stage !== undefined) visit(stage.index)
    }
  }
  visit(target)
  return [...needed].sort((a, b) => a - b)
}

function tellUnused({ scope, request }: BuildSession): void {
  const names = scope.unusedBuildArgs()
  if (names.length === 0) return
  const message = `one or more build args were not consumed: [${names.join(' ')}]`
  request.observer.tell({ type: 'warning', message })
}

/** Whatever it was that noticed the interruption first. */
function canceled(cause: unknown): EngineError {
  return new EngineError({ kind: 'canceled', code: 'canceled', message: 'the build was interrupted', cause })
}

function noStages(path: string) {
  return invalid('dockerfile-empty', `${path}: there is no FROM in it`, 'Its first instruction is FROM IMAGE.')
}
