// The image's config document: OCI's fields plus docker's (Healthcheck, Shell, OnBuild, …). Wrong types are left out, not believed.

import { type Digest, isDigest } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import { isObject, type JsonObject, parseBoundedJson } from './bounded-json.ts'
import { readStrings } from './descriptor.ts'
import { normalize, type Platform } from './platform.ts'

export const maxConfigBytes = 8 * 1024 * 1024

export interface ImageConfig {
  readonly platform: Platform
  /** RFC 3339, as its maker wrote it. */
  readonly created?: string
  readonly author: string
  readonly comment: string
  readonly dockerVersion: string
  readonly run: RunConfig
  /** Lowest first. */
  readonly diffIds: readonly Digest[]
  readonly history: readonly HistoryEntry[]
}

/** The `config` member: defaults for containers. */
export interface RunConfig {
  readonly user: string
  /** `80/tcp`, … */
  readonly exposedPorts: readonly string[]
  readonly env: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  /** Paths. */
  readonly volumes: readonly string[]
  readonly workingDir: string
  readonly labels: Readonly<Record<string, string>>
  readonly stopSignal: string
  readonly shell: readonly string[]
  readonly onBuild: readonly string[]
  readonly healthcheck?: Healthcheck
}

export interface Healthcheck {
  /** `['NONE']`, `['CMD', …]` or `['CMD-SHELL', line]`. */
  readonly test: readonly string[]
  /** Nanoseconds, as docker stores them; 0 inherits the default. */
  readonly intervalNs: number
  readonly timeoutNs: number
  readonly startPeriodNs: number
  readonly startIntervalNs: number
  readonly retries: number
}

export interface HistoryEntry {
  readonly created?: string
  readonly createdBy: string
  readonly author: string
  readonly comment: string
  readonly isEmptyLayer: boolean
}

/** @throws corrupt `config-malformed`, and what bounded-json throws */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const document = parseBoundedJson(bytes, { what: 'image config', maxBytes: maxConfigBytes })
  const run = isObject(document['config']) ? document['config'] : {}
  const created = document['created']
  return {
    platform: normalize({
      os: text(document, 'os') || 'linux',
      architecture: text(document, 'architecture') || 'amd64',
      ...(text(document, 'variant') === '' ? {} : { variant: text(document, 'variant') }),
    }),
    ...(typeof created === 'string' && !Number.isNaN(Date.parse(created)) ? { created } : {}),
    author: text(document, 'author'),
    comment: text(document, 'comment'),
    dockerVersion: text(document, 'docker_version'),
    run: readRun(run),
    diffIds: readDiffIds(document),
    history: list(document['history']).filter(isObject).map(readHistory),
  }
}

function readRun(run: JsonObject): RunConfig {
  const entrypoint = command(run['Entrypoint'])
  const cmd = command(run['Cmd'])
  const healthcheck = isObject(run['Healthcheck']) ? readHealthcheck(run['Healthcheck']) : undefined
  return {
    user: text(run, 'User'),
    exposedPorts: Object.keys(isObject(run['ExposedPorts']) ? run['ExposedPorts'] : {}),
    env: strings(run['Env']),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(cmd === undefined ? {} : { cmd }),
    volumes: Object.keys(isObject(run['Volumes']) ? run['Volumes'] : {}),
    workingDir: text(run, 'WorkingDir'),
    labels: readStrings(run['Labels']),
    stopSignal: text(run, 'StopSignal'),
    shell: strings(run['Shell']),
    onBuild: strings(run['OnBuild']),
    ...(healthcheck === undefined ? {} : { healthcheck }),
  }
}

function readHealthcheck(value: JsonObject): Healthcheck | undefined {
  const test = strings(value['Test'])
  if (test.length === 0) return undefined
  const number = (key: string) => (typeof value[key] === 'number' ? (value[key] as number) : 0)
  return {
    test,
    intervalNs: number('Interval'),
    timeoutNs: number('Timeout'),
    startPeriodNs: number('StartPeriod'),
    startIntervalNs: number('StartInterval'),
    retries: number('Retries'),
  }
}

function readDiffIds(document: JsonObject): Digest[] {
  const rootfs = isObject(document['rootfs']) ? document['rootfs'] : {}
  return list(rootfs['diff_ids']).map((id) => {
    if (typeof id === 'string' && isDigest(id)) return id
    throw new EngineError({
      kind: 'corrupt',
      code: 'config-malformed',
      message: 'the image config has a malformed diff id',
    })
  })
}

function readHistory(value: JsonObject): HistoryEntry {
  const created = value['created']
  return {
    ...(typeof created === 'string' ? { created } : {}),
    createdBy: text(value, 'created_by'),
    author: text(value, 'author'),
    comment: text(value, 'comment'),
    isEmptyLayer: value['empty_layer'] === true,
  }
}

/** Docker once wrote a plain string where a list belongs. */
function command(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? strings(value) : undefined
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function strings(value: unknown): string[] {
  return list(value).filter((item): item is string => typeof item === 'string')
}

function text(value: JsonObject, key: string): string {
  const member = value[key]
  return typeof member === 'string' ? member : ''
}
