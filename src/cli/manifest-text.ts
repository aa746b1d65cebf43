// A generated manifest as text.

import type { Generated } from '../engine/kube/generate.ts'
import { gantryVersion } from './product.ts'
import { programName } from './program-name.ts'
import { printYaml } from './render/yaml.ts'

export function manifestText({ notes, objects }: Generated): string {
  const header = [
    'Save the output of this file and use kubectl create -f to import',
    'it into Kubernetes.',
    '',
    `Created with ${programName}-${gantryVersion()}`,
    ...notes.map((note) => `NOTE: ${note}`),
  ]
  const comments = header.map((line) => `${`# ${line}`.trimEnd()}\n`).join('')
  return `${comments}${objects.map((object) => printYaml(object)).join('---\n')}`
}
