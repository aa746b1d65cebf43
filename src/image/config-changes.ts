// `--change`: a few Dockerfile instructions applied to the `config` member of an image's config (podman-import(1), podman-commit(1)).

import { posix } from 'node:path'
import { errorMessage, invalid } from '../base/errors.ts'
import { signalNumber } from '../base/signal-number.ts'

/** With the document's own spelling. Members are only there when something was said. */
export interface ChangedConfig {
  User?: string
  ExposedPorts?: Record<string, object>
  Env?: string[]
  Entrypoint?: string[]
  Cmd?: string[]
  Volumes?: Record<string, object>
  WorkingDir?: string
  Labels?: Record<string, string>
  StopSignal?: string
  OnBuild?: string[]
}

/** Each is `INSTRUCTION value` or `INSTRUCTION=value`. @throws invalid `change-malformed` */
export function configFromChanges(changes: readonly string[]): ChangedConfig {
  const config: ChangedConfig = {}
  for (const change of changes) {
    const { instruction, value } = split(change)
    const apply = instructions[instruction]
    if (apply === undefined) throw malformed(change, `invalid instruction ${instruction}`)
    apply(config, value, change)
  }
  return config
}

type Apply = (config: ChangedConfig, value: string, change: string) => void

const instructions: Readonly<Record<string, Apply>> = {
  USER: (config, value, change) => {
    config.User = present(value, change, 'must provide a value to USER')
  },
  EXPOSE: (config, value, change) => {
    config.ExposedPorts = { ...config.ExposedPorts, [port(value, change)]: {} }
  },
  ENV: (config, value, change) => {
    const [key, text] = pair(value)
    present(key, change, 'ENV must have at least one argument')
    config.Env = [...(config.Env ?? []), `${unquote(key)}=${unquote(text ?? '')}`]
  },
  ENTRYPOINT: (config, value) => {
    config.Entrypoint = words(value) ?? (value === '' ? [] : ['/bin/sh', '-c', value])
  },
  CMD: (config, value) => {
    config.Cmd = words(value) ?? ['/bin/sh', '-c', ...(value === '' ? [] : [value])]
  },
  VOLUME: (config, value, change) => {
    const paths = words(value) ?? value.split(' ')
    if (paths.length === 0) throw malformed(change, 'must provide at least one argument to VOLUME')
    for (const path of paths) {
      present(path, change, 'VOLUME paths must not be empty')
      config.Volumes = { ...config.Volumes, [path]: {} }
    }
  },
  WORKDIR: (config, value, change) => {
    present(value, change, 'must provide a non-empty WORKDIR')
    // Each is relative to the one before.
    config.WorkingDir = value.startsWith('/') ? posix.normalize(value) : posix.join(config.WorkingDir ?? '', value)
  },
  LABEL: (config, value, change) => {
    const [key, text] = pair(value)
    if (text === undefined) throw malformed(change, 'LABEL must be formatted key=value')
    const name = present(unquote(key), change, 'LABEL must have a non-empty key')
    config.Labels = { ...config.Labels, [name]: unquote(text) }
  },
  STOPSIGNAL: (config, value, change) => {
    config.StopSignal = String(signal(value, change))
  },
  ONBUILD: (config, value, change) => {
    present(value, change, 'ONBUILD must be given an argument')
    config.OnBuild = [...(config.OnBuild ?? []), value]
  },
}

function split(change: string): { instruction: string; value: string } {
  const match = /^([^ ]*) ([^]*)$/.exec(change) ?? /^([^=]*)=([^]*)$/.exec(change)
  if (match === null) throw malformed(change, 'must be formatted as KEY VALUE')
  return { instruction: (match[1] ?? '').trim().toUpperCase(), value: (match[2] ?? '').trim() }
}

function pair(value: string): [string, string | undefined] {
  const equals = value.indexOf('=')
  return equals === -1 ? [value, undefined] : [value.slice(0, equals), value.slice(equals + 1)]
}

function unquote(text: string): string {
  return /^(["'])[^]*\1$/.test(text) ? text.slice(1, -1) : text
}

/** The exec form; undefined for anything that is not a JSON list of strings. */
function words(value: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(value)
    return Array.isArray(parsed) && parsed.every((word) => typeof word === 'string') ? parsed : undefined
  } catch {
    return undefined
  }
}

function port(value: string, change: string): string {
  const match = /^([^/]*)(?:\/([^/]*))?$/.exec(value)
  if (match === null) throw malformed(change, 'EXPOSE port must be formatted as PORT[/PROTO]')
  const [, digits = '', protocol = 'tcp'] = match
  if (!/^\d+$/.test(digits)) throw malformed(change, 'EXPOSE port must be an integer')
  if (Number(digits) < 1 || Number(digits) > 65535) throw malformed(change, 'EXPOSE port must be a valid port number')
  if (!['tcp', 'udp'].includes(protocol.toLowerCase())) throw malformed(change, 'EXPOSE protocol must be TCP or UDP')
  return `${Number(digits)}/${protocol.toLowerCase()}`
}

function signal(value: string, change: string): number {
  try {
    return signalNumber(value)
  } catch (error) {
    throw malformed(change, `KILLSIGNAL must be given a valid signal: ${errorMessage(error)}`)
  }
}

function present(value: string, change: string, complaint: string): string {
  if (value === '') throw malformed(change, complaint)
  return value
}

function malformed(change: string, reason: string) {
  return invalid('change-malformed', `invalid change ${JSON.stringify(change)} - ${reason}`)
}
