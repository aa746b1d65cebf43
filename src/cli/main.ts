// The program's front door. What it imports is loaded by every command, so it stays small: the rest comes when the command is known.

import { writeFileSync } from 'node:fs'
import { EngineError } from '../base/errors.ts'
import { loadedNative } from '../os/native.ts'
import { inDialect, isDocker } from './dialect.ts'
import { exitCodeOf, exitCodes } from './exit-code.ts'
import { commandName, type Found, findCommand } from './find-command.ts'
import type { Occurrence } from './pflag.ts'
import { programName } from './program-name.ts'
import { complain, print } from './render/print.ts'

process.once('beforeExit', endUndone)
nameProcess()
void main(process.argv.slice(2)).then(end)

/** In `ps` and `systemctl status`, where Node says MainThread. Its own process.title would take the arguments away. */
function nameProcess(): void {
  try {
    writeFileSync('/proc/self/comm', programName)
  } catch {
    // No /proc, or one that is not to be written.
  }
}

/** Nothing is left that could go on, and the command has not ended: that must not look like success. */
function endUndone(): void {
  complain('Error: the command waits for what will never come\nThis is a defect of Gantry. Please report it.\n')
  process.exit(exitCodes.failed)
}

/** Everything is written by now. Node would take its heap down first, which the kernel does at less cost. */
function end(code: number): void {
  const addon = loadedNative()
  if (addon === undefined) process.exit(code)
  process.emit('exit', code)
  addon.exit(code)
}

async function main(words: readonly string[]): Promise<number> {
  try {
    if (words[0]?.startsWith('__complete')) return await (await import('./complete/complete.ts')).complete(words)
    const found = findCommand(words)
    return found.kind === 'group' ? await showGroup(found) : await runCommand(found)
  } catch (error) {
    const anew = await inOurOrder(error, words)
    if (anew !== undefined) return main(anew)
    const first = await firstWrong(error, words)
    await tell(first)
    return exitCodeOf(first)
  }
}

/** What is unknown before the command may be skopeo's, which is known behind it. */
async function inOurOrder(error: unknown, words: readonly string[]): Promise<readonly string[] | undefined> {
  const isRoots = error instanceof EngineError && error.hint === `See '${programName} --help'`
  if (!isRoots || error.code !== 'unknown-flag') return undefined
  const { flagsBehind } = await import('./flags-ahead.ts')
  try {
    return flagsBehind(words)
  } catch {
    return undefined
  }
}

/** A module of containers.conf that is not there is told of before a command that is not there, as the line is read. */
async function firstWrong(error: unknown, words: readonly string[]): Promise<unknown> {
  if (!(error instanceof EngineError) || error.code !== 'unknown-command') return error
  const { missingModule } = await import('./missing-module.ts')
  return missingModule(words) ?? error
}

type FoundGroup = Extract<Found, { kind: 'group' }>
type FoundCommand = Extract<Found, { kind: 'command' }>

async function showGroup({ path, global }: FoundGroup): Promise<number> {
  if (isSet(global, 'version')) {
    const { gantryVersion } = await import('./product.ts')
    print(
      isDocker() ? `Docker version ${gantryVersion()}, build gantry\n` : `${programName} version ${gantryVersion()}\n`,
    )
    return 0
  }
  const { groupHelp, rootHelp } = await import('./help.ts')
  print(path.length === 0 ? rootHelp(isRemoteOffered(global)) : groupHelp(path))
  if (isSet(global, 'help')) return 0
  complain(`Error: missing command '${commandName(path)} COMMAND'\n`)
  return exitCodes.failed
}

async function runCommand({ path, row, rest, global }: FoundCommand): Promise<number> {
  const command = await inDialect(path, (await row.load()).default)
  if (isSet(global, 'help')) return showHelp(path)
  const { parseCommand } = await import('./yargs.ts')
  const parsed = parseCommand(command, { path, words: rest })
  if (parsed.isHelpWanted) return showHelp(path)
  const { startSession } = await import('./session.ts')
  const session = await startSession([...global, ...parsed.global], parsed.invocation)
  try {
    return (await command.run(session.open, parsed.invocation as never)) ?? 0
  } finally {
    session.close()
  }
}

async function showHelp(path: readonly string[]): Promise<number> {
  const { commandHelp } = await import('./help.ts')
  print(await commandHelp(path))
  return 0
}

/** podman hides --remote once a connection is chosen. */
function isRemoteOffered(global: readonly Occurrence[]): boolean {
  const isChosen = global.some(({ name }) => name === 'url' || name === 'connection')
  return !isChosen && process.env['CONTAINER_HOST'] === undefined && process.env['CONTAINER_CONNECTION'] === undefined
}

function isSet(occurrences: readonly Occurrence[], name: string): boolean {
  return occurrences.some((occurrence) => occurrence.name === name && occurrence.value === 'true')
}

async function tell(error: unknown): Promise<void> {
  const { printError } = await import('./render/error.ts')
  if (!(error instanceof EngineError) || error.kind !== 'invalid') return printError(error)
  const { refuseKnownNames } = await import('./podman-names.ts')
  const refused = isDocker() ? (await import('./docker-names.ts')).refuseDockerNames(error) : error
  printError(refuseKnownNames(refused))
}
