// `npm run build`: the C programs, the addon, the embedded image and the bundle, each only where its sources changed. A step that
// fails does not keep the others from being done.

import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { compileSteps } from './compile.ts'
import { makeEmbeddedImage } from './embedded-image.ts'

const tree = join(import.meta.dirname, '..', '..')

for (const step of [...compileSteps, makeEmbeddedImage, bundle]) {
  try {
    await step(tree)
  } catch (error) {
    process.exitCode = 1
    console.error(`build: ${error instanceof Error ? error.message : String(error)}`)
  }
}
