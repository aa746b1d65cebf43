// The init system at hand: systemd, OpenRC, else cron.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runProcess } from '../../os/exec.ts'
import { gantryCommand } from '../../os/installation.ts'
import { quoteLiteralWord } from '../../quadlet/unit-words.ts'
import type { Engine } from '../engine.ts'
import { type BootEntry, type EntryFile, isFileThere, mark, removeEntryFile, writeEntryFile } from './boot-entry.ts'
import { cronEntry } from './cron-entry.ts'

export function chooseBootEntry(engine: Engine, env: NodeJS.ProcessEnv = process.env): BootEntry {
  const { settings } = engine
  const name = entryName(engine)
  const command = [gantryCommand, ...settings.globalFlags, 'boot', 'start']
  if (existsSync('/run/systemd/system')) return systemdEntry(engine, { name, command, env })
  if (existsSync('/run/openrc') && !settings.isRootless) return openRcEntry(name, command)
  return cronEntry({ name, command })
}

/** A state directory that is not the usual one has an entry of its own. */
function entryName({ at, settings }: Engine): string {
  const isUsual = at.root === '/var/lib/gantry' || (settings.isRootless && at.root.endsWith('/.local/share/gantry'))
  return isUsual ? 'gantry-boot' : `gantry-boot-${createHash('sha256').update(at.root).digest('hex').slice(0, 8)}`
}

interface EntryFacts {
  readonly name: string
  readonly command: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

function systemdEntry({ at, settings }: Engine, { name, command, env }: EntryFacts): BootEntry {
  const { isRootless } = settings
  const config = env['XDG_CONFIG_HOME'] || join(env['HOME'] ?? '/root', '.config')
  const folder = isRootless ? join(config, 'systemd/user') : '/etc/systemd/system'
  const target = isRootless ? 'default.target' : 'multi-user.target'
  const path = join(folder, `${name}.service`)
  const file: EntryFile = {
    path,
    mode: 0o644,
    link: join(folder, `${target}.wants`, `${name}.service`),
    text: [
      mark,
      '[Unit]',
      'Description=Start the containers of Gantry that are to run after a boot',
      ...(isRootless ? [] : ['Wants=network-online.target', 'After=network-online.target']),
      `RequiresMountsFor=${[at.root, at.run].map(quoteLiteralWord).join(' ')}`,
      '',
      '[Service]',
      'Type=oneshot',
      'RemainAfterExit=yes',
      '# Containers that have no scopes of their own stay when this is stopped.',
      'KillMode=process',
      `ExecStart=${command.map(quoteLiteralWord).join(' ')}`,
      '',
      '[Install]',
      `WantedBy=${target}`,
      '',
    ].join('\n'),
  }
  const reload = async () => reloadSystemd(isRootless)
  return fileEntry(isRootless ? "systemd, the user's" : 'systemd', file, reload)
}

/** A manager that cannot be asked reads it at the next boot. */
async function reloadSystemd(isRootless: boolean): Promise<void> {
  const words = [...(isRootless ? ['--user'] : []), 'daemon-reload']
  await runProcess('systemctl', words).catch(() => undefined)
}

function openRcEntry(name: string, command: readonly string[]): BootEntry {
  const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  return fileEntry('OpenRC', {
    path: `/etc/init.d/${name}`,
    mode: 0o755,
    link: `/etc/runlevels/default/${name}`,
    text: [
      '#!/sbin/openrc-run',
      mark,
      'description="Start the containers of Gantry that are to run after a boot"',
      'depend() {',
      '    need localmount',
      '    after net',
      '}',
      'start() {',
      '    ebegin "Starting containers"',
      `    ${words}`,
      '    eend $?',
      '}',
      '',
    ].join('\n'),
  })
}

function fileEntry(initSystem: string, file: EntryFile, changed = async () => {}): BootEntry {
  return {
    initSystem,
    place: file.path,
    isThere: () => isFileThere(file),
    async write() {
      writeEntryFile(file)
      await changed()
    },
    async remove() {
      const wasThere = removeEntryFile(file)
      if (wasThere) await changed()
      return wasThere
    },
  }
}
