// Which OCI runtime is meant: a path, a name of containers.conf's [engine.runtimes], or a program on PATH.

import { accessSync, constants, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { absentAsUndefined, EngineError, errnoOf } from '../../base/errors.ts'
import type { TomlTable } from '../../base/toml.ts'
import type { RuntimeChoice } from '../../spec/stored-spec.ts'
import { confTable, confText, confTexts } from './conf-value.ts'

type FoundRuntime = Omit<RuntimeChoice, 'flags'>

/** Beside PATH: an ordinary user's often lacks the sbin folders. */
const usualFolders = [
  '/usr/sbin',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/sbin',
  '/bin',
  '/run/current-system/sw/bin',
]
const preferred = ['runc', 'crun', 'youki']

/** @throws not-found `runtime-unknown` for a runtime that somebody asked for and that is not there */
export function findRuntime(conf: TomlTable, wanted: string | undefined, pathVariable: string): FoundRuntime {
  const named = wanted ?? confText(confTable(conf, 'engine'), 'runtime')
  if (named !== undefined) {
    const found = lookUp(conf, named, pathVariable)
    if (found !== undefined) return found
    throw new EngineError({
      kind: 'not-found',
      code: 'runtime-unknown',
      message: `default OCI runtime ${JSON.stringify(named)} not found: invalid argument`,
      hint: 'Install it, or name its path: --runtime /path/to/runtime',
    })
  }
  for (const name of preferred) {
    const found = lookUp(conf, name, pathVariable)
    if (found !== undefined) return found
  }
  return { name: 'runc', path: 'runc' }
}

function lookUp(conf: TomlTable, wanted: string, pathVariable: string): FoundRuntime | undefined {
  if (wanted.includes('/')) {
    const path = resolve(wanted)
    return isProgram(path) ? { name: basename(path), path, isNamedByPath: true } : undefined
  }
  const listed = confTexts(confTable(conf, 'engine.runtimes'), wanted) ?? []
  const onPath = [...pathVariable.split(':').filter((folder) => folder.startsWith('/')), ...usualFolders].map(
    (folder) => join(folder, wanted),
  )
  const path = [...listed, ...onPath].find((candidate) => isProgram(candidate))
  return path === undefined ? undefined : { name: wanted, path }
}

function isProgram(path: string): boolean {
  try {
    if (absentAsUndefined(() => statSync(path))?.isFile() !== true) return false
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return false
    throw error
  }
}
