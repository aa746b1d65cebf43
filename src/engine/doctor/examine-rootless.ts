// What an ordinary user's containers need: subordinate ids and who maps them, user namespaces, and to be let live after a logout.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { findHelper } from '../../network/find-helper.ts'
import type { NetworkConfig } from '../../network/network-config.ts'
import { idCount } from '../container/host-user.ts'
import type { Engine } from '../engine.ts'
import { type Finding, note, ok, problem } from './finding.ts'

export function examineRootless({ settings }: Engine): Finding[] {
  return [examineIds(), ...examineMappers(settings.network), ...examineSysctls(), ...examineLinger()]
}

function examineIds(): Finding {
  const subject = 'subordinate ids'
  const counts = [idCount('uid'), idCount('gid')] as const
  if (counts.every((count) => count > 1)) return ok(subject, `${counts[0] - 1} uids, ${counts[1] - 1} gids`)
  const user = userName() ?? '$USER'
  return problem(
    subject,
    'none: images with files of several users cannot be unpacked',
    `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user} && gantry system migrate`,
  )
}

function examineMappers(config: NetworkConfig): Finding[] {
  return ['newuidmap', 'newgidmap'].flatMap((name) =>
    findHelper(config, name) === undefined
      ? [problem('subordinate ids', `no program '${name}', which maps them`, 'sudo apt install uidmap')]
      : [],
  )
}

/** Each with the value that stops user namespaces. */
const stoppers = [
  ['kernel.unprivileged_userns_clone', '0', '1'],
  ['user.max_user_namespaces', '0', '28633'],
  ['kernel.apparmor_restrict_unprivileged_userns', '1', '0'],
] as const

function examineSysctls(): Finding[] {
  return stoppers.flatMap(([name, bad, good]) => {
    const path = join('/proc/sys', name.replaceAll('.', '/'))
    const value = absentAsUndefined(() => readFileSync(path, 'utf8'))?.trim()
    if (value !== bad) return []
    return [
      problem('user namespaces', `sysctl ${name} is ${value}, which forbids them`, `sudo sysctl -w ${name}=${good}`),
    ]
  })
}

/** Only where logind ends what a user has left. */
function examineLinger(): Finding[] {
  const user = userName()
  if (user === undefined || !existsSync('/run/systemd/sessions')) return []
  if (existsSync(join('/var/lib/systemd/linger', user))) return [ok('lingering', `on for ${user}`)]
  return [note('lingering', `off: containers of ${user} end at its last logout`, `loginctl enable-linger ${user}`)]
}

function userName(): string | undefined {
  const user = process.env['USER'] ?? process.env['LOGNAME']
  return user !== undefined && /^[\w.@-]+$/.test(user) ? user : undefined
}
