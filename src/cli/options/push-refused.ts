// podman's and skopeo's flags that need what Gantry has not, encryption. Known, so that they are refused by name.

import { EngineError } from '../../base/errors.ts'
import { defineOptions } from '../command.ts'

const encryption = { type: 'strings', describe: 'Not supported: images are not encrypted', isHidden: true } as const

export const pushRefusedOptions = defineOptions({
  'encrypt-layer': encryption,
  'encryption-key': encryption,
})

export const copyRefusedOptions = defineOptions({
  ...pushRefusedOptions,
  'decryption-key': { ...encryption, describe: 'Not supported: encrypted images cannot be read' },
})

/** @throws unsupported `flag-unsupported`, naming the flag */
export function refusePushFlags(given: ReadonlySet<string>): void {
  const name = [...given].find((candidate) => Object.hasOwn(copyRefusedOptions, candidate))
  if (name === undefined) return
  const isReading = name === 'decryption-key'
  throw new EngineError({
    kind: 'unsupported',
    code: 'flag-unsupported',
    message: `--${name} is not supported yet: ${isReading ? 'encrypted images cannot be read' : 'images are not encrypted'}`,
    hint: isReading
      ? 'Copy it with skopeo, which decrypts it.'
      : 'Without it the image would go out in another state than was asked for.',
  })
}
