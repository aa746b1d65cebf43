// The context, the Containerfile and the contexts by name, of a build's flags.

import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { EngineError, invalid } from '../../base/errors.ts'
import type { BuildContext } from '../../engine/build/build-context.ts'
import type { NamedContext } from '../../engine/build/build-request.ts'
import { parseContextSource } from '../../engine/build/context-source.ts'
import type { FoundDockerfile } from '../../engine/build/local-context.ts'
import { fetchContext, openContext } from '../../engine/build/open-context.ts'
import type { Engine } from '../../engine/engine.ts'
import type { BuildInvocation } from '../run-build.ts'

export interface BuildContexts extends Disposable {
  readonly context: BuildContext
  readonly dockerfile: FoundDockerfile
  readonly contexts: ReadonlyMap<string, NamedContext>
}

/** What is not a folder of the user's is brought into a temporary one, gone when disposed. @throws as openContext */
export async function openBuildContexts(
  engine: Engine,
  { options, args }: Pick<BuildInvocation, 'options' | 'args'>,
): Promise<BuildContexts> {
  using stack = new DisposableStack()
  const { ignorefile: ignoreFile, file: files } = options
  const request = { where: args[0], files, stdin: standardInput, ...(ignoreFile === undefined ? {} : { ignoreFile }) }
  const { context, dockerfile } = stack.use(await openContext(engine, request))
  const contexts = new Map<string, NamedContext>()
  for (const text of options['build-context']) {
    const { name, value } = splitPair(text)
    contexts.set(name, await openNamed(engine, stack, value))
  }
  const rest = stack.move()
  return { context, dockerfile, contexts, [Symbol.dispose]: () => rest.dispose() }
}

function standardInput(): Readable {
  return process.stdin
}

function splitPair(text: string): { name: string; value: string } {
  const equals = text.indexOf('=')
  if (equals > 0 && equals < text.length - 1) return { name: text.slice(0, equals), value: text.slice(equals + 1) }
  throw invalid('build-context-invalid', `--build-context '${text}' is not NAME=VALUE`, '--build-context data=./data')
}

async function openNamed(engine: Engine, stack: DisposableStack, value: string): Promise<NamedContext> {
  const image = /^(?:docker-image:\/\/|container-image:\/\/|docker:\/\/)(.+)$/.exec(value)?.[1]
  if (image !== undefined) return { kind: 'image', reference: image }
  if (/^(?:oci-layout|target):/.test(value)) {
    throw new EngineError({
      kind: 'unsupported',
      code: 'build-context-unsupported',
      message: `--build-context cannot be '${value}'`,
      hint: 'Pull the image first (pull oci:PATH), and name it: docker-image://NAME',
    })
  }
  const source = parseContextSource(value)
  if (source.kind === 'stdin') throw invalid('stdin-twice', 'a context by name cannot be standard input')
  if (source.kind === 'path') return { kind: 'folder', context: { folder: resolve(source.path) } }
  const { folder } = stack.use(await fetchContext(engine, source, { stdin: standardInput }))
  return { kind: 'folder', context: { folder } }
}
