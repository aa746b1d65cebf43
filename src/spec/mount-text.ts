// The texts of -v, --mount and --tmpfs → mounts, with podman's checks and words.

import { posix } from 'node:path'
import { EngineError, invalid } from '../base/errors.ts'
import { objectName } from '../base/object-name.ts'
import { isIdMapOption, parseIdMapOption } from './mount-id-map.ts'
import { bad, checkDestination, clean, parseDevptsMount, parseImageMount } from './mount-kinds.ts'
import type { BindMount, Mount, TmpfsMount, VolumeMount } from './mounts.ts'

const exclusive: readonly (readonly [label: string, options: readonly string[]])[] = [
  ["'noexec' or 'exec'", ['noexec', 'exec']],
  ["'nodev' or 'dev'", ['nodev', 'dev']],
  ["'nosuid' or 'suid'", ['nosuid', 'suid']],
  ["'rw' or 'ro'", ['rw', 'ro']],
  ["'z', 'Z', or 'O'", ['z', 'Z', 'O']],
  ["'U'", ['U']],
  [
    "'[r]shared', '[r]private', '[r]slave' or '[r]unbindable'",
    ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave', 'unbindable', 'runbindable'],
  ],
  ["'[r]bind'", ['bind', 'rbind']],
  ["'copy' or 'nocopy'", ['copy', 'nocopy']],
]
const bindOptions = new Set(exclusive.flatMap(([, options]) => options))
const isOverlayFolder = (option: string) => /^(?:upper|work)dir=./.test(option)
const isDriverOption = (option: string) => option.startsWith('volume-opt=')
/** docker's for other systems. */
const ignored = new Set(['cached', 'delegated', 'consistent'])

/** `[HOST-OR-VOLUME:]CONTAINER[:OPTIONS]`. @throws invalid `mount-invalid`; unsupported `mount-unsupported` */
export function parseVolume(text: string): BindMount | VolumeMount {
  const parts = text.split(':')
  if (parts.length > 3) {
    throw bad(`${text}: incorrect volume format, should be [host-dir:]ctr-dir[:option]`)
  }
  const [source = '', destination, options] = parts.length === 1 ? ['', text] : parts
  if (source === '' && parts.length > 1) throw bad('host directory cannot be empty')
  checkDestination(destination ?? '')
  const mount = {
    destination: clean(destination ?? ''),
    options: options === undefined ? [] : checkBindOptions(options.split(',')),
  }
  return /^[./]/.test(source) ? { kind: 'bind', source, ...mount } : volumeMount(source, mount)
}

function volumeMount(name: string, rest: Pick<VolumeMount, 'destination' | 'options' | 'subPath'>): VolumeMount {
  const driverOptions = rest.options.filter(isDriverOption).map(driverOption)
  return {
    kind: 'volume',
    name: name === '' ? '' : checkVolumeName(name),
    isAnonymous: name === '',
    ...rest,
    options: rest.options.filter((option) => !isDriverOption(option)),
    ...(driverOptions.length === 0 ? {} : { driverOptions: Object.fromEntries(driverOptions) }),
  }
}

/** `volume-opt=NAME=VALUE` */
function driverOption(text: string): [name: string, value: string] {
  const [, name, ...value] = text.split('=')
  if (name === undefined || value.length === 0) throw bad('cannot parse driver opts: invalid mount option')
  return [name, value.join('=')]
}

/** `FOLDER[:OPTIONS]`. @throws invalid `mount-invalid` */
export function parseTmpfs(text: string): TmpfsMount {
  const [destination = '', ...rest] = text.split(':')
  checkDestination(destination)
  const options = rest.join(':')
  return {
    kind: 'tmpfs',
    destination: clean(destination),
    options: options === '' ? [] : checkTmpfsOptions(options.split(',')),
  }
}

/** `type=bind,src=…,dst=…`. @throws invalid `mount-invalid`; unsupported `mount-unsupported` */
export function parseMount(text: string): Mount {
  const tokens = text.split(',')
  const type = typeOf(tokens)
  const words = tokens.filter((token) => !token.startsWith('type='))
  if (type === 'image') return parseImageMount(words)
  if (type === 'devpts') return parseDevptsMount(words)
  if (!isWordsType(type)) throw unsupportedType(type)
  const draft = words.reduce((sum, word) => withWord(sum, word, type), emptyDraft)
  if (draft.destination === undefined) throw bad('must set volume destination')
  const { source, destination, options, subPath } = draft
  if (type === 'tmpfs') return { kind: 'tmpfs', destination, options: checkTmpfsOptions(options) }
  if (type === 'ramfs') return { kind: 'tmpfs', type, destination, options: checkRamfsOptions(options) }
  const mount = { destination, options: checkBindOptions(options) }
  if (type === 'bind') return { kind: 'bind', source: source ?? destination, ...mount }
  return volumeMount(source ?? '', { ...mount, ...(subPath === undefined ? {} : { subPath }) })
}

/**
 * As `parseMount`, and `type=glob`: a bind mount of each path that the source's pattern names, by its own name below the destination, if there is
 * one. `find` gives the paths.
 */
export function parseMounts(text: string, find: (pattern: string) => readonly string[]): Mount[] {
  const tokens = text.split(',')
  if (!tokens.includes('type=glob')) return [parseMount(text)]
  const draft = tokens
    .filter((token) => token !== 'type=glob')
    .reduce((sum, word) => withWord(sum, word, 'bind'), emptyDraft)
  const { source = '', destination } = draft
  const options = checkBindOptions(draft.options)
  const paths = find(source)
  if (paths.length === 0) throw bad(`no file paths matching glob ${JSON.stringify(source)}`)
  return paths.map((path) => {
    const place = destination === undefined ? path : posix.join(destination, posix.basename(path))
    return { kind: 'bind', source: path, destination: place, options }
  })
}

interface Draft {
  readonly source?: string
  readonly destination?: string
  readonly options: readonly string[]
  readonly subPath?: string
}

const emptyDraft: Draft = { options: [] }

const wordsTypes = ['bind', 'tmpfs', 'ramfs', 'volume'] as const

interface Word {
  readonly name: string
  readonly value: string | undefined
  readonly type: (typeof wordsTypes)[number]
}

function isWordsType(type: string): type is Word['type'] {
  return (wordsTypes as readonly string[]).includes(type)
}

function withWord(draft: Draft, text: string, type: Word['type']): Draft {
  const at = text.indexOf('=')
  const word: Word =
    at === -1 ? { name: text, value: undefined, type } : { name: text.slice(0, at), value: text.slice(at + 1), type }
  if (word.name === 'src' || word.name === 'source') return { ...draft, source: sourceIn(word) }
  if (['target', 'dst', 'destination'].includes(word.name)) return { ...draft, destination: destinationIn(word) }
  if (['subpath', 'volume-subpath'].includes(word.name)) return { ...draft, subPath: subPathIn(word) }
  const special = Object.hasOwn(specialWords, word.name) ? specialWords[word.name] : undefined
  const option = special === undefined ? [text] : special(word)
  return { ...draft, options: [...draft.options, ...option] }
}

function sourceIn(word: Word): string {
  if (word.type === 'tmpfs' || word.type === 'ramfs') only('bind', word)
  if (needed(word) === '') throw bad('host directory cannot be empty: must provide an argument for option')
  return needed(word)
}

function destinationIn(word: Word): string {
  checkDestination(needed(word))
  return clean(needed(word))
}

function subPathIn(word: Word): string {
  if (word.type === 'volume') return needed(word)
  throw bad(`cannot set option ${JSON.stringify(word.name)} on non-volume mounts`)
}

/** Words that are not mount options as they stand → the mount options that they are. */
const specialWords: Readonly<Record<string, (word: Word) => string[]>> = {
  'bind-nonrecursive': (word) => only('bind', word) && ['bind'],
  'bind-propagation': (word) => only('bind', word) && [needed(word)],
  'tmpfs-size': (word) => only('tmpfs', word) && [`size=${needed(word)}`],
  'tmpfs-mode': (word) => (word.type === 'ramfs' || only('tmpfs', word)) && [`mode=${needed(word)}`],
  consistency: () => [],
  readonly: ({ value }) => accessOption('ro', value),
  ro: ({ value }) => accessOption('ro', value),
  rw: ({ value }) => accessOption('rw', value),
  relabel: ({ value }) => relabelOption(value),
  'volume-nocopy': (word) => (only('volume', word) && isOn(word.value) ? ['nocopy'] : []),
  'volume-opt': (word) => only('volume', word) && [`volume-opt=${needed(word)}`],
  'volume-label': (word) => {
    only('volume', word)
    throw bad('the --volume-label option is not presently implemented')
  },
  U: ({ value }) => (isOn(value) ? ['U'] : []),
  chown: ({ value }) => (isOn(value) ? ['U'] : []),
}

function only(wanted: Word['type'], { name, type }: Word): true {
  if (type === wanted) return true
  throw bad(`${JSON.stringify(name)} option not supported for ${JSON.stringify(type)} mount types`)
}

function needed({ name, value }: Word): string {
  if (value === undefined) throw bad(`${name}: must provide an argument for option`)
  return value
}

function relabelOption(value: string | undefined): string[] {
  if (value === 'private' || value === 'shared') return [value === 'private' ? 'Z' : 'z']
  throw bad("relabel mount option must be 'private' or 'shared': invalid mount option")
}

function accessOption(name: string, value: string | undefined): string[] {
  if (value === undefined || value.toLowerCase() === 'true') return [name]
  return name === 'rw' ? ['ro'] : []
}

function isOn(value: string | undefined): boolean {
  const text = (value ?? '').toLowerCase()
  if (text === '' || text === 'true') return true
  if (text === 'false') return false
  throw bad(`'U' or 'chown' must be set to true or false, instead received ${JSON.stringify(value)}`)
}

function checkBindOptions(options: readonly string[]): string[] {
  const kept = options.filter((option) => option !== '' && !ignored.has(option))
  for (const [label, group] of exclusive) {
    if (kept.filter((option) => group.includes(option)).length > 1) {
      throw bad(`invalid options ${JSON.stringify(options.join(', '))}, can only specify 1 ${label} option`)
    }
  }
  if (kept.includes('no-dereference')) throw unsupported('mount option "no-dereference"')
  checkOverlay(kept)
  checkIdMap(kept)
  const unknown = kept.find((option) => !bindOptions.has(option) && !isParameter(option))
  if (unknown !== undefined) throw bad(`invalid option type ${JSON.stringify(unknown)}`)
  return kept
}

function isParameter(option: string): boolean {
  return isDriverOption(option) || isOverlayFolder(option) || isIdMapOption(option)
}

/** A mount of the container's would not reach the source: the mapped one is none of its peers. */
function checkIdMap(options: readonly string[]): void {
  const maps = options.filter(isIdMapOption)
  if (maps.length > 1) throw bad("the 'idmap' option can only be set once")
  for (const option of maps) parseIdMapOption(option)
  const shared = options.find((option) => option === 'shared' || option === 'rshared')
  if (maps.length > 0 && shared !== undefined)
    throw bad(`can't use 'idmap' with '${shared}': choose '${shared.replace('shared', 'slave')}'`)
}

/** `O` goes with little else. */
function checkOverlay(options: readonly string[]): void {
  const folders = options.filter(isOverlayFolder)
  if (!options.includes('O')) {
    if (folders[0] !== undefined) throw bad(`invalid option type ${JSON.stringify(folders[0])}`)
    return
  }
  const names = new Set(folders.map((folder) => folder.split('=')[0]))
  if (names.size === 1) throw bad('must set both `upperdir` and `workdir`')
  const others = options.filter((option) => option !== 'O' && option !== 'U' && !isOverlayFolder(option))
  if (others.length > 0 || folders.length > names.size) throw bad("can't use 'O' with other options")
}

const tmpfsWords = new Set(
  'ro rw exec noexec dev nodev suid nosuid tmpcopyup notmpcopyup noswap private rprivate shared rshared slave rslave U'.split(
    ' ',
  ),
)

function checkTmpfsOptions(options: readonly string[]): string[] {
  for (const option of options) {
    if (tmpfsWords.has(option) || /^(size|mode|nr_inodes|uid|gid)=/.test(option)) continue
    throw bad(`unknown mount option ${JSON.stringify(option)}: invalid mount option`)
  }
  return [...options]
}

/** The kernel ignores what it does not know of a ramfs: it must not be a limit that somebody counts on. */
function checkRamfsOptions(options: readonly string[]): string[] {
  const unheeded = options.find((option) => /^(size|nr_inodes|uid|gid)=|^(no)?tmpcopyup$|^U$/.test(option))
  if (unheeded !== undefined) throw bad(`a ramfs knows no ${JSON.stringify(unheeded)}: choose type=tmpfs`)
  return checkTmpfsOptions(options)
}

function typeOf(tokens: readonly string[]): string {
  const types = tokens.filter((token) => token.startsWith('type='))
  if (types.length > 1)
    throw bad(
      `incorrect mount format: should be --mount type=<bind|devpts|glob|image|ramfs|tmpfs|volume>,[src=<host-dir|volume-name>,]target=<ctr-dir>[,options]`,
    )
  return types[0]?.slice('type='.length) ?? 'volume'
}

/** @throws invalid `name-invalid` */
function checkVolumeName(name: string): string {
  if (objectName.test(name)) return name
  throw invalid(
    'name-invalid',
    'running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument',
  )
}

function unsupportedType(type: string): EngineError {
  if (type === 'artifact') return unsupported(`--mount type=${type}`)
  return bad(`invalid filesystem type ${JSON.stringify(type)}`)
}

function unsupported(what: string): EngineError {
  return new EngineError({ kind: 'unsupported', code: 'mount-unsupported', message: `${what} is not supported yet` })
}
