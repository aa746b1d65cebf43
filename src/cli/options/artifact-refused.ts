// podman's flags of manifest add for files that are no images. Known, so that they are refused by name.

import { EngineError } from '../../base/errors.ts'
import { defineOptions } from '../command.ts'

const describe = 'Not supported: lists hold images alone'
const flag = { type: 'boolean', describe, isHidden: true } as const
const value = { type: 'string', describe, isHidden: true } as const

export const artifactRefusedOptions = defineOptions({
  artifact: flag,
  'artifact-config': value,
  'artifact-config-type': value,
  'artifact-exclude-titles': flag,
  'artifact-layer-type': value,
  'artifact-subject': value,
  'artifact-type': value,
})

/** @throws unsupported `flag-unsupported`, naming the flag */
export function refuseArtifactFlags(given: ReadonlySet<string>): void {
  const name = [...given].find((candidate) => Object.hasOwn(artifactRefusedOptions, candidate))
  if (name === undefined) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'flag-unsupported',
    message: `--${name} is not supported yet: lists hold images alone`,
    hint: 'Another tool can push the artifact; then add it: manifest add LIST docker://REGISTRY/NAME',
  })
}
