// One ONBUILD instruction of the image that a working container is made of.

import { EngineError } from '../../base/errors.ts'
import { runScript } from '../../dockerfile/heredoc.ts'
import type { RunInstruction } from '../../dockerfile/instruction.ts'
import { parseTrigger } from '../../dockerfile/parse-dockerfile.ts'
import { plainSecurity } from '../../spec/security.ts'
import { configure, shellOf } from '../build/configure.ts'
import type { DraftConfig } from '../build/image-draft.ts'
import type { RunSettings } from '../build/run-settings.ts'
import { selectContainer } from '../container/select.ts'
import type { ContainerRef } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { configureWorking } from './configure.ts'
import { copyIntoWorking } from './copy.ts'
import { runInWorking } from './run.ts'
import { readWorking } from './working-container.ts'

/** Files are taken from where we are. @throws what the instruction's doing throws; invalid `onbuild-failed` */
export async function pullTrigger(engine: Engine, container: ContainerRef, text: string): Promise<void> {
  const instruction = parseTrigger(text, { path: 'ONBUILD', escape: '\\' })
  switch (instruction.kind) {
    case 'run':
      return runTrigger(engine, container, instruction)
    case 'copy':
    case 'add': {
      const place = { folder: process.cwd(), isConfined: true, addsHistory: false }
      await copyIntoWorking(engine, container, { ...place, instruction })
      return
    }
    default:
      await configureWorking(engine, container, (image) => {
        const { stack: _, ...draft } = configure({ ...image.draft, stack: [] }, instruction)
        return { ...image, draft }
      })
  }
}

async function runTrigger(engine: Engine, container: ContainerRef, instruction: RunInstruction): Promise<void> {
  const { draft } = readWorking(engine, selectContainer(engine, container.id))
  const exitCode = await runInWorking(engine, container, {
    words: wordsOf(draft.config, instruction),
    settings: plainSettings,
    environment: [],
    mounts: [],
    hasTerminal: false,
    stdin: 0,
    addsHistory: false,
  })
  if (exitCode === 0) return
  throw new EngineError({
    kind: 'invalid',
    code: 'onbuild-failed',
    message: `ONBUILD ${instruction.original}: exit status ${exitCode}`,
  })
}

function wordsOf(config: DraftConfig, { command }: RunInstruction): readonly string[] {
  if (command.form === 'exec') return command.words
  const script = runScript(command)
  return [...shellOf(config), script.kind === 'text' ? script.text : script.content]
}

const plainSettings: RunSettings = {
  namespaces: {},
  devices: { devices: [] },
  resources: { sysctls: {} },
  cgroup: { mode: 'enabled' },
  security: plainSecurity,
  environment: [],
  mounts: [],
}
