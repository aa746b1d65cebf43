// Flags of the first process → ProcessFacet.

import { posix } from 'node:path'
import { defined } from '../../base/defined.ts'
import { invalid } from '../../base/errors.ts'
import type { AccountFacet } from '../../spec/accounts.ts'
import { hasVariable } from '../../spec/environment.ts'
import { type ProcessFacet, parsePersonality } from '../../spec/process.ts'
import { type SystemdMode, systemdModes } from '../../spec/systemd-mode.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { proxyVariables, readEnvironment } from './environment.ts'

export const processOptions = defineOptions({
  chrootdirs: {
    type: 'strings',
    value: 'folder',
    isCommaSeparated: true,
    describe: 'Folder inside that serves as a root: /etc/hosts, resolv.conf… are mounted there, too',
  },
  entrypoint: {
    type: 'string',
    value: 'command',
    describe: "Run this instead of the image's entrypoint; several words as a JSON list",
  },
  env: {
    type: 'strings',
    short: 'e',
    value: 'name=value',
    describe: 'Set an environment variable; without a value, pass ours',
  },
  'env-file': { type: 'strings', value: 'file', describe: 'Read environment variables from a file', complete: 'file' },
  'env-merge': {
    type: 'strings',
    value: 'name=value',
    describe: "Set a variable to a text that speaks of the image's: --env-merge 'GREETING=${GREETING}!'",
  },
  'env-host': { type: 'boolean', describe: 'Pass our whole environment' },
  'group-add': {
    type: 'strings',
    value: 'group',
    isCommaSeparated: true,
    describe: 'Further group of the process; keep-groups: those of the caller',
  },
  'group-entry': {
    type: 'string',
    value: 'line',
    describe: 'Line of /etc/group for a group that is only a number; $GROUPNAME, $GID, $USERLIST',
  },
  hostname: { type: 'string', short: 'h', value: 'name', describe: 'Host name inside; the id unless said' },
  hostuser: { type: 'strings', value: 'user', describe: 'Add a user of the host to /etc/passwd' },
  'http-proxy': { type: 'boolean', default: true, describe: 'Pass our proxy variables' },
  init: { type: 'boolean', describe: 'Run an init that forwards signals and reaps processes' },
  'init-path': { type: 'string', value: 'file', describe: 'Program that --init runs', complete: 'file' },
  interactive: { type: 'boolean', short: 'i', describe: 'Keep standard input open' },
  'passwd-entry': {
    type: 'string',
    value: 'line',
    describe: 'Line of /etc/passwd for a user who is only a number; $USERNAME, $UID, $GID, $NAME, $HOME',
  },
  systemd: {
    type: 'string',
    value: 'mode',
    choices: systemdModes,
    describe: 'Make ready for systemd: true (where the command is systemd or init), false, always',
  },
  personality: { type: 'string', value: 'domain', describe: 'Execution domain: LINUX, or LINUX32 for 32-bit programs' },
  tty: { type: 'boolean', short: 't', describe: 'Allocate a terminal' },
  tz: { type: 'string', value: 'zone', describe: "Time zone inside, such as Europe/Berlin; local: the host's" },
  umask: { type: 'string', value: 'mode', describe: 'File mode creation mask, octal' },
  unsetenv: { type: 'strings', value: 'name', describe: 'Leave out a variable of the image or the configuration' },
  'unsetenv-all': { type: 'boolean', describe: 'Leave out all variables but those given' },
  user: { type: 'string', short: 'u', value: 'user[:group]', describe: 'User and group, by name or number' },
  workdir: { type: 'string', short: 'w', value: 'folder', describe: 'Working directory inside' },
})

/** `command`: the words after the image. @throws invalid `env-invalid`, `env-file-unreadable`, `groups-invalid`, `umask-invalid`, `workdir-invalid` */
export function processFacet(
  { options, given }: Invocation<typeof processOptions>,
  command: readonly string[],
): ProcessFacet {
  const unset = options['unsetenv-all'] ? ['*'] : options.unsetenv
  return defined({
    entrypoint: options.entrypoint === undefined ? undefined : parseEntrypoint(options.entrypoint),
    command: nonEmpty(command),
    environment: environmentOf(options),
    unsetEnvironment: nonEmpty(unset),
    workdir: workdirOf(options.workdir),
    user: options.user || undefined,
    ...groupsOf(options['group-add']),
    hasTerminal: options.tty,
    isStdinOpen: options.interactive,
    init: given.has('init') ? options.init : undefined,
    hostname: options.hostname || undefined,
    umask: umaskOf(options.umask),
    accounts: accountsOf(options),
    timeZone: options.tz,
    systemd: systemdOf(options.systemd),
    environmentMerge: nonEmpty(mergesOf(options['env-merge'])),
    initPath: options['init-path'] || undefined,
    chrootFolders: nonEmpty(options.chrootdirs.map((path) => posix.resolve('/', path))),
    personality: options.personality ? parsePersonality(options.personality) : undefined,
  })
}

function systemdOf(text: string | undefined): SystemdMode | undefined {
  if (text === undefined) return undefined
  const mode = systemdModes.find((one) => one === text.toLowerCase())
  if (mode !== undefined) return mode
  throw invalid('systemd-invalid', `invalid value "${text}" systemd option requires 'true, false, always'`)
}

function accountsOf(options: Invocation<typeof processOptions>['options']): AccountFacet | undefined {
  const facet = defined({
    userLine: options['passwd-entry'] || undefined,
    groupLine: options['group-entry'] || undefined,
    hostUsers: nonEmpty(options.hostuser),
  })
  return Object.keys(facet).length === 0 ? undefined : facet
}

function mergesOf(entries: readonly string[]): readonly string[] {
  const bad = entries.find((entry) => !/^[^=]+=/.test(entry))
  if (bad === undefined) return entries
  throw invalid('env-invalid', `--env-merge takes name=value, not ${JSON.stringify(bad)}`)
}

function groupsOf(groups: readonly string[]): Pick<ProcessFacet, 'groups' | 'isKeepingGroups'> {
  if (!groups.includes('keep-groups')) return groups.length === 0 ? {} : { groups }
  if (groups.length === 1) return { isKeepingGroups: true }
  const message = "the '--group-add keep-groups' option is not allowed with any other --group-add options"
  throw invalid('groups-invalid', message)
}

function nonEmpty(words: readonly string[]): readonly string[] | undefined {
  return words.length === 0 ? undefined : words
}

function umaskOf(text: string | undefined): string | undefined {
  if (text === undefined || /^0?[0-7]{1,3}$/.test(text)) return text
  throw invalid('umask-invalid', `invalid umask: ${text}`)
}

function workdirOf(path: string | undefined): string | undefined {
  if (path === undefined || path.startsWith('/')) return path
  const quoted = JSON.stringify(path)
  throw invalid('workdir-invalid', `the working directory ${quoted} is invalid, it needs to be an absolute path`)
}

function environmentOf(options: Invocation<typeof processOptions>['options']): string[] {
  const own = readEnvironment({ files: options['env-file'], entries: options.env })
  const passed = options['env-host'] ? callersVariables() : options['http-proxy'] ? proxyVariables : []
  const inherited = readEnvironment({ files: [], entries: passed })
  return [...inherited.filter((entry) => !hasVariable(own, entry.split('=', 1)[0] as string)), ...own]
}

/** But those that our launcher has set. */
function callersVariables(): string[] {
  return Object.keys(process.env).filter((name) => !name.startsWith('_GANTRY_'))
}

/** What is no JSON list of texts is one word. */
function parseEntrypoint(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value
  } catch {
    // A plain word.
  }
  return [text]
}
