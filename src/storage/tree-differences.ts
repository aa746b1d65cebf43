// In what two trees differ that should be the same: names, kinds, owners, modes, attributes, links and contents; not times. Nobody else writes to them.

import { type BigIntStats, closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { shownName } from '../image/tar-entry.ts'
import { native } from '../os/native.ts'

/** `'/etc/passwd' has other content`, in the order of their names. What differs in a whole folder is one. */
export function treeDifferences(expected: string, actual: string): string[] {
  const found: string[] = []
  compareFolders({ expected: Buffer.from(expected), actual: Buffer.from(actual), shown: '' }, found)
  return found
}

/** Whether anything below the folder, or itself, was changed after that moment: a change of any kind is in the inode's ctime. */
export function isTouchedSince(folder: string, sinceNs: bigint): boolean {
  return isTouched(Buffer.from(folder), sinceNs)
}

function isTouched(path: Buffer, sinceNs: bigint): boolean {
  const stat = lstatSync(path, { bigint: true })
  // The kernel gives one whiteout many names, in this tree and others; a new one or one less is seen in its folder.
  if (stat.isCharacterDevice() && stat.rdev === 0n) return false
  if (stat.ctimeNs > sinceNs) return true
  return stat.isDirectory() && namesIn(path).some((name) => isTouched(below(path, name), sinceNs))
}

interface Pair {
  readonly expected: Buffer
  readonly actual: Buffer
  /** As the image calls it. */
  readonly shown: string
}

function compareFolders(pair: Pair, found: string[]): void {
  const [expected, actual] = [namesIn(pair.expected), namesIn(pair.actual)]
  const there = new Set(actual.map(keyOf))
  const wanted = new Set(expected.map(keyOf))
  for (const name of [...expected, ...actual.filter((one) => !wanted.has(keyOf(one)))].sort(Buffer.compare)) {
    const shown = `${pair.shown}/${shownName(keyOf(name))}`
    if (!there.has(keyOf(name))) found.push(`'${shown}' is missing`)
    else if (!wanted.has(keyOf(name))) found.push(`'${shown}' was added`)
    else compareEntries({ expected: below(pair.expected, name), actual: below(pair.actual, name), shown }, found)
  }
}

function compareEntries(pair: Pair, found: string[]): void {
  const [expected, actual] = [lstatSync(pair.expected, { bigint: true }), lstatSync(pair.actual, { bigint: true })]
  const what = differenceIn(pair, expected, actual)
  if (what !== undefined) found.push(`'${pair.shown}' ${what}`)
  if (expected.isDirectory() && actual.isDirectory()) compareFolders(pair, found)
}

const kindBits = 0o170000n

function differenceIn(pair: Pair, expected: BigIntStats, actual: BigIntStats): string | undefined {
  const isRemoval = isWhiteout(pair.expected, expected)
  const isSameKind = (expected.mode & kindBits) === (actual.mode & kindBits) && expected.rdev === actual.rdev
  if (!isSameKind || isRemoval !== isWhiteout(pair.actual, actual)) return 'is of another kind'
  return isRemoval ? undefined : differenceInside(pair, expected, actual)
}

function differenceInside(pair: Pair, expected: BigIntStats, actual: BigIntStats): string | undefined {
  if (expected.isSymbolicLink() && !linkOf(pair.expected).equals(linkOf(pair.actual))) return 'leads elsewhere'
  if (expected.isFile() && (expected.size !== actual.size || !isSameContent(pair))) return 'has other content'
  if (expected.mode !== actual.mode) return `has mode ${modeOf(actual)} in place of ${modeOf(expected)}`
  if (expected.uid !== actual.uid || expected.gid !== actual.gid) return 'has another owner'
  return attributesOf(pair.expected) === attributesOf(pair.actual) ? undefined : 'has other attributes'
}

function modeOf({ mode }: BigIntStats): string {
  return (mode & 0o7777n).toString(8)
}

/** Stands for a name that the layer removes: it is nobody's, and its mode means nothing. */
function isWhiteout(path: Buffer, stat: BigIntStats): boolean {
  if (stat.isCharacterDevice()) return stat.rdev === 0n
  if (!stat.isFile() || stat.size > 0n) return false
  return native()
    .llistxattr(path)
    .some((name) => name.endsWith('.overlay.whiteout'))
}

function linkOf(path: Buffer): Buffer {
  return readlinkSync(path, { encoding: 'buffer' })
}

/** The host's own labels are its business, and what a file system keeps for itself, but that a folder hides those below. */
const ownAttributes = /^security\.selinux$|^(trusted|user)\.overlay\.(?!opaque$)|^user\.fuseoverlayfs\.(?!opaque$)/

function attributesOf(path: Buffer): string {
  const names = native()
    .llistxattr(path)
    .filter((name) => !ownAttributes.test(name))
    .sort()
  return names.map((name) => `${name}=${native().lgetxattr(path, name).toString('hex')}`).join(' ')
}

const chunkBytes = 1 << 20

function isSameContent({ expected, actual }: Pair): boolean {
  const files = [openSync(expected, 'r'), openSync(actual, 'r')] as const
  try {
    const [ours, theirs] = [Buffer.alloc(chunkBytes), Buffer.alloc(chunkBytes)]
    for (;;) {
      const [read, other] = [readSync(files[0], ours), readSync(files[1], theirs)]
      if (read !== other || !ours.subarray(0, read).equals(theirs.subarray(0, read))) return false
      if (read === 0) return true
    }
  } finally {
    for (const fd of files) closeSync(fd)
  }
}

function namesIn(folder: Buffer): Buffer[] {
  return readdirSync(folder, { encoding: 'buffer' })
}

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name])
}

/** Byte for byte, as text. */
function keyOf(name: Buffer): string {
  return name.toString('latin1')
}
