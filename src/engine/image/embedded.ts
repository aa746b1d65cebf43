// The image that comes with Gantry, so that a first `run` needs no registry: libexec/gantry/hello.tar, made by `npm run build`.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { libexecFolder } from '../../os/installation.ts'
import type { Engine } from '../engine.ts'
import { load } from './load.ts'
import type { PulledImage } from './pull.ts'

const embeddedName = 'localhost/gantry/hello:latest'

const spellings = new Set(['hello', 'gantry/hello', 'localhost/gantry/hello'])

/** Imports it if `text` is one of its names; undefined for every other text. @throws not-found `embedded-image-missing` */
export async function embeddedImage(engine: Engine, text: string): Promise<PulledImage | undefined> {
  if (!spellings.has(text.replace(/:latest$/, ''))) return undefined
  const path = join(libexecFolder, 'hello.tar')
  if (!existsSync(path)) {
    throw new EngineError({
      kind: 'not-found',
      code: 'embedded-image-missing',
      message: `the embedded image '${embeddedName}' has not been built: no '${path}'`,
      hint: 'npm run build',
    })
  }
  const [loaded] = await load(engine, { kind: 'path', path }, { names: [embeddedName], isTrusted: true, isPull: true })
  return loaded === undefined ? undefined : { record: loaded.record, name: embeddedName }
}
