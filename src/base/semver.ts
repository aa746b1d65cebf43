// Versions of semver.org and ranges of them, as far as tags need it: `>= 3.12.0`, `~1.2`, `^1.2.3`, `1.x`, `1.2 - 2.0`, several with a comma
// or a blank between (all must hold) or `||` (one must). Pure.

import { invalid } from './errors.ts'

type Version = readonly [major: number, minor: number, patch: number]

interface Parsed {
  readonly version: Version
  /** How many of the three numbers were said. */
  readonly said: number
  readonly isPreRelease: boolean
}

type Check = (version: Version) => boolean

const pattern = /^v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/

/** Pre-releases are in no range. What is no version is in none either. @throws invalid `version-range-malformed` */
export function versionRange(text: string): (tag: string) => boolean {
  const alternatives = text.split('||').map((part) => parseAll(part, text))
  return (tag) => {
    const parsed = parse(tag)
    if (parsed === undefined || parsed.isPreRelease || /[xX*]/.test(tag)) return false
    return alternatives.some((checks) => checks.every((check) => check(parsed.version)))
  }
}

function parseAll(text: string, whole: string): Check[] {
  const spans = text.replace(/(\S+)\s+-\s+(\S+)/g, '>=$1 <=$2').replace(/(=|!=|>=|<=|=>|=<|>|<|~>?|\^)\s+/g, '$1')
  const words = spans.split(/[,\s]+/).filter((word) => word !== '')
  if (words.length === 0) throw malformed(whole)
  return words.map((word) => parseOne(word, whole))
}

function parseOne(word: string, whole: string): Check {
  const [, operator = '=', rest = ''] = /^(=|!=|>=|=>|<=|=<|>|<|~>|~|\^)?(.*)$/.exec(word) ?? []
  const parsed = parse(rest)
  const toCheck = operators[operator]
  if (parsed === undefined || toCheck === undefined) throw malformed(whole)
  return toCheck(parsed)
}

const isSame = ({ version, said }: Parsed) => between(version, next(version, said))
const isAtLeast = ({ version }: Parsed) => between(version, next(version, 0))
const isAtMost =
  ({ version, said }: Parsed): Check =>
  (other) =>
    compare(other, next(version, said)) < 0
const isAbout = ({ version, said }: Parsed) => between(version, next(version, Math.min(said, 2)))

const operators: Readonly<Record<string, (parsed: Parsed) => Check>> = {
  '=': isSame,
  '!=': (parsed) => (other) => !isSame(parsed)(other),
  '>': ({ version, said }) => between(next(version, said), next(version, 0)),
  '>=': isAtLeast,
  '=>': isAtLeast,
  '<':
    ({ version }) =>
    (other) =>
      compare(other, version) < 0,
  '<=': isAtMost,
  '=<': isAtMost,
  '~': isAbout,
  '~>': isAbout,
  '^': ({ version, said }) => between(version, next(version, Math.min(firstNonZero(version), Math.max(said, 1)))),
}

function between(low: Version, upper: Version): Check {
  return (version) => compare(version, low) >= 0 && compare(version, upper) < 0
}

/** Counted from 1; `^` allows changes behind it. */
function firstNonZero(version: Version): number {
  const at = version.findIndex((number) => number > 0)
  return at === -1 ? 3 : at + 1
}

function parse(text: string): Parsed | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const parts = match.slice(1, 4)
  const wild = parts.findIndex((part) => part === undefined || /[xX*]/.test(part))
  const said = wild === -1 ? 3 : wild
  const [major = 0, minor = 0, patch = 0] = parts.slice(0, said).map(Number)
  return { version: [major, minor, patch], said, isPreRelease: match[4] !== undefined }
}

/** The first version behind what was said: 1.2 is followed by 1.3.0, and what said nothing by none. */
function next([major, minor, patch]: Version, said: number): Version {
  if (said === 0) return [Number.POSITIVE_INFINITY, 0, 0]
  if (said === 1) return [major + 1, 0, 0]
  return said === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1]
}

function compare(a: Version, b: Version): number {
  const at = a.findIndex((number, index) => number !== b[index])
  return at === -1 ? 0 : (a[at] as number) - (b[at] as number)
}

function malformed(text: string) {
  return invalid('version-range-malformed', `'${text}' is no range of versions, such as '>= 3.12.0' or '~1.2'`)
}
