// What a start adds to /etc/passwd and /etc/group of the root file system: a user who is only a number gets a name, for programs fail
// without one; users of the host come along where they were asked for. Nothing is added twice, nor where there is no such file.

import { readFileSync } from 'node:fs'
import { absentAsUndefined, invalid } from '../../base/errors.ts'
import { groupLine, type NewGroup, type NewUser, userLine } from '../../spec/accounts.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { hostUser } from './host-user.ts'
import { parseGroups, parsePasswd } from './resolve-user.ts'
import { appendInRoot, type RootFolder, readInRoot } from './root-folder.ts'

/** Idempotent. @throws invalid `host-user-unknown` */
export function nameUsers(root: RootFolder, spec: CompleteSpec): void {
  const { accounts = {} } = spec.process
  if (accounts.areLeftAlone === true) return
  const users = [...(accounts.hostUsers ?? []).map((text) => namedOnHost(text, spec)), ...runningUser(spec)]
  for (const user of users) addUser(root, user, accounts.userLine)
  for (const group of runningGroup(spec)) addGroup(root, group, accounts.groupLine)
}

/** @throws invalid `host-user-unknown` */
export function checkHostUsers({ process }: CompleteSpec): void {
  for (const text of process.accounts?.hostUsers ?? []) findOnHost(text)
}

function addUser(root: RootFolder, user: NewUser, template: string | undefined): void {
  const text = readInRoot(root, '/etc/passwd')
  const isKnown = (known: string) =>
    parsePasswd(known).some(({ name, uid }) => name === user.name || uid === Number(user.uid))
  if (text === undefined || isKnown(text)) return
  append(root, '/etc/passwd', { text, line: userLine(user, template) })
}

function addGroup(root: RootFolder, group: NewGroup, template: string | undefined): void {
  const text = readInRoot(root, '/etc/group')
  if (text === undefined || parseGroups(text).some(({ gid }) => gid === Number(group.gid))) return
  append(root, '/etc/group', { text, line: groupLine(group, template) })
}

function append(root: RootFolder, path: string, { text, line }: { text: string; line: string }): void {
  const newline = text === '' || text.endsWith('\n') ? '' : '\n'
  appendInRoot(root, path, `${newline}${line}\n`)
}

/** With keep-id it is the very user of the host, under the name that the session has. */
function runningUser(spec: CompleteSpec): NewUser[] {
  const { process: main, namespaces } = spec
  const [uid = '', group = ''] = (main.user ?? '').split(':')
  if (!isNumber(uid) || uid === '0') return []
  const isKept = namespaces.user.kind === 'keep-id'
  const name = (isKept ? process.env['USER'] : undefined) ?? uid
  const home = isKept ? homeInside(ownHome(), spec) : '/'
  return [{ name, uid, gid: isNumber(group) ? group : '0', comment: 'container user', home }]
}

function runningGroup({ process: main, namespaces }: CompleteSpec): NewGroup[] {
  const [user = '', gid = ''] = (main.user ?? '').split(':')
  if (!isNumber(gid)) return []
  if (namespaces.user.kind !== 'keep-id') return [{ name: gid, gid, members: user }]
  const name = process.env['USER'] ?? user
  return [{ name, gid, members: name }]
}

function namedOnHost(text: string, spec: CompleteSpec): NewUser {
  const { name, uid, gid, comment, home } = findOnHost(text)
  return { name, uid: String(uid), gid: String(gid), comment, home: homeInside(home, spec) }
}

/** At home where a mount brings that along, else in the working directory. */
function homeInside(home: string | undefined, { mounts, process: main }: CompleteSpec): string {
  const isMounted = mounts.mounts.some(
    ({ destination }) => home === destination || home?.startsWith(`${destination}/`) === true,
  )
  return home !== undefined && isMounted ? home : main.workdir
}

function ownHome(): string | undefined {
  const { uid } = hostUser()
  return usersOfHost().find((known) => known.uid === uid)?.home
}

function usersOfHost() {
  return parsePasswd(absentAsUndefined(() => readFileSync('/etc/passwd', 'utf8')) ?? '')
}

function findOnHost(text: string) {
  const found = usersOfHost().find(({ name, uid }) => name === text || String(uid) === text)
  if (found !== undefined) return found
  throw invalid('host-user-unknown', `unknown user ${text} of --hostuser: the host's /etc/passwd has none`)
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text)
}
