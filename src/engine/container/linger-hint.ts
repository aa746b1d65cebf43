// Told once a boot: an ordinary user's detached containers end when the session does, unless lingering is on.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'

/** Reports a warning at the first detached container that a logout would kill; only where systemd-logind runs. */
export function hintAtLinger(engine: Engine): void {
  const command = lingerCommand(engine)
  if (command === undefined || !existsSync('/run/systemd/sessions')) return
  if (!isInUserSession() || existsSync(paths.lingerHint(engine.at))) return
  writeFileSync(paths.lingerHint(engine.at), '', { mode: 0o600 })
  const user = lingerer(engine)
  engine.report({
    type: 'warning',
    message: `this container ends when '${user}' logs out; to keep such containers running: ${command}`,
  })
}

/** What lets an ordinary user's manager run without a login; undefined where it does, and for root. */
export function lingerCommand(engine: Engine): string | undefined {
  const user = lingerer(engine)
  if (user === undefined || existsSync(join('/var/lib/systemd/linger', user))) return undefined
  // logind asks polkit whether a user may do this for itself, and without one says no.
  const isAllowed = existsSync('/usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service')
  return `${isAllowed ? '' : 'sudo '}loginctl enable-linger ${user}`
}

function lingerer({ settings }: Engine): string | undefined {
  const user = process.env['USER'] ?? process.env['LOGNAME']
  return settings.isRootless && user !== undefined && /^[\w.@-]+$/.test(user) ? user : undefined
}

function isInUserSession(): boolean {
  const cgroups = absentAsUndefined(() => readFileSync('/proc/self/cgroup', 'utf8')) ?? ''
  return /\/(session-[^/]+\.scope|user@\d+\.service)/.test(cgroups)
}
