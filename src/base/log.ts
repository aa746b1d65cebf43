// Logging to stderr, silent unless asked for or something is left undone; what a user must know travels as a `warning` report instead.
// pino is loaded only when something will be printed: it costs more than a whole `ps`.

import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { pino as Pino } from 'pino'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'panic'] as const
export type LogLevel = (typeof logLevels)[number]
/** What `GANTRY_TRACE=exec,lock,http,state` may name. */
export type TraceTopic = 'exec' | 'lock' | 'http' | 'state'

type Fields = Readonly<Record<string, unknown>>
type Write = (level: LogLevel, fields: Fields, message: string) => void

let threshold = logLevels.indexOf('warn')
let write: Write | undefined
const topics = new Set((process.env['GANTRY_TRACE'] ?? '').split(',').filter((topic) => topic !== ''))

/** Called once, by the front door, before any verb runs. */
export function setLogLevel(level: LogLevel): void {
  threshold = logLevels.indexOf(level)
}

/** For a worker thread, which starts with the level of nobody's asking. */
export function logLevel(): LogLevel {
  return logLevels[threshold] ?? 'warn'
}

export function logInfo(message: string, fields: Fields = {}): void {
  log('info', message, fields)
}

/** What is left undone and found again by `system check`: printed, unless asked not to be. */
export function logWarning(message: string, fields: Fields = {}): void {
  log('warn', message, fields)
}

export function logDebug(message: string, fields: Fields = {}): void {
  log('debug', message, fields)
}

/** One line per traced operation; shown at --log-level trace, or when GANTRY_TRACE names the topic. */
export function trace(topic: TraceTopic, message: string, fields: Fields = {}): void {
  if (topics.has(topic)) emit('debug', { topic, ...fields }, message)
  else log('trace', message, { topic, ...fields })
}

export function isTraced(topic: TraceTopic): boolean {
  return topics.has(topic) || threshold <= logLevels.indexOf('trace')
}

function log(level: LogLevel, message: string, fields: Fields): void {
  if (logLevels.indexOf(level) >= threshold) emit(level, fields, message)
}

function emit(level: LogLevel, fields: Fields, message: string): void {
  write ??= openPino()
  write(level, fields, message)
}

function openPino(): Write {
  const require = createRequire(import.meta.filename)
  const { pino } = require('pino') as { pino: typeof Pino }
  const options = {
    level: 'trace',
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label === 'warn' ? 'warning' : label }) },
  }
  const logger = pino(options, { write: (line: string) => void writeSync(2, logLine(JSON.parse(line) as Fields)) })
  return (level, fields, message) => logger[level === 'panic' ? 'fatal' : level](fields, message)
}

/** `time="…" level=debug msg="…" pid=12`: podman's log lines. */
function logLine({ time, level, msg, ...fields }: Fields): string {
  const words = Object.entries({ time, level, msg, ...fields }).map(([key, value]) => `${key}=${wordOf(key, value)}`)
  return `${words.join(' ')}\n`
}

function wordOf(key: string, value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return key === 'time' || key === 'msg' || !/^[\w./@^+-]+$/.test(text) ? JSON.stringify(text) : text
}
