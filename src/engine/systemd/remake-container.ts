// A container is made anew, under its name, by the command that made it: its image may be another one by now.

import { EngineError, invalid } from '../../base/errors.ts'
import { runProcess } from '../../os/exec.ts'
import { gantryCommand } from '../../os/installation.ts'
import { inheritedEnvironment } from '../container/monitor-request.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { readPod } from '../pod/pod-record.ts'
import { flagWords, makesContainer, passedVariables, type ReadCreateCommand } from './create-command.ts'

/** The new one runs when it resolves; when it throws the old one may be gone. @throws invalid `create-command-unknown`; unavailable `remake-failed` */
export async function remakeContainer(
  { at }: Engine,
  { name, stored }: StoredContainer,
  readCommand: ReadCreateCommand,
): Promise<void> {
  const { spec } = stored
  const command = await readCommand(spec.createCommand)
  if (!makesContainer(command)) {
    throw invalid('create-command-unknown', `container ${name} was not made by a command that can be repeated`)
  }
  const pod = spec.pod === undefined ? undefined : readPod(at, spec.pod.id)
  const without = new Set(['name', 'detach', 'replace', 'pull', ...(pod === undefined ? [] : ['pod', 'pod-id-file'])])
  const entries = [...inheritedEnvironment(), ...passedVariables(command, spec.process.environment)]
  const { exitCode, stderr } = await runProcess(
    gantryCommand,
    [
      ...stored.globalFlags,
      ...['run', '--detach', '--replace', '--name', name],
      ...(pod === undefined ? [] : ['--pod', pod.id]),
      ...flagWords(command, without),
      ...command.args,
    ],
    { environment: Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s, 2) as [string, string])) },
  )
  if (exitCode === 0) return
  throw new EngineError({ kind: 'unavailable', code: 'remake-failed', message: stderr.trim() })
}
