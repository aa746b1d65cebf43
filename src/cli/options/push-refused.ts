// podman's flags of push that need what Gantry has not, encryption. Known, so that they are refused by name.

import { EngineError } from '../../base/errors.ts'
import { defineOptions } from '../command.ts'

const encryption = { type: 'strings', describe: 'Not supported: images are not encrypted', isHidden: true } as const

export const pushRefusedOptions = defineOptions({
  'encrypt-layer': encryption,
  'encryption-key': encryption,
})

/** @throws unsupported `flag-unsupported`, naming the flag */
export function refusePushFlags(given: ReadonlySet<string>): void {
  const name = [...given].find((candidate) => Object.hasOwn(pushRefusedOptions, candidate))
  if (name === undefined) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'flag-unsupported',
    message: `--${name} is not supported yet: images are not encrypted`,
    hint: 'Without it the image would go out in another state than was asked for.',
  })
}
