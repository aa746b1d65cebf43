// Quadlet files and their drop-ins → quadlets. What cannot be read is told, and leaves the others.

import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { errnoOf } from '../base/errors.ts'
import { baseName, kindOfFile, kinds, openQuadlet, type Quadlet, templateParts } from './quadlet.ts'
import { mergeUnitFile, parseUnitFile } from './unit-file.ts'

export interface LoadReport {
  readonly debug: (message: string) => void
  readonly fail: (message: string) => void
}

/** `folders`: the strongest first; a name counts once. In the order in which they can be converted. */
export function loadQuadlets(folders: readonly string[], report: LoadReport): Quadlet[] {
  const files = new Map<string, string>()
  for (const folder of folders) {
    for (const name of namesIn(folder, report)) {
      if (kindOfFile(name) !== undefined && !files.has(name)) files.set(name, join(folder, name))
    }
  }
  const quadlets = [...files].flatMap(([name, path]) => load(name, path, { folders, report }) ?? [])
  return quadlets.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind))
}

interface LoadFacts {
  readonly folders: readonly string[]
  readonly report: LoadReport
}

function load(fileName: string, path: string, { folders, report }: LoadFacts): Quadlet | undefined {
  const kind = kindOfFile(fileName)
  if (kind === undefined) return undefined
  report.debug(`Loading source unit file ${path}`)
  const file = parse(path, report)
  if (file === undefined) return undefined
  for (const dropIn of dropInsOf(fileName, folders, report)) {
    report.debug(`Loading source drop-in file ${dropIn}`)
    const addition = parse(dropIn, report)
    if (addition !== undefined) mergeUnitFile(file, addition)
  }
  return openQuadlet(kind, fileName, file)
}

function parse(path: string, { fail }: LoadReport) {
  try {
    return parseUnitFile(path, readFileSync(path, 'utf8'))
  } catch (error) {
    fail(`error loading "${path}", ${(error as Error).message}`)
    return undefined
  }
}

/** Sorted by their names; of one name the most special. */
function dropInsOf(fileName: string, folders: readonly string[], report: LoadReport): string[] {
  const special = dropInFolders(fileName).reverse()
  const files = new Map<string, string>()
  for (const folder of folders.flatMap((one) => special.map((name) => join(one, name)))) {
    for (const name of namesIn(folder, report)) {
      if (name.endsWith('.conf') && !files.has(name)) files.set(name, join(folder, name))
    }
  }
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path)
}

/** `container.d`, `web-.container.d`, `web-one.container.d`: the general ones first. */
function dropInFolders(fileName: string): string[] {
  const extension = extname(fileName)
  const parts = templateParts(fileName)
  const words = (parts?.template ?? baseName(fileName)).split('-')
  const beginnings = words.slice(1).map((_, index) => `${words.slice(0, index + 1).join('-')}-`)
  return [
    `${extension.slice(1)}.d`,
    ...beginnings.flatMap((beginning) => [
      `${beginning}${extension}.d`,
      ...(parts === undefined ? [] : [`${beginning}@${extension}.d`]),
    ]),
    ...(parts === undefined || parts.instance === '' ? [] : [`${parts.template}@${extension}.d`]),
    `${fileName}.d`,
  ]
}

function namesIn(folder: string, { fail }: LoadReport): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    const isNone = ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')
    if (!isNone) fail(`error reading directory "${folder}", ${(error as Error).message}`)
    return []
  }
}
