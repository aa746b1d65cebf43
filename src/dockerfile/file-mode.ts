// --chmod of COPY and ADD: an octal number, or changes as chmod(1) has them, which BuildKit takes too. No umask counts.

import { invalid } from '../base/errors.ts'

/** The mode that a file, or a folder, of mode `before` gets. */
export type FileMode = (before: number, isFolder: boolean) => number

/** @throws invalid `mode-invalid` */
export function parseFileMode(text: string): FileMode {
  if (/^[0-7]{1,5}$/.test(text)) {
    const mode = Number.parseInt(text, 8)
    return () => mode
  }
  const changes = text.split(',').flatMap((clause) => parseClause(clause) ?? [undefined])
  if (!changes.every((change) => change !== undefined)) {
    const message = `--chmod takes an octal number or a symbolic mode, not ${JSON.stringify(text)}`
    throw invalid('mode-invalid', message, 'For example 755, u+x or u=rwX,go=rX.')
  }
  return (before, isFolder) => changes.reduce((mode, change) => apply(mode, change, isFolder), before)
}

type Who = 'u' | 'g' | 'o'

interface Change {
  readonly whose: readonly Who[]
  readonly operator: string
  /** Letters of what is given, or of whom it is taken from. */
  readonly letters: string
}

const shifts: Readonly<Record<Who, number>> = { u: 6, g: 3, o: 0 }
const special: Readonly<Record<Who, number>> = { u: 0o4000, g: 0o2000, o: 0 }
const sticky = 0o1000

function parseClause(clause: string): Change[] | undefined {
  const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause)
  if (match === null) return undefined
  const [, who = '', actions = ''] = match
  const everybody: readonly Who[] = ['u', 'g', 'o']
  const whose = who === '' || who.includes('a') ? everybody : everybody.filter((one) => who.includes(one))
  return Array.from(actions.matchAll(/([-+=])([a-zA-Z]*)/g), ([, operator = '', letters = '']) => ({
    whose,
    operator,
    letters,
  }))
}

function apply(mode: number, { whose, operator, letters }: Change, isFolder: boolean): number {
  const isForAll = whose.length === 3
  let bits = letters.includes('t') && isForAll ? sticky : 0
  let cleared = isForAll ? sticky : 0
  for (const who of whose) {
    bits |= permissions(mode, letters, isFolder) << shifts[who]
    if (letters.includes('s')) bits |= special[who]
    cleared |= (0o7 << shifts[who]) | special[who]
  }
  if (operator === '+') return mode | bits
  return operator === '-' ? mode & ~bits : (mode & ~cleared) | bits
}

/** Three bits, as for others. */
function permissions(mode: number, letters: string, isFolder: boolean): number {
  const [first] = letters
  if (first === 'u' || first === 'g' || first === 'o') return (mode >> shifts[first]) & 0o7
  const isExecutable = letters.includes('x') || (letters.includes('X') && (isFolder || (mode & 0o111) !== 0))
  return (letters.includes('r') ? 4 : 0) | (letters.includes('w') ? 2 : 0) | (isExecutable ? 1 : 0)
}
