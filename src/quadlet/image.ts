// .image → a service that pulls an image.

import { invalid } from '../base/errors.ts'
import {
  addCommand,
  booleanFlags,
  type Conversion,
  oneshot,
  ownArguments,
  programWords,
  textFlags,
} from './conversion.ts'
import { lookupText } from './unit-file.ts'

export const imageKeys = 'AllTags Arch AuthFile CertDir Creds DecryptionKey Image ImageTag OS TLSVerify Variant'

/** @throws invalid for what cannot be converted */
export function convertImage(conversion: Conversion): void {
  const { quadlet, section } = conversion
  const image = lookupText(quadlet.file, section, 'Image')
  if (image === undefined) throw invalid('quadlet-invalid', 'no Image key specified')
  quadlet.resource = lookupText(quadlet.file, section, 'ImageTag') ?? image
  addCommand(conversion, 'ExecStart', [
    ...programWords(conversion),
    ...['image', 'pull'],
    ...textFlags(
      conversion,
      `Arch           --arch
       AuthFile       --authfile
       CertDir        --cert-dir
       Creds          --creds
       DecryptionKey  --decryption-key
       OS             --os
       Variant        --variant`,
    ),
    ...booleanFlags(conversion, 'AllTags --all-tags \n TLSVerify --tls-verify'),
    ...ownArguments(conversion),
    image,
  ])
  oneshot(conversion, { remains: true })
}
