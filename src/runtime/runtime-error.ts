// What an OCI runtime prints when it fails, as errors that a user can act on and that the front door maps to podman's exit codes
// (127 for `oci-not-found`, 126 for the others of this file).

import { EngineError } from '../base/errors.ts'

const permission = /permission denied|operation not permitted/i
const absent = /executable file not found in|no such file or directory|open executable/i

/**
 * `output` is the runtime's stderr: runc's log lines (text or JSON) or crun's plain text.
 * Codes: `oci-not-found`, `oci-permission-denied`, `oci-runtime-failed`.
 */
export function runtimeError(runtime: string, output: string): EngineError {
  const text = runtimeMessage(output)
  const said = lineMatching(text, permission)
  if (said !== undefined) {
    return new EngineError({
      kind: 'denied',
      code: 'oci-permission-denied',
      message: `${runtime}: ${said}: OCI permission denied`,
    })
  }
  const missing = lineMatching(text, absent)
  if (missing !== undefined) {
    const message = `${runtime}: ${missing}: OCI runtime attempted to invoke a command that was not found`
    return new EngineError({ kind: 'not-found', code: 'oci-not-found', message })
  }
  return new EngineError({
    kind: 'internal',
    code: 'oci-runtime-failed',
    message: `${runtime}: ${text === '' ? 'it failed without a word' : text}: OCI runtime error`,
  })
}

/** True for the ways in which runtimes say that they know no such container. */
export function isContainerUnknown(output: string): boolean {
  return /container does not exist|does not exist|no such container|error opening file .*status/i.test(output)
}

/** True for the ways in which runtimes say that the process has ended already. */
export function isContainerStopped(output: string): boolean {
  return /container not running|process already finished|not running|no such process/i.test(output)
}

/** The runtime's own last words, freed from its log format; the whole text if it has none. */
export function runtimeMessage(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const errors = lines.flatMap((line) => loggedError(line) ?? [])
  const chosen = errors.at(-1) ?? lines.map((line) => line.trim()).join('\n')
  return chosen.slice(0, 4096)
}

function loggedError(line: string): string | undefined {
  if (line.startsWith('{')) return jsonLogError(line)
  const match = /^time="[^"]*" level=(?:error|fatal) msg=("(?:[^"\\]|\\.)*"|\S+)/.exec(line)
  const quoted = match?.[1]
  if (quoted === undefined) return undefined
  return quoted.startsWith('"') ? unquote(quoted) : quoted
}

function jsonLogError(line: string): string | undefined {
  try {
    const entry = JSON.parse(line) as { level?: string; msg?: string }
    return entry.level === 'error' || entry.level === 'fatal' ? entry.msg : undefined
  } catch {
    return undefined
  }
}

/** Go's %q: JSON's escapes and a few more, which are left as they stand. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted.slice(1, -1)
  }
}

function lineMatching(text: string, pattern: RegExp): string | undefined {
  return text.split('\n').find((line) => pattern.test(line))
}
