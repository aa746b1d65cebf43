// `user[:group]` → numbers, by /etc/passwd and /etc/group of the container's own root file system, as podman and docker read them.

import { invalid } from '../../base/errors.ts'
import type { ResolvedUser } from '../../spec/facts.ts'
import { openRoot, type RootFolder, readInRoot, statInRoot } from './root-folder.ts'

export type { ResolvedUser } from '../../spec/facts.ts'

const maxId = 2 ** 31 - 1
const passwdPath = '/etc/passwd'
const groupPath = '/etc/group'

export interface PasswdEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly comment: string
  readonly home: string
}

export interface GroupEntry {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

/** `root`: path of the root file system, `/proc/PID/root` too. @throws invalid `user-unknown` */
export function resolveUserIn(root: string, text: string, extraGroups: readonly string[] = []): ResolvedUser {
  using folder = openRoot(root)
  return resolveUser(folder, text, extraGroups)
}

/** An empty text is root. A number need not be known; a name must. @throws invalid `user-unknown`, `accounts-no-file` */
export function resolveUser(root: RootFolder, text: string, extraGroups: readonly string[] = []): ResolvedUser {
  checkAccountFiles(root)
  const passwd = parsePasswd(readInRoot(root, passwdPath) ?? '')
  const groups = parseGroups(readInRoot(root, groupPath) ?? '')
  const [userText = '', groupText] = text.split(':')
  const user = findUser(passwd, userText)
  const gid = groupText === undefined || groupText === '' ? user.gid : findGroup(groups, groupText)
  const memberships =
    groupText === undefined || groupText === ''
      ? groups.filter((group) => user.name !== undefined && group.members.includes(user.name)).map((group) => group.gid)
      : []
  const extra = extraGroups.map((group) => findGroup(groups, group))
  const supplementary = [...new Set([...(text === '' ? [] : [gid]), ...extra, ...memberships])]
  return { uid: user.uid, gid, groups: supplementary, home: user.home }
}

/**
 * Runtimes read these files inside, whoever is to run, and would wait for ever at a pipe that nobody writes into.
 * @throws invalid `accounts-no-file`
 */
export function checkAccountFiles(root: RootFolder): void {
  for (const path of [passwdPath, groupPath]) {
    const stat = statInRoot(root, path)
    if (stat === undefined || stat.isFile()) continue
    throw invalid(
      'accounts-no-file',
      `${path} of the container is no regular file: no user can be looked up in it`,
      'Make it a file, or remove it, in the image.',
    )
  }
}

export function parsePasswd(text: string): PasswdEntry[] {
  return fieldsOf(text).flatMap(([name = '', , uid, gid, comment = '', home = '']) => {
    if (!isId(uid) || !isId(gid)) return []
    return [{ name, uid: Number(uid), gid: Number(gid), comment, home }]
  })
}

export function parseGroups(text: string): GroupEntry[] {
  return fieldsOf(text).flatMap(([name = '', , gid, members = '']) => {
    if (!isId(gid)) return []
    return [{ name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') }]
  })
}

interface FoundUser {
  readonly name: string | undefined
  readonly uid: number
  readonly gid: number
  readonly home: string
}

function findUser(passwd: readonly PasswdEntry[], text: string): FoundUser {
  const wanted = text === '' ? '0' : text
  const byName = passwd.find((entry) => entry.name === wanted)
  const entry = byName ?? passwd.find((candidate) => isId(wanted) && candidate.uid === Number(wanted))
  if (entry !== undefined) return { ...entry, home: entry.home || '/' }
  if (!isId(wanted)) throw unknown(`unable to find user ${wanted}: no matching entries in passwd file`)
  const uid = Number(wanted)
  return { name: undefined, uid, gid: 0, home: uid === 0 ? '/root' : '/' }
}

function findGroup(groups: readonly GroupEntry[], text: string): number {
  const entry = groups.find((group) => group.name === text)
  if (entry !== undefined) return entry.gid
  if (!isId(text)) throw unknown(`unable to find group ${text}: no matching entries in group file`)
  return Number(text)
}

function fieldsOf(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'))
}

function isId(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= maxId
}

function unknown(message: string): Error {
  return invalid('user-unknown', message)
}
