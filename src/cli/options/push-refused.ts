// podman's flags of push that need what Gantry has not: signing and encryption. Known, so that they are refused by name.

import { EngineError } from '../../base/errors.ts'
import { defineOptions } from '../command.ts'

const signing = { type: 'string', describe: 'Not supported: images are not signed', isHidden: true } as const
const encryption = { type: 'strings', describe: 'Not supported: images are not encrypted', isHidden: true } as const

export const pushRefusedOptions = defineOptions({
  'encrypt-layer': encryption,
  'encryption-key': encryption,
  'sign-by': signing,
  'sign-by-sigstore': signing,
  'sign-by-sigstore-private-key': signing,
  'sign-passphrase-file': signing,
})

/** @throws unsupported `flag-unsupported`, naming the flag */
export function refusePushFlags(given: ReadonlySet<string>): void {
  const name = [...given].find((candidate) => Object.hasOwn(pushRefusedOptions, candidate))
  if (name === undefined) return
  const what = name.startsWith('encrypt') ? 'images are not encrypted' : 'images are not signed'
  throw new EngineError({
    kind: 'unsupported',
    code: 'flag-unsupported',
    message: `--${name} is not supported yet: ${what}`,
    hint: 'Without it the image would go out in another state than was asked for.',
  })
}
