// kube play's own builds: each as `build --tag IMAGE --file FILE FOLDER` does it, with the flags for registries that kube play was given.

import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { EngineError } from '../base/errors.ts'
import type { Engine } from '../engine/engine.ts'
import type { ImageBuilds, ImageToBuild } from '../engine/kube/build-images.ts'
import type { KubePlayInvocation } from './options/kube-play.ts'
import { registryOptions } from './options/registry-access.ts'

/** Undefined where none is wanted. @throws not-found `context-missing` */
export function imageBuilds(engine: Engine, invocation: KubePlayInvocation): ImageBuilds | undefined {
  const { options, given } = invocation
  if (given.has('build') && !options.build) return undefined
  const folder = resolve(options['context-dir'] ?? '.')
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const message = `--context-dir ${options['context-dir']}: no such folder`
    throw new EngineError({ kind: 'not-found', code: 'context-missing', message })
  }
  return { folder, isForced: options.build, build: async (image) => build(engine, invocation, image) }
}

/** @throws as the build does */
async function build(
  engine: Engine,
  { options, given }: KubePlayInvocation,
  { reference, containerfile, folder }: ImageToBuild,
): Promise<void> {
  const { default: command } = await import('./commands/image/build.ts')
  const { parseCommand } = await import('./yargs.ts')
  const { buildImages } = await import('./run-build.ts')
  const names = (Object.keys(registryOptions) as (keyof typeof registryOptions)[]).filter((name) => given.has(name))
  const flags = names.map((name) => `--${name}=${options[name]}`)
  const words = [...flags, `--quiet=${options.quiet}`, '--tag', reference, '--file', containerfile, '--', folder]
  const { invocation } = parseCommand(command, { path: ['build'], words })
  await buildImages(async () => engine, invocation as never)
}
