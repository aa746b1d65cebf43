// container runlabel: the command that a label of an image holds, run on the host.

import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename } from 'node:path'
import { EngineError, invalid } from '../../../base/errors.ts'
import type { Engine } from '../../../engine/engine.ts'
import { labelCommand } from '../../../image/label-command.ts'
import { gantryCommand } from '../../../os/installation.ts'
import { native } from '../../../os/native.ts'
import { defineCommand, type Invocation } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { findProgram } from '../../find-program.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { registryOptions, toRegistryAccess } from '../../options/registry-access.ts'
import { printError } from '../../render/error.ts'
import { printLine } from '../../render/print.ts'

const optional = (number: number) =>
  ({ type: 'string', isHidden: true, describe: `What the label means by $OPT${number}`, complete: 'none' }) as const

const options = {
  ...registryOptions,
  display: { type: 'boolean', describe: 'Show the command, run nothing' },
  name: {
    type: 'string',
    short: 'n',
    value: 'name',
    describe: "What the label means by NAME; the image's unless said",
  },
  opt1: optional(1),
  opt2: optional(2),
  opt3: optional(3),
  pull: { type: 'boolean', default: true, isHidden: true, describe: 'Pull the image if it is missing' },
  quiet: quietOption('Show nothing of the pull nor of the command'),
  replace: { type: 'boolean', describe: 'Remove a container of the name that the command gives with --name' },
} as const

type RunlabelInvocation = Invocation<typeof options>

export default defineCommand({
  options,
  positionals: [
    { name: 'label', complete: 'none' },
    { name: 'image', complete: 'image' },
    { name: 'arg', isOptional: true, isVariadic: true, complete: 'file' },
  ],
  description:
    'The label may speak of IMAGE, NAME, PWD and HOME. podman, docker and gantry as the program are this one. The command runs on the host, with ' +
    'your rights: run those of images that you trust, and look at them first with --display.',
  examples: [
    'gantry container runlabel --display run registry.example.org/web',
    'gantry container runlabel --name web install registry.example.org/web',
  ],
  async run(open, invocation) {
    beQuietIf(invocation.options.quiet)
    const access = toRegistryAccess(invocation)
    const engine = await open()
    const command = await commandOf(engine, invocation, access)
    if (invocation.options.display) {
      printLine(`command: ${command.join(' ')}`)
      return 0
    }
    if (invocation.options.replace) await removeNamed(engine, command)
    return execute(engine, command, invocation.options.quiet)
  },
})

type Argv = [string, ...string[]]

/** @throws not-found `label-unknown`, and what a pull throws */
async function commandOf(
  engine: Engine,
  { options: given, args }: RunlabelInvocation,
  access: ReturnType<typeof toRegistryAccess>,
): Promise<Argv> {
  const [label = '', image = '', ...rest] = args
  const { resolveImageForContainer } = await import('../../../engine/image/resolve-for-container.ts')
  const pull = given.pull ? 'missing' : 'never'
  const { name, config } = await resolveImageForContainer(engine, image, { ...access, pull })
  const [program, ...words] = labelCommand(labelOf(config.run.labels, label, image), {
    image: name,
    name: given.name || nameOf(image),
    args: rest,
    variables: variablesOf(given),
  })
  return [isOurs(program) ? gantryCommand : program, ...words]
}

/** Whatever its letters' case. @throws not-found `label-unknown` */
function labelOf(labels: Readonly<Record<string, string>>, label: string, image: string): string {
  const wanted = label.replace(/^\//, '').toLowerCase()
  const text = Object.entries(labels).find(([key]) => key.toLowerCase() === wanted)?.[1]
  if (text !== undefined && text !== '') return text
  const message = `cannot find the value of label: ${label} in image: ${image}`
  throw new EngineError({ kind: 'not-found', code: 'label-unknown', message })
}

function variablesOf({ opt1 = '', opt2 = '', opt3 = '' }: RunlabelInvocation['options']): Record<string, string> {
  return { HOME: process.env['HOME'] ?? homedir(), PWD: process.cwd(), OPT1: opt1, OPT2: opt2, OPT3: opt3 }
}

/** `registry/path/web:2` → `web` */
function nameOf(image: string): string {
  return basename(image).replace(/[:@].*$/, '')
}

function isOurs(program: string): boolean {
  return program === 'podman' || ['docker', 'gantry'].includes(basename(program))
}

async function removeNamed(engine: Engine, command: Argv): Promise<void> {
  const at = command.indexOf('--name')
  const name = at === -1 ? undefined : command[at + 1]
  if (name === undefined) return
  const [{ findContainer }, { remove }] = await Promise.all([
    import('../../../engine/container/find-container.ts'),
    import('../../../engine/container/remove.ts'),
  ])
  const container = findContainer(engine.at, name)
  if (container !== undefined) await remove(engine, { container, isForced: true, removesDependents: false })
}

/** Returns the command's exit code, or becomes the command. One of ours works on the same state. */
async function execute(engine: Engine, command: Argv, isQuiet: boolean): Promise<number> {
  const [program, ...words] = command
  const found = findProgram(program, process.env['PATH'] ?? '')
  if (found.kind !== 'found') return notFound(program, found.kind)
  const globals = program === gantryCommand ? engine.settings.globalFlags : []
  const argv: Argv = [program, ...globals, ...words]
  const environment = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  if (!isQuiet)
    return native().execve(
      found.path,
      argv,
      environment.map(([name, value]) => `${name}=${value}`),
    )
  const { runProcess } = await import('../../../os/exec.ts')
  const { exitCode } = await runProcess(found.path, argv.slice(1), { environment: Object.fromEntries(environment) })
  return exitCode
}

function notFound(program: string, kind: 'absent' | 'not-executable'): number {
  const reason = kind === 'absent' && !existsSync(program) ? 'no such program' : 'permission denied'
  printError(
    invalid('label-program-unknown', `the label's command cannot be run: ${JSON.stringify(program)}: ${reason}`),
  )
  return kind === 'absent' ? exitCodes.notFound : exitCodes.notExecutable
}
