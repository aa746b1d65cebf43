// Opening the state directory: made on first use, refused when a newer Gantry wrote it.

import { readFileSync } from 'node:fs'
import { absentAsUndefined, EngineError, errnoOf } from '../base/errors.ts'
import { replaceFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { type Layout, paths } from './layout.ts'

/** The schema of the directory as a whole; a record's own number is `currentSchema` in record.ts. */
const stateVersion = 1

/** Idempotent and safe against itself. @throws unsupported `state-too-new`; corrupt `state-unmarked`; denied `state-denied` */
export function openState(at: Layout): void {
  try {
    const text = absentAsUndefined(() => readFileSync(paths.version(at), 'utf8'))
    if (text === undefined) makeState(at)
    else checkVersion(at, text)
    makeFolders(paths.runContainers(at), 0o700)
  } catch (error) {
    throw ['EACCES', 'EPERM', 'EROFS'].includes(errnoOf(error) ?? '') ? denied(at, error as Error) : error
  }
}

/** Every folder that openState makes. */
export function stateFolders(at: Layout): string[] {
  return [
    at.root,
    at.run,
    paths.blobs(at, 'sha256'),
    paths.blobStaging(at),
    paths.images(at),
    paths.imageNames(at),
    paths.layers(at),
    paths.layerLinks(at),
    paths.containers(at),
    paths.trash(at),
    paths.claims(at, 'container'),
    paths.events(at),
    paths.locks(at),
    paths.runContainers(at),
  ]
}

function makeState(at: Layout): void {
  for (const folder of stateFolders(at)) makeFolders(folder, 0o700)
  replaceFile(paths.version(at), `${stateVersion}\n`)
}

function denied(at: Layout, cause: Error): EngineError {
  return new EngineError({
    kind: 'denied',
    code: 'state-denied',
    message: `the state directory '${at.root}' cannot be used: ${cause.message}`,
    hint: 'Name folders of your own: --root and --runroot, or HOME and XDG_RUNTIME_DIR.',
    cause,
  })
}

function checkVersion(at: Layout, text: string): void {
  const version = Number(text.trim())
  if (version === stateVersion) return
  const isNewer = Number.isInteger(version) && version > stateVersion
  throw new EngineError({
    kind: isNewer ? 'unsupported' : 'corrupt',
    code: isNewer ? 'state-too-new' : 'state-unmarked',
    message: isNewer
      ? `'${at.root}' was written by a newer Gantry (version ${version}, this one knows ${stateVersion})`
      : `'${paths.version(at)}' does not hold a version number`,
    hint: isNewer ? 'Use the newer Gantry: nothing was changed.' : 'See: gantry system check --repair',
  })
}
