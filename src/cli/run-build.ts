// build, from flags to the image id: what several platforms, files of ids and errors of steps add to the engine's verb.

import { writeFileSync } from 'node:fs'
import type { BuildRequest, BuiltImage } from '../engine/build/build-request.ts'
import { RunFailed } from '../engine/build/run-failed.ts'
import type { Engine } from '../engine/engine.ts'
import type { Platform } from '../image/platform.ts'
import { checkBuild } from './check-build.ts'
import type { Invocation } from './command.ts'
import type { buildOptions } from './options/build.ts'
import { refuseBuildFlags } from './options/build-refused.ts'
import { toBuildRequests } from './options/build-request.ts'
import { beQuietIf } from './options/quiet.ts'
import { plainObserver } from './render/build-plain.ts'
import { printError } from './render/error.ts'
import { printLine } from './render/print.ts'

export type BuildInvocation = Invocation<typeof buildOptions>

export async function runBuild(open: () => Promise<Engine>, invocation: BuildInvocation): Promise<number> {
  const { options, given } = invocation
  refuseBuildFlags(given)
  const isQuiet = options.quiet || options.progress === 'quiet'
  beQuietIf(isQuiet)
  const engine = await open()
  const observer = plainObserver({ isQuiet, hasIdFile: options.iidfile !== undefined })
  using opened = await toBuildRequests(engine, invocation, observer)
  const { requests } = opened
  if (options.check) return checkBuild(requests)
  const { build } = await import('../engine/build/build.ts')
  try {
    const built: BuiltImage[] = []
    for (const request of requests) built.push(await build(engine, request))
    return finish(invocation, requests, built)
  } catch (error) {
    engine.signal.throwIfAborted()
    if (!(error instanceof RunFailed)) throw error
    printError(error)
    return error.exitCode
  }
}

function finish({ options }: BuildInvocation, requests: readonly BuildRequest[], built: readonly BuiltImage[]): number {
  const last = built.at(-1)
  if (last === undefined) return 0
  const names = requests.at(-1)?.image.names ?? []
  if (!options.quiet) {
    if (options.iidfile === undefined) printLine(`--> ${last.id.slice(0, 12)}`)
    for (const name of names) printLine(`Successfully tagged ${name}`)
  }
  if (options.iidfile === undefined) printLine(last.id)
  else writeFileSync(options.iidfile, `sha256:${last.id}`)
  return 0
}

export interface PlatformOfBuild {
  readonly platform: Platform
  readonly isAsked: boolean
}
