// standalone-verify: whether a simple signature is for a manifest and a name, and by a key, all of them in files, as skopeo does it.

import { defineCommand } from '../../command.ts'
import { readLocalFile } from '../../options/local-file.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    'public-key-file': {
      type: 'string',
      value: 'PATH',
      describe: "File containing public keys (default: the user's keyring)",
      complete: 'file',
    },
  },
  positionals: [
    { name: 'manifest', complete: 'file' },
    { name: 'docker-reference' },
    { name: 'key-fingerprints' },
    { name: 'signature', complete: 'file' },
  ],
  description:
    'KEY-FINGERPRINTS are separated by commas; "any" stands for those of all keys in --public-key-file. Trust in the key is the caller\'s to decide.',
  examples: ['gantry standalone-verify manifest.json quay.io/me/app:1 1A2B3C4D… signature-1'],
  async run(_open, { options, args: [manifestPath = '', reference = '', fingerprints = '', path = ''] }) {
    const manifest = readLocalFile(manifestPath, 'manifest')
    const signature = readLocalFile(path, 'signature')
    const { 'public-key-file': keyFile } = options
    const keys = keyFile === undefined ? undefined : readLocalFile(keyFile, 'public keys')
    const { verifySimple } = await import('../../../signature/verify-simple.ts')
    const verified = await verifySimple({ manifest, signature, reference, fingerprints: fingerprints.split(','), keys })
    printLine(`Signature verified using fingerprint ${verified.fingerprint}, digest ${verified.digest}`)
    return 0
  },
})
