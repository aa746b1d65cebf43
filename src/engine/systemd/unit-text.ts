// What the units of `generate systemd` have in common: podman's layout of them.

import { quoteLiteralWord } from '../../quadlet/unit-words.ts'

export interface Unit {
  /** Without ".service". */
  readonly name: string
  readonly text: string
}

export interface UnitStyle {
  /** The program that is to be started, an absolute path. */
  readonly program: string
  /** Names it in the description: "Gantry". */
  readonly title: string
  /** A line each, behind the unit's name: who wrote it, and when. */
  readonly header: readonly string[]
  /** Ids are used unless set. */
  readonly isNamed: boolean
  readonly containerPrefix: string
  readonly podPrefix: string
  readonly separator: string
  readonly startTimeoutSeconds?: number
  /** That of the container unless set. */
  readonly stopTimeoutSeconds?: number
  readonly restartPolicy?: string
  readonly restartSeconds?: number
  readonly wants: readonly string[]
  readonly after: readonly string[]
  readonly requires: readonly string[]
  /** `NAME=value` */
  readonly environment: readonly string[]
}

/** systemd kills what is not stopped then. */
export const extraStopSeconds = 60

export function unitName({ separator }: UnitStyle, prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}${separator}${name}`
}

/** A flag begins a line of its own. `words` are what systemd is to understand: specifiers stay. */
export function commandLine(words: readonly string[]): string {
  return words.map((word, index) => `${index === 0 ? '' : word.startsWith('-') ? ' \\\n\t' : ' '}${word}`).join('')
}

export function literal(words: readonly string[]): string[] {
  return words.map((word) => quoteLiteralWord(word))
}

export interface UnitParts {
  readonly name: string
  readonly isTemplate: boolean
  /** Absolute paths that must be mounted. */
  readonly folders: readonly string[]
  /** `Key=value` lines of [Unit] and [Service]. */
  readonly unit: readonly string[]
  readonly service: readonly string[]
}

export function renderUnit(style: UnitStyle, { name, isTemplate, folders, unit, service }: UnitParts): Unit {
  const own = [...line('Wants', style.wants), ...line('After', style.after), ...line('Requires', style.requires)]
  const lines = [
    `# ${name}${isTemplate ? '@' : ''}.service`,
    ...style.header.map((text) => `# ${text}`),
    '',
    '[Unit]',
    `Description=${style.title} ${name}.service${isTemplate ? ' for %I' : ''}`,
    'Wants=network-online.target',
    'After=network-online.target',
    `RequiresMountsFor=${literal(folders).join(' ')}`,
    ...unit,
    ...(own.length === 0 ? [] : ['', '# User-defined dependencies', ...own]),
    '',
    '[Service]',
    ...service,
    '',
    '[Install]',
    'WantedBy=default.target',
  ]
  return { name, text: `${lines.join('\n')}\n` }
}

/** Nothing of a key without values. */
export function line(key: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`${key}=${values.join(' ')}`]
}

export function restartLines({ restartPolicy, restartSeconds }: UnitStyle, ofContainer?: string): string[] {
  return [
    `Restart=${restartPolicy ?? ofContainer ?? 'on-failure'}`,
    ...(restartSeconds === undefined ? [] : [`RestartSec=${restartSeconds}`]),
  ]
}
