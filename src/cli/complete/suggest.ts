// A command line that is being typed → what may come at its end.

import type { Engine } from '../../engine/engine.ts'
import type { OptionSpec, PositionalSpec } from '../command.ts'
import { childrenOf } from '../find-command.ts'
import { rootOptions } from '../global-options.ts'
import { printedOptions } from '../help.ts'
import type { InspectType } from '../inspect-objects.ts'
import type { Occurrence } from '../pflag.ts'
import { suggestNames } from './names.ts'
import { suggestInContainer, suggestInImage, suggestToCopy } from './paths-inside.ts'
import { type Candidate, files, folders, nothing, offer, type Suggestions } from './suggestions.ts'
import { flagOf, readTypedLine, type TypedFlag, type TypedLine } from './typed-line.ts'

/** `words`: those after the program's, the last one at the cursor. @throws what opening the state throws */
export async function suggest(words: readonly string[]): Promise<Suggestions> {
  const typed = words.at(-1) ?? ''
  const line = await readTypedLine(words.slice(0, -1))
  if (line.flag !== undefined) return suggestValue(line, line.flag, typed)
  if (line.isFlagPossible && typed.startsWith('-')) {
    const [, flag = '', value] = /^(-[^=]*)=(.*)$/s.exec(typed) ?? []
    if (value === undefined) return offer(flagsOf(line), typed)
    const meant = flagOf(flag, line.options)
    return meant === undefined ? nothing : suggestValue(line, meant, value)
  }
  return line.command === undefined ? offer(commandsBelow(line.path), typed) : suggestPositional(line, typed)
}

function commandsBelow(path: readonly string[]): Candidate[] {
  return childrenOf(path)
    .filter(([, row]) => !('isHidden' in row && row.isHidden))
    .map(([name, { summary }]) => ({ text: name, about: summary }))
}

/** But those that are there and take no second value. */
function flagsOf({ options, given }: TypedLine): Candidate[] {
  const isOpen = ([name, { type }]: TypedFlag) => type === 'strings' || !given.some((one) => one.name === name)
  return printedOptions(options)
    .filter(isOpen)
    .flatMap(([name, { short, describe }]) => [
      { text: `--${name}`, about: describe },
      ...(short === undefined ? [] : [{ text: `-${short}`, about: describe }]),
    ])
}

async function suggestValue(line: TypedLine, [name, option]: TypedFlag, typed: string): Promise<Suggestions> {
  if (name === 'module') return suggestModules(typed)
  if (name === 'format') return suggestFormat(line, option, typed)
  if (option.type === 'boolean') return offer([{ text: 'true' }, { text: 'false' }], typed)
  if (option.choices !== undefined) {
    const texts = option.choices.map((text) => ({ text }))
    return offer(texts, typed)
  }
  return suggestKind(line, option.complete, typed)
}

/** Of an inspect, what the named object or the newest container has; else what the command declares. */
async function suggestFormat(line: TypedLine, option: OptionSpec, typed: string): Promise<Suggestions> {
  const { inspectedObject, namedFields, suggestFields } = await import('./fields.ts')
  const declared = namedFields(option.fields ?? '')
  const type = inspectTypeOf(line.path)
  if (type === undefined) return suggestFields(declared, typed)
  const [name] = line.args
  const object = await inspectedObject(await openFor(line.given), { type, name })
  return suggestFields(object ?? (name === undefined ? declared : {}), typed)
}

function inspectTypeOf(path: readonly string[]): InspectType | undefined {
  if (path.at(-1) !== 'inspect') return undefined
  return path.length === 1 ? 'all' : inspectTypes.find((type) => type === path[0])
}

const inspectTypes = ['container', 'image', 'volume', 'network', 'pod'] as const

async function suggestModules(typed: string): Promise<Suggestions> {
  const { moduleNames } = await import('./modules.ts')
  const names = moduleNames().map((text) => ({ text }))
  return { ...offer(names, typed), directive: ['Default'] }
}

async function suggestPositional(line: TypedLine, typed: string): Promise<Suggestions> {
  const { args, command, path } = line
  const special = specials[path.at(-1) as string]
  const suggestions = await special?.(line, typed)
  if (suggestions !== undefined) return suggestions
  const spec = positionalAt(command?.positionals ?? [], args.length)
  if (spec === undefined) return nothing
  return spec.isRest ? files : suggestKind(line, spec.complete, typed)
}

function positionalAt(specs: readonly PositionalSpec[], index: number): PositionalSpec | undefined {
  const last = specs.at(-1)
  return specs[index] ?? (last?.isVariadic || last?.isRest ? last : undefined)
}

type Special = (line: TypedLine, typed: string) => Promise<Suggestions | undefined>

/** Of containers: pods are created, and health checks run, too. */
const insideOfImage: Special = async (line, typed) => {
  const isOfContainer = line.path.length === 1 || line.path[0] === 'container'
  if (!isOfContainer || line.args.length === 0) return undefined
  return suggestInImage(await openFor(line.given), line.args[0] as string, typed)
}

/** Where short names are looked for: most people log in there. */
const registriesFirst: Special = async ({ args, given }, typed) => {
  if (args.length > 0) return nothing
  const [{ settings }, { readRegistriesConf }] = await Promise.all([
    openFor(given),
    import('../../transport/registry/registries-conf.ts'),
  ])
  const { searchRegistries } = await readRegistriesConf(settings.registriesConf)
  const registries = searchRegistries.map((text) => ({ text }))
  return offer(registries, typed)
}

/** By the command's last word: where the kind of a positional does not say enough. */
const specials: Readonly<Record<string, Special>> = {
  completion: async ({ args }, typed) =>
    args.length === 0 ? offer([{ text: 'bash' }, { text: 'fish' }, { text: 'zsh' }], typed) : undefined,
  cp: async ({ given, args }, typed) => (args.length < 2 ? suggestToCopy(await openFor(given), typed) : undefined),
  create: insideOfImage,
  doctor: async ({ given, args }, typed) =>
    args.length === 1 ? suggestInContainer(await openFor(given), args[0] as string, typed) : undefined,
  help: async ({ args }, typed) => offer(commandsBelow(args), typed),
  inspect: async ({ path, given }, typed) =>
    path.length === 1
      ? suggestNames(await openFor(given), ['container', 'image', 'volume', 'network', 'pod'], typed)
      : undefined,
  login: registriesFirst,
  logout: registriesFirst,
  restore: async ({ given }, typed) => suggestNames(await openFor(given), ['container', 'image'], typed),
  run: insideOfImage,
  top: async ({ args }, typed) => {
    if (args.length === 0) return undefined
    const { descriptorNames } = await import('../../engine/container/top-descriptors.ts')
    const names = descriptorNames().map((text) => ({ text }))
    return offer(names, typed)
  },
}

async function suggestKind({ given }: TypedLine, kind: OptionSpec['complete'], typed: string): Promise<Suggestions> {
  if (kind === 'file') return files
  if (kind === 'folder') return folders
  if (kind === undefined || kind === 'none') return nothing
  return suggestNames(await openFor(given), [kind], typed)
}

/** Who waits for another command holds up the shell: a second must do. */
async function openFor(given: readonly Occurrence[]): Promise<Engine> {
  const { startSession } = await import('../session.ts')
  const isGlobal = (name: string) => Object.hasOwn(rootOptions, name)
  const occurrences = [{ name: 'lock-timeout', value: '1s' }, ...given.filter(({ name }) => isGlobal(name))]
  const session = await startSession(occurrences, { options: {}, args: [], path: ['__complete'], given: new Set() })
  return session.open()
}
