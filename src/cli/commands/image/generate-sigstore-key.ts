// generate-sigstore-key: a key pair to sign images with, as skopeo and cosign make it.

import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { EngineError, invalid } from '../../../base/errors.ts'
import { removeFile, syncFolder, writeNewFile } from '../../../os/atomic-file.ts'
import { defineCommand } from '../../command.ts'
import { readPassphraseFile } from '../../options/signing.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    'output-prefix': {
      type: 'string',
      value: 'PREFIX',
      describe: 'Write the keys to PREFIX.pub and PREFIX.private',
      complete: 'file',
    },
    'passphrase-file': {
      type: 'string',
      value: 'PATH',
      describe: 'Read the passphrase of the private key from PATH (default: asked for on the terminal)',
      complete: 'file',
    },
  },
  positionals: [],
  examples: ['gantry generate-sigstore-key --output-prefix release'],
  async run(_open, { options }) {
    const { 'output-prefix': prefix, 'passphrase-file': passphraseFile } = options
    if (prefix === undefined || prefix === '') throw invalid('flag-missing', '--output-prefix PREFIX is required')
    const [privatePath, publicPath] = [`${prefix}.private`, `${prefix}.pub`]
    for (const path of [publicPath, privatePath]) refuseExisting(path)
    const passphrase = passphraseFile === undefined ? await askTwice() : readPassphraseFile(passphraseFile)
    const { generateKeyPair } = await import('../../../signature/sigstore-key.ts')
    const { privateKey, publicKey } = generateKeyPair(passphrase)
    writeNewFile(privatePath, privateKey)
    try {
      writeNewFile(publicPath, publicKey, { mode: 0o644 })
    } catch (error) {
      removeFile(privatePath)
      throw error
    }
    syncFolder(dirname(resolve(prefix)))
    printLine(`Key written to "${privatePath}" and "${publicPath}"`)
    return 0
  },
})

function refuseExisting(path: string): void {
  if (!existsSync(path)) return
  throw new EngineError({
    kind: 'already-exists',
    code: 'key-exists',
    message: `Refusing to overwrite existing "${path}"`,
    hint: 'Choose another --output-prefix.',
  })
}

async function askTwice(): Promise<string> {
  const { askSecret } = await import('../../ask-credentials.ts')
  const wayOut = 'Give it with --passphrase-file.'
  const first = askSecret('Passphrase: ', wayOut)
  if (askSecret('Repeat passphrase: ', wayOut) === first) return first
  throw invalid('passphrase-mismatch', 'the passphrases are not the same')
}
