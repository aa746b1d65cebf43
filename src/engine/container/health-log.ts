// The log of health checks where it is wanted in a folder of the user's: `<id>-healthcheck.log`, in podman's format.

import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { errnoOf, errorMessage, invalid } from '../../base/errors.ts'
import { replaceFile } from '../../os/atomic-file.ts'
import type { HealthFacet } from '../../spec/health.ts'
import type { HealthLogEntry, HealthRecord } from './health-record.ts'

/** Absolute, if it is a folder. @throws invalid `health-log-invalid` */
export function healthLogDestination(text: string): string {
  if (text === 'local' || text === 'events_logger') return text
  const path = resolve(text)
  const told = `HealthCheck Log '${text}' destination`
  try {
    if (statSync(path).isDirectory()) return path
  } catch (error) {
    throw invalid('health-log-invalid', `${told} error: stat ${path}: ${errnoText(error)}`)
  }
  throw invalid('health-log-invalid', `${told} must be directory`)
}

/** Replaces the file, if there is to be one. */
export function writeHealthLog({ logDestination }: HealthFacet, id: string, record: HealthRecord): void {
  if (!logDestination.startsWith('/')) return
  const path = join(logDestination, `${id}-healthcheck.log`)
  try {
    replaceFile(path, JSON.stringify(healthResults(record)), { temporary: `${path}.tmp`, durable: false })
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    throw invalid('health-log-invalid', `unable to update health check log ${path} for ${id}: ${errnoText(error)}`)
  }
}

function errnoText(error: unknown): string {
  const texts = { ENOENT: 'no such file or directory', EACCES: 'permission denied', ENOSPC: 'no space left on device' }
  return (texts as Readonly<Record<string, string>>)[errnoOf(error) ?? ''] ?? errorMessage(error)
}

/** As inspect has it. */
export function healthResults({ status, failingStreak, log }: HealthRecord) {
  return { Status: status, FailingStreak: failingStreak, Log: log.length === 0 ? null : log.map(logResult) }
}

export function logResult({ startedAt, endedAt, exitCode, output }: HealthLogEntry) {
  return { Start: startedAt, End: endedAt, ExitCode: exitCode, Output: output }
}
