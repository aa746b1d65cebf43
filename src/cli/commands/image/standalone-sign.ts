// standalone-sign: a simple signature of a manifest in a file, as skopeo makes it.

import { digestOf } from '../../../base/digest.ts'
import { invalid } from '../../../base/errors.ts'
import { parseReference } from '../../../image/reference.ts'
import { writeResult } from '../../../os/atomic-file.ts'
import { defineCommand } from '../../command.ts'
import { readLocalFile } from '../../options/local-file.ts'
import { readPassphraseFile } from '../../options/signing.ts'

export default defineCommand({
  options: {
    output: {
      type: 'string',
      short: 'o',
      value: 'SIGNATURE',
      describe: 'Output the signature to SIGNATURE',
      complete: 'file',
    },
    'passphrase-file': {
      type: 'string',
      value: 'PATH',
      describe: "File that contains the key's passphrase (default: gpg's agent asks for it)",
      complete: 'file',
    },
  },
  positionals: [{ name: 'manifest', complete: 'file' }, { name: 'docker-reference' }, { name: 'key-fingerprint' }],
  examples: ['gantry standalone-sign -o signature-1 manifest.json quay.io/me/app:1 1A2B3C4D…'],
  async run(_open, { options, args: [path = '', name = '', key = ''] }) {
    const { output, 'passphrase-file': passphraseFile } = options
    if (output === undefined || output === '') throw invalid('flag-missing', '--output SIGNATURE is required')
    const manifest = readLocalFile(path, 'manifest')
    const passphrase = passphraseFile === undefined ? undefined : readPassphraseFile(passphraseFile)
    const { simpleSigner } = await import('../../../signature/signer.ts')
    const { signatureBlob } = await import('../../../signature/image-signature.ts')
    const signature = await simpleSigner(parseReference(name), { key, passphrase }).sign(digestOf(manifest))
    writeResult(output, signatureBlob(signature))
    return 0
  },
})
