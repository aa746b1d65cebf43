// RUN.

import { closeSync, constants, openSync } from 'node:fs'
import { posix } from 'node:path'
import { invalid } from '../../base/errors.ts'
import type { Command, RunInstruction } from '../../dockerfile/instruction.ts'
import type { NetworkMode } from '../../spec/namespaces.ts'
import type { StageWalk, Taken } from './build-stage.ts'
import { shellOf, workdirOf } from './configure.ts'
import type { LayerStep } from './layer-step.ts'
import { makeFolders } from './make-folder.ts'
import { RunFailed } from './run-failed.ts'

export async function runStep(
  walk: StageWalk,
  { written, instruction, at }: Taken<RunInstruction>,
): Promise<LayerStep> {
  const { draft, scope, session, workshop } = walk
  const args = scope.declaredArgs()
  const { network, security } = instruction
  const variables = scope.runVariables().map(({ name, value }) => `${name}=${value}`)
  const words = wordsOf(shellOf(draft.config), instruction.command)
  const modes = networkOf(network)
  return {
    parts: ['run', written.original, instruction.command, args, network, security],
    isIndependent: false,
    async execute() {
      const layer = await workshop.make({
        stack: draft.stack,
        isIndependent: false,
        async act({ bench, runner }) {
          const workdir = workdirOf(draft.config)
          makeWorkdir(bench.merged, workdir)
          await using output = session.request.observer.openOutput(at)
          const { exitCode, mountPoints } = await runner.run({
            bench,
            words,
            environment: variables,
            user: draft.config.User,
            workdir,
            mounts: [],
            ...modes,
            isPrivileged: security === 'insecure',
            output,
          })
          if (exitCode !== 0) throw new RunFailed(exitCode, `while running runtime: exit status ${exitCode}`)
          return mountPoints
        },
      })
      return { layer, content: '' }
    },
  }
}

/** A heredoc that is the whole command is a script of the shell's. */
function wordsOf(shell: readonly string[], command: Command): readonly string[] {
  if (command.form === 'exec') return command.words
  const [first, ...others] = command.heredocs
  const isScript = first !== undefined && others.length === 0 && /^<<-?\s*(["']?)[^\s"']+\1\s*$/.test(command.text)
  if (isScript) return [...shell, first.content]
  const documents = command.heredocs.map(({ name, content }) => `\n${content}${name}`)
  return [...shell, `${command.text}${documents.join('')}`]
}

function networkOf(word: string | undefined): { network?: NetworkMode } {
  if (word === undefined || word === 'default') return {}
  if (word === 'none' || word === 'host') return { network: { kind: word } }
  throw invalid('network-invalid', `unsupported network mode ${JSON.stringify(word)}: it is default, none or host`)
}

function makeWorkdir(merged: string, workdir: string): void {
  const root = openSync(merged, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const path = Buffer.from(posix.resolve('/', workdir)).toString('latin1')
    makeFolders({ root, mounts: new Map() }, path, { uid: 0, gid: 0 })
  } finally {
    closeSync(root)
  }
}
