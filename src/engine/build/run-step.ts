// RUN.

import { statSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { invalid } from '../../base/errors.ts'
import { runScript } from '../../dockerfile/heredoc.ts'
import type { Command, RunInstruction } from '../../dockerfile/instruction.ts'
import { mountBelow, parseRunMount, type RunMount } from '../../dockerfile/run-mount.ts'
import type { Mount } from '../../spec/mounts.ts'
import type { NetworkMode } from '../../spec/namespaces.ts'
import { openRoot, pathInRoot } from '../container/root-folder.ts'
import { cacheKey } from './build-cache.ts'
import type { BuildSession } from './build-session.ts'
import type { StageWalk, Taken } from './build-stage.ts'
import { shellOf, workdirOf } from './configure.ts'
import { contentDigest } from './content-digest.ts'
import { findSources } from './find-sources.ts'
import type { LayerStep } from './layer-step.ts'
import { makeConfigFolders } from './make-config-folders.ts'
import { RunFailed } from './run-failed.ts'
import { readyMounts } from './run-mounts.ts'
import type { NamedSource } from './source-trees.ts'
import { findStage } from './stage-graph.ts'
import type { Workshop } from './workshop.ts'

export async function runStep(
  walk: StageWalk,
  { written, instruction, at }: Taken<RunInstruction>,
): Promise<LayerStep> {
  const { draft, scope, session, stage, workshop } = walk
  const { network, security } = instruction
  const variables = scope.runVariables().map(({ name, value }) => `${name}=${value}`)
  const mode = networkOf(network)
  const workdir = workdirOf(draft.config)
  const asked = instruction.mounts.map((text) => ({ text, mount: mountBelow(workdir, parseRunMount(text)) }))
  const mounts = asked.map(({ mount }) => mount)
  const sources = await sourceKeys(walk, asked)
  const kept = session.request.areVolumesKept === true ? Object.keys(draft.config.Volumes ?? {}) : []
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
      ...(kept.length === 0 ? [] : ['volumes kept', kept]),
    ],
    isIndependent: false,
    ...(sources.content === undefined ? {} : { content: sources.content }),
    async execute() {
      const layer = await workshop.make({
        stack: draft.stack,
        isIndependent: false,
        async act({ bench, runner, workshop: place }) {
          makeConfigFolders(bench.merged, draft.config, draft.config.User)
          await using ready = await readyMounts({ session, workshop: place, index: stage.index }, mounts)
          const script = scriptOf(place, shellOf(draft.config), instruction.command)
          await using output = session.request.observer.openOutput(at)
          const { exitCode, mountPoints } = await runner.run({
            bench,
            words: script.words,
            environment: [...variables, ...ready.environment],
            user: draft.config.User,
            workdir,
            mounts: [...keptVolumes(bench.merged, kept), ...ready.mounts, ...script.mounts],
            ...mode,
            isPrivileged: security === 'insecure',
            output: session.request.run.hasStdin === true ? { ...output, stdin: 0 } : output,
          })
          if (exitCode !== 0) throw new RunFailed(exitCode, `while running runtime: exit status ${exitCode}`)
          return mountPoints
        },
      })
      const summary = await sources.summary()
      return { layer, content: (await sources.content?.()) ?? '', ...(summary === '' ? {} : { summary }) }
    },
  }
}

/** As they are, under a layer that goes with the step. */
function keptVolumes(merged: string, paths: readonly string[]): Mount[] {
  using root = openRoot(merged)
  return paths.toSorted().flatMap((path) => {
    const source = pathInRoot(root, path)
    const isFolder = source !== undefined && statSync(source).isDirectory()
    return isFolder ? [{ kind: 'bind', source, destination: posix.resolve('/', path), options: ['O'] }] : []
  })
}

interface SourceKeys {
  readonly keys: readonly (string | undefined)[]
  /** Digests of folders that are bound. */
  readonly content: (() => Promise<string>) | undefined
  /** What history says of the binds: only of those that say `type=bind`, and of no stages, as buildah. */
  readonly summary: () => Promise<string>
}

interface AskedMount {
  /** As written. */
  readonly text: string
  readonly mount: RunMount
}

/** What binds show is part of what decides a step's outcome. */
async function sourceKeys({ session, stage }: StageWalk, asked: readonly AskedMount[]): Promise<SourceKeys> {
  const bound: Bound[] = []
  for (const { text, mount } of asked) {
    if (mount.type !== 'bind') continue
    const named = await session.trees.find(session, mount.from, stage.index)
    const isSaid = /(?:^|,)type=bind(?:,|$)/.test(text) && !isStage(session, mount.from, stage.index)
    bound.push({ key: named.key, isSaid, digest: await digester(session, named, mount.source ?? '/') })
  }
  const unkeyed = bound.filter(({ key }) => key === undefined)
  return {
    keys: bound.map(({ key }) => key),
    content: unkeyed.length === 0 ? undefined : async () => cacheKey('bound', ...(await digestsOf(unkeyed))),
    async summary() {
      const digests = await digestsOf(bound.filter(({ isSaid }) => isSaid))
      return digests.map((digest) => `:sha256:${digest}`).join('')
    },
  }
}

function isStage({ request, dockerfile }: BuildSession, word: string | undefined, index: number): boolean {
  return word !== undefined && !request.contexts.has(word) && findStage(dockerfile, word, index) !== undefined
}

interface Bound {
  readonly key: string | undefined
  readonly isSaid: boolean
  readonly digest: () => Promise<string>
}

async function digestsOf(bound: readonly Bound[]): Promise<string[]> {
  return Promise.all(bound.map(async ({ digest }) => digest()))
}

async function digester(session: BuildSession, named: NamedSource, path: string): Promise<Bound['digest']> {
  const { key } = named
  if (key !== undefined) return async () => key
  const tree = await named.open()
  const rules = { isLeftOut: () => false, mayHoldKept: () => false }
  return async () => {
    const [found] = findSources({ ...tree, ignored: undefined }, path)
    using source = found
    if (source === undefined) return ''
    return await contentDigest({ entry: source.entry, rules }, session.digestsOf(tree.path), session.engine.signal)
  }
}

interface Script {
  readonly words: readonly string[]
  readonly mounts: readonly Mount[]
}

function scriptOf(workshop: Workshop, shell: readonly string[], command: Command): Script {
  if (command.form === 'exec') return { words: command.words, mounts: [] }
  const script = runScript(command)
  if (script.kind === 'text') return { words: [...shell, script.text], mounts: [] }
  const source = join(workshop.folder, 'script')
  writeFileSync(source, script.content, { mode: 0o755 })
  const destination = `/dev/pipes/${script.name}`
  return { words: [destination], mounts: [{ kind: 'bind', source, destination, options: ['ro'] }] }
}

function networkOf(word: string | undefined): { network?: NetworkMode } {
  if (word === undefined || word === 'default') return {}
  if (word === 'none' || word === 'host') return { network: { kind: word } }
  throw invalid('network-invalid', `unsupported network mode ${JSON.stringify(word)}: it is default, none or host`)
}
