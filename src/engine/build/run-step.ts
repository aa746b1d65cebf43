// RUN.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { invalid } from '../../base/errors.ts'
import type { Command, RunInstruction } from '../../dockerfile/instruction.ts'
import { mountBelow, parseRunMount, type RunMount } from '../../dockerfile/run-mount.ts'
import type { Mount } from '../../spec/mounts.ts'
import type { NetworkMode } from '../../spec/namespaces.ts'
import { cacheKey } from './build-cache.ts'
import type { StageWalk, Taken } from './build-stage.ts'
import { shellOf, workdirOf } from './configure.ts'
import { contentDigest } from './content-digest.ts'
import { findSources } from './find-sources.ts'
import type { LayerStep } from './layer-step.ts'
import { makeWorkdir } from './make-workdir.ts'
import { RunFailed } from './run-failed.ts'
import { readyMounts } from './run-mounts.ts'
import type { Workshop } from './workshop.ts'

export async function runStep(
  walk: StageWalk,
  { written, instruction, at }: Taken<RunInstruction>,
): Promise<LayerStep> {
  const { draft, scope, session, stage, workshop } = walk
  const { network, security } = instruction
  const variables = scope.runVariables().map(({ name, value }) => `${name}=${value}`)
  const mode = networkOf(network)
  const mounts = instruction.mounts.map((text) => mountBelow(workdirOf(draft.config), parseRunMount(text)))
  const sources = await sourceKeys(walk, mounts)
  return {
    parts: [
      'run',
      written.original,
      instruction.command,
      scope.declaredArgs(),
      network,
      security,
      mounts,
      sources.keys,
    ],
    isIndependent: false,
    ...(sources.content === undefined ? {} : { content: sources.content }),
    async execute() {
      const layer = await workshop.make({
        stack: draft.stack,
        isIndependent: false,
        async act({ bench, runner, workshop: place }) {
          const workdir = workdirOf(draft.config)
          makeWorkdir(bench.merged, workdir, draft.config.User)
          await using ready = await readyMounts({ session, workshop: place, index: stage.index }, mounts)
          const script = scriptOf(place, shellOf(draft.config), instruction.command)
          await using output = session.request.observer.openOutput(at)
          const { exitCode, mountPoints } = await runner.run({
            bench,
            words: script.words,
            environment: [...variables, ...ready.environment],
            user: draft.config.User,
            workdir,
            mounts: [...ready.mounts, ...script.mounts],
            ...mode,
            isPrivileged: security === 'insecure',
            output: session.request.run.hasStdin === true ? { ...output, stdin: 0 } : output,
          })
          if (exitCode !== 0) throw new RunFailed(exitCode, `while running runtime: exit status ${exitCode}`)
          return mountPoints
        },
      })
      return { layer, content: sources.content?.() ?? '' }
    },
  }
}

interface SourceKeys {
  readonly keys: readonly (string | undefined)[]
  /** Of folders that are bound. */
  readonly content: (() => string) | undefined
}

/** What binds show is part of what decides a step's outcome. */
async function sourceKeys({ session, stage }: StageWalk, mounts: readonly RunMount[]): Promise<SourceKeys> {
  const keys: (string | undefined)[] = []
  const digests: (() => string)[] = []
  for (const mount of mounts) {
    if (mount.type !== 'bind') continue
    const named = await session.trees.find(session, mount.from, stage.index)
    keys.push(named.key)
    if (named.key !== undefined) continue
    const tree = await named.open()
    const rules = { isLeftOut: () => false, mayHoldKept: () => false }
    digests.push(() => {
      const [found] = findSources({ ...tree, ignored: undefined }, mount.source ?? '/')
      using source = found
      return source === undefined ? '' : contentDigest(source.entry, rules, session.digestsOf(tree.path))
    })
  }
  return {
    keys,
    content: digests.length === 0 ? undefined : () => cacheKey('bound', ...digests.map((digest) => digest())),
  }
}

interface Script {
  readonly words: readonly string[]
  readonly mounts: readonly Mount[]
}

/** A heredoc that is the whole command is a script of the shell's, or, where it says so, of another program. */
function scriptOf(workshop: Workshop, shell: readonly string[], command: Command): Script {
  if (command.form === 'exec') return { words: command.words, mounts: [] }
  const [first, ...others] = command.heredocs
  const isAlone = first !== undefined && others.length === 0 && /^<<-?\s*(["']?)[^\s"'<>|&;]+\1\s*$/.test(command.text)
  if (!isAlone) {
    const documents = command.heredocs.map(({ name, content }) => `\n${content}${name}`)
    return { words: [...shell, `${command.text}${documents.join('')}`], mounts: [] }
  }
  if (!first.content.startsWith('#!')) return { words: [...shell, first.content], mounts: [] }
  const source = join(workshop.folder, 'script')
  writeFileSync(source, first.content, { mode: 0o755 })
  const destination = `/dev/pipes/${first.name}`
  return { words: [destination], mounts: [{ kind: 'bind', source, destination, options: ['ro'] }] }
}

function networkOf(word: string | undefined): { network?: NetworkMode } {
  if (word === undefined || word === 'default') return {}
  if (word === 'none' || word === 'host') return { network: { kind: word } }
  throw invalid('network-invalid', `unsupported network mode ${JSON.stringify(word)}: it is default, none or host`)
}
