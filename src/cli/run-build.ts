// build, from flags to the image id: what several platforms, files of ids and errors of steps add to the engine's verb.

import { resolve } from 'node:path'
import { invalid } from '../base/errors.ts'
import type { BuildRequest, BuiltImage } from '../engine/build/build-request.ts'
import { RunFailed } from '../engine/build/run-failed.ts'
import type { Engine } from '../engine/engine.ts'
import type { Platform } from '../image/platform.ts'
import { exportResult, listBuilt, writeBuildFile, writeMetadata } from './build-results.ts'
import { checkBuild } from './check-build.ts'
import type { Invocation } from './command.ts'
import type { buildOptions } from './options/build.ts'
import { parseBuildOutput } from './options/build-output.ts'
import { refuseBuildFlags } from './options/build-refused.ts'
import { toBuildRequests } from './options/build-request.ts'
import { beQuietIf } from './options/quiet.ts'
import { type OpenObserver, openObserver } from './render/build-observer.ts'
import { printError } from './render/error.ts'
import { printLine, printLineTo } from './render/print.ts'

export type BuildInvocation = Invocation<typeof buildOptions>

export interface PlatformOfBuild {
  readonly platform: Platform
  readonly isAsked: boolean
}

export async function runBuild(open: () => Promise<Engine>, invocation: BuildInvocation): Promise<number> {
  try {
    return await buildImages(open, invocation)
  } catch (error) {
    if (!(error instanceof RunFailed)) throw error
    printError(error)
    return error.exitCode
  }
}

/** Resolves to the exit code. @throws as toBuildRequests and the engine's build */
export async function buildImages(open: () => Promise<Engine>, invocation: BuildInvocation): Promise<number> {
  const { options, given } = invocation
  refuseBuildFlags(given)
  if (options.logsplit && options.logfile === undefined) {
    throw invalid('flags-conflict', 'cannot use --logsplit without --logfile')
  }
  const outputs = options.output.map(parseBuildOutput)
  const isOutputTaken = outputs.some((output) => 'path' in output && output.path === '-')
  const isQuiet = options.quiet || options.progress === 'quiet'
  beQuietIf(isQuiet)
  const engine = withBuildSettings(await open(), options)
  const { progress, logfile, iidfile } = options
  using shown = await openObserver({
    progress,
    isQuiet,
    logfile,
    hasIdFile: iidfile !== undefined,
    isOutputTaken,
    areAtOnce: options.jobs !== 1,
  })
  using opened = await toBuildRequests(engine, invocation, shown.observer)
  if (options.check) return checkBuild(opened.requests)
  const results = await buildAll(engine, invocation, opened.requests)
  for (const output of outputs) if (results.last !== undefined) await exportResult(engine, results.last, output)
  tellResults(invocation, results, { shown, isOutputTaken })
  return 0
}

/** What its flags change of the configuration. */
function withBuildSettings(engine: Engine, options: BuildInvocation['options']): Engine {
  const { runtime, hookFolders } = engine.settings
  const flags = options['runtime-flag'].map((flag) => `--${flag}`)
  const settings = {
    ...engine.settings,
    hookFolders: [...hookFolders, ...options['hooks-dir'].map((folder) => resolve(folder))],
    runtime: { ...runtime, flags: [...runtime.flags, ...flags] },
  }
  return { ...engine, settings }
}

interface Results {
  readonly last: BuiltImage | undefined
  readonly names: readonly string[]
  /** Of a list, where there is one. */
  readonly listId: string | undefined
}

/** Where there are several platforms a list gets the names; else the image. */
async function buildAll(
  engine: Engine,
  { options }: BuildInvocation,
  requests: readonly BuildRequest[],
): Promise<Results> {
  const { build } = await import('../engine/build/build.ts')
  const names = requests[0]?.image.names ?? []
  const images: BuiltImage[] = []
  for (const request of requests) {
    const image = requests.length > 1 ? { ...request.image, names: [] } : request.image
    using log = await ownLog(options, request.platform)
    images.push(await build(engine, { ...request, image, observer: log?.observer ?? request.observer }))
  }
  const results = { images, names, manifest: options.manifest }
  const listId = await listBuilt(engine, results)
  const metadata = options['metadata-file']
  if (metadata !== undefined) writeMetadata(metadata, results)
  return { last: images.at(-1), names, listId }
}

/** --logsplit: a file a platform. */
async function ownLog(options: BuildInvocation['options'], { os, architecture, variant = '' }: Platform) {
  const { logfile, logsplit, progress } = options
  if (!logsplit || logfile === undefined) return undefined
  const name = `${logfile}_${os}_${architecture}${variant === '' ? '' : `_${variant}`}`
  return openObserver({
    progress,
    isQuiet: false,
    logfile: name,
    hasIdFile: false,
    isOutputTaken: false,
    areAtOnce: options.jobs !== 1,
  })
}

interface Telling {
  readonly shown: OpenObserver
  readonly isOutputTaken: boolean
}

function tellResults({ options }: BuildInvocation, results: Results, { shown, isOutputTaken }: Telling): void {
  const { last, names, listId } = results
  const { iidfile, quiet } = options
  if (last === undefined) return
  if (shown.isPlain && !quiet) {
    const say = (line: string) => printLineTo(shown.stdout, line)
    if (iidfile === undefined) say(`--> ${last.id.slice(0, 12)}`)
    for (const name of names) say(`Successfully tagged ${name}`)
  }
  shown[Symbol.dispose]()
  if (iidfile !== undefined) writeBuildFile('--iidfile', iidfile, `sha256:${listId ?? last.id}`)
  else if (!isOutputTaken) printLine(listId ?? last.id)
}
