// --hooks-dir: the hooks that a container gets, by oci-hooks(5). A file of a later folder is in the place of an earlier one's of the
// same name.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError, errorMessage, invalid } from '../../base/errors.ts'
import { runProcess } from '../../os/exec.ts'
import {
  type ConditionalHook,
  hooksOfStage,
  mergeHooks,
  type OciHook,
  parseConditionalHook,
  runtimeHooks,
} from '../../spec/hooks.ts'
import { hasSource } from '../../spec/mounts.ts'
import type { OciConfig } from '../../spec/oci-config.ts'
import { parseOci, printOci } from '../../spec/oci-text.ts'
import type { StoredContainer } from './stored-container.ts'

interface Bundle {
  readonly path: string
  readonly config: OciConfig
}

/** `folders`: with the strongest last. @throws invalid `hook-invalid`, `hook-failed` */
export async function withHooks(
  folders: readonly string[],
  { stored }: StoredContainer,
  bundle: Bundle,
): Promise<OciConfig> {
  const { config } = bundle
  const container = {
    annotations: config.annotations,
    command: config.process.args[0] ?? '',
    hasBindMounts: stored.spec.mounts.mounts.some(hasSource),
  }
  const hooks = readHooks(folders).filter((hook) => hook.isFor(container))
  if (hooks.length === 0) return config
  let changed: OciConfig = { ...config, hooks: mergeHooks(config.hooks, runtimeHooks(hooks)) }
  for (const hook of hooksOfStage(hooks, 'precreate')) changed = await changedBy(hook, { ...bundle, config: changed })
  return changed
}

function readHooks(folders: readonly string[]): ConditionalHook[] {
  const files = new Map(folders.flatMap(filesIn))
  const names = [...files.keys()].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
  return names.map((name) => readHook(files.get(name) as string))
}

function filesIn(folder: string): [string, string][] {
  const names = absentAsUndefined(() => readdirSync(folder)) ?? []
  return names.filter((name) => name.endsWith('.json')).map((name) => [name, join(folder, name)])
}

function readHook(path: string): ConditionalHook {
  try {
    const hook = parseConditionalHook(readFileSync(path, 'utf8'))
    if (!existsSync(hook.hook.path)) throw new Error(`there is no program ${hook.hook.path}`)
    return hook
  } catch (error) {
    throw invalid('hook-invalid', `hook ${path}: ${errorMessage(error)}`, 'Mend or remove the file')
  }
}

/** It reads the configuration and says how that should be. */
async function changedBy(hook: OciHook, { path, config }: Bundle): Promise<OciConfig> {
  const { args = [], env = [], timeout } = hook
  const { exitCode, stdout, stderr } = await runProcess(hook.path, args.slice(1), {
    input: printOci(config),
    environment: Object.fromEntries(env.map((entry) => entry.split(/=(.*)/s, 2) as [string, string])),
    workingFolder: path,
    ...(timeout === undefined ? {} : { signal: AbortSignal.timeout(timeout * 1000) }),
  })
  if (exitCode !== 0) throw failed(hook, `exit code ${exitCode}: ${stderr.trim()}`)
  try {
    return parseOci(stdout) as OciConfig
  } catch (error) {
    throw failed(hook, `its output is no configuration: ${errorMessage(error)}`)
  }
}

function failed(hook: OciHook, reason: string): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'hook-failed',
    message: `precreate hook ${hook.path}: ${reason}`,
  })
}
