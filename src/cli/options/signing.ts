// The flags of whatever signs what it pushes. Passphrases come from files or the terminal: an argument would be for all to see.

import { readFileSync } from 'node:fs'
import { EngineError, errorMessage, errorReason, invalid } from '../../base/errors.ts'
import type { SigningRequest, SigstoreKeyFile } from '../../engine/image/signing.ts'
import { defineOptions, type Options } from '../command.ts'
import { readLocalFile } from './local-file.ts'

export const signingOptions = defineOptions({
  'remove-signatures': { type: 'boolean', describe: 'Discard any pre-existing signatures in the image' },
  'sign-by': {
    type: 'string',
    value: 'FINGERPRINT',
    describe: 'Add a signature at the destination using the specified GPG key',
    complete: 'none',
  },
  'sign-by-sigstore': {
    type: 'string',
    value: 'PATH',
    describe: 'Sign the image using a sigstore parameter file at PATH',
    complete: 'file',
  },
  'sign-by-sigstore-private-key': {
    type: 'string',
    value: 'PATH',
    describe: 'Sign the image using a sigstore private key at PATH',
    complete: 'file',
  },
  'sign-by-sq-fingerprint': {
    type: 'string',
    describe: 'Not supported: keys are those of gpg',
    isHidden: true,
    complete: 'none',
  },
  'sign-passphrase-file': {
    type: 'string',
    value: 'PATH',
    describe: 'Read a passphrase for signing an image from PATH',
    complete: 'file',
  },
})

/** Asks for the passphrase of a sigstore key on the terminal if no file has it. @throws invalid; not-found; unsupported */
export async function toSigning(options: Options<typeof signingOptions>): Promise<SigningRequest> {
  const { 'sign-by': gpgKey, 'sign-by-sigstore-private-key': keyFile } = options
  const { 'sign-by-sigstore': parameters, 'sign-passphrase-file': passphraseFile } = options
  if (options['sign-by-sq-fingerprint'] !== undefined) throw needsSequoia()
  if (passphraseFile !== undefined && gpgKey !== undefined && keyFile !== undefined) {
    throw invalid(
      'flags-conflict',
      'only one of --sign-by and sign-by-sigstore-private-key can be used with --sign-passphrase-file',
    )
  }
  const passphrase = passphraseFile === undefined ? undefined : readPassphraseFile(passphraseFile)
  const given = keyFile === undefined ? [] : [await keyAt(keyFile, passphrase)]
  const configured = parameters === undefined ? [] : [await readParameters(parameters)]
  return {
    ...(gpgKey === undefined ? {} : { gpgKey }),
    ...(gpgKey === undefined || passphrase === undefined ? {} : { gpgPassphrase: passphrase }),
    sigstoreKeys: [...given, ...configured],
  }
}

/** Nobody is asked for the passphrase of a key that is not there. */
async function keyAt(path: string, passphrase: string | undefined) {
  readLocalFile(path, 'private key')
  return { path, passphrase: passphrase ?? (await askPassphrase()) }
}

function needsSequoia(): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'flag-unsupported',
    message: '--sign-by-sq-fingerprint is not supported: keys are those of gpg, not of Sequoia',
    hint: 'Hand the key to gpg (sq key export, gpg --import), and sign with --sign-by.',
  })
}

/** Its last line break is no part of it. @throws not-found `passphrase-file-missing` */
export function readPassphraseFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\n$/, '')
  } catch (cause) {
    throw new EngineError({
      kind: 'not-found',
      code: 'passphrase-file-missing',
      message: `reading the passphrase: open ${path}: ${errorReason(cause)}`,
      cause,
    })
  }
}

async function askPassphrase(): Promise<string> {
  const { askSecret } = await import('../ask-credentials.ts')
  return askSecret('Passphrase: ', 'Give it with --sign-passphrase-file.')
}

/** containers-sigstore-signing-params.yaml(5), as far as no service on the network is needed. */
async function readParameters(path: string): Promise<SigstoreKeyFile> {
  const { parseYaml } = await import('../../base/yaml.ts')
  let document: unknown
  try {
    document = parseYaml(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw invalid('signing-parameters-malformed', `parsing "${path}": ${errorMessage(cause)}`)
  }
  const parameters = typeof document === 'object' && document !== null ? Object.entries(document) : []
  const [unknown] = parameters.find(([name]) => !parameterNames.includes(name)) ?? []
  if (unknown !== undefined)
    throw invalid('signing-parameters-malformed', `parsing "${path}": unknown key "${unknown}"`)
  const { privateKeyFile, privateKeyPassphraseFile, ...services } = Object.fromEntries(parameters)
  const [service] = Object.keys(services)
  if (service !== undefined) throw needsService(path, service)
  if (typeof privateKeyFile !== 'string')
    throw invalid('signing-parameters-malformed', `"${path}" names no privateKeyFile`)
  const passphrase =
    typeof privateKeyPassphraseFile === 'string' ? readPassphraseFile(privateKeyPassphraseFile) : await askPassphrase()
  return { path: privateKeyFile, passphrase }
}

const parameterNames = ['privateKeyFile', 'privateKeyPassphraseFile', 'fulcio', 'rekorURL']

function needsService(path: string, key: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'flag-unsupported',
    message: `--sign-by-sigstore: "${path}" has "${key}", which is not supported: no signing service on the network is asked`,
    hint: 'Sign with a privateKeyFile alone.',
  })
}
