// The `gpg` program as verifier and signer. Of what it says only its status lines count, on a descriptor where nothing else is written:
// in its messages the content of a signature can pose as one (CVE-2018-12020).

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EngineError } from '../base/errors.ts'
import { type RunOptions, type RunOutcome, runProcess } from '../os/exec.ts'
import { removeTree } from '../os/remove-tree.ts'
import { plainEnvironment } from '../os/spawn.ts'
import { signatureLimits } from './image-signature.ts'
import { rejected } from './rejected.ts'

/** A keyring for one verification: a folder of its own, with no configuration, no agent and no network. */
export interface Keyring extends Disposable {
  /** Fingerprints of the primary keys. */
  readonly fingerprints: readonly string[]
  /** What was signed, and by whom. @throws denied `signature-rejected` */
  verify(signature: Uint8Array): Promise<VerifiedMessage>
}

export interface VerifiedMessage {
  readonly content: Uint8Array
  /** Of the key that signed, and of the primary key that it belongs to. */
  readonly fingerprints: readonly string[]
}

const isolated = ['--no-options', '--batch', '--no-tty', '--no-autostart', '--disable-dirmngr']
const trustless = ['--trust-model', 'always', '--no-auto-key-retrieve', '--no-auto-key-import']

/** Holds `keys` and nothing else. @throws unavailable `gpg-missing`; invalid `gpg-key-unreadable` */
export async function openKeyring(keys: readonly Uint8Array[]): Promise<Keyring> {
  const home = mkdtempSync(join(tmpdir(), 'gantry-gpg-'))
  const keyring = { [Symbol.dispose]: () => removeTree(home) }
  try {
    const fingerprints = new Set<string>()
    for (const key of keys) for (const imported of await importKey(home, key)) fingerprints.add(imported)
    return { ...keyring, fingerprints: [...fingerprints], verify: async (signature) => verify(home, signature) }
  } catch (error) {
    keyring[Symbol.dispose]()
    throw error
  }
}

/** Public keys of the user's own keyring. @throws unavailable `gpg-missing`; not-found `gpg-key-missing` */
export async function exportKey(key: string): Promise<Uint8Array> {
  const environment = { ...plainEnvironment(), ...agentEnvironment() }
  const { stdout } = await gpg(['--batch', '--no-tty', '--export', '--', key], { environment, encoding: 'latin1' })
  if (stdout !== '') return Buffer.from(stdout, 'latin1')
  throw new EngineError({
    kind: 'not-found',
    code: 'gpg-key-missing',
    message: `no public key '${key}' in the keyring`,
  })
}

/** E-mail addresses of the keys' users, or the whole ids where they have none. @throws unavailable `gpg-missing` */
export async function userIdsOf(keys: Uint8Array): Promise<string[]> {
  const home = mkdtempSync(join(tmpdir(), 'gantry-gpg-'))
  try {
    const argv = ['--homedir', home, ...isolated, '--with-colons', '--show-keys']
    const { stdout } = await gpg(argv, { input: keys, environment: { ...plainEnvironment(), HOME: home } })
    return stdout.split('\n').flatMap((line) => {
      const [kind, , , , , , , , , id = ''] = line.split(':')
      return kind === 'uid' && id !== '' ? [/<([^>]*)>/.exec(id)?.[1] ?? id] : []
    })
  } finally {
    removeTree(home)
  }
}

export interface GpgSigning {
  /** A fingerprint, or what else gpg finds a key by. */
  readonly key: string
  /** Without one, gpg's agent asks for it. */
  readonly passphrase?: string | undefined
}

/** A signed message from the user's own keyring ($GNUPGHOME). @throws unavailable `gpg-missing`, `gpg-failed`; invalid */
export async function signMessage(content: Uint8Array, { key, passphrase }: GpgSigning): Promise<Uint8Array> {
  if (passphrase?.includes('\n') === true) {
    throw new EngineError({ kind: 'invalid', code: 'passphrase-malformed', message: 'a passphrase has no line break' })
  }
  const folder = mkdtempSync(join(tmpdir(), 'gantry-gpg-'))
  try {
    const [input, output] = [join(folder, 'content'), join(folder, 'signature')]
    writeFileSync(input, content)
    // The passphrase goes through a pipe: an argument would be for all to see.
    const secret = passphrase === undefined ? [] : ['--pinentry-mode', 'loopback', '--passphrase-fd', '0']
    const argv = ['--batch', '--yes', ...secret, '--local-user', key, '--output', output, '--sign', input]
    const outcome = await gpg(argv, {
      input: passphrase === undefined ? '' : `${passphrase}\n`,
      environment: { ...plainEnvironment(), ...agentEnvironment() },
    })
    if (outcome.exitCode !== 0) throw failed(`signing with key '${key}'`, outcome)
    return readFileSync(output)
  } finally {
    removeTree(folder)
  }
}

async function importKey(home: string, key: Uint8Array): Promise<string[]> {
  const file = join(home, 'key')
  writeFileSync(file, key)
  const argv = ['--homedir', home, ...isolated, '--status-fd', '1', '--import', file]
  const lines = statusLines((await gpg(argv, { environment: { ...plainEnvironment(), HOME: home } })).stdout)
  return lines.flatMap(([keyword, , fingerprint]) =>
    keyword === 'IMPORT_OK' && fingerprint !== undefined ? [fingerprint] : [],
  )
}

async function verify(home: string, signature: Uint8Array): Promise<VerifiedMessage> {
  const [input, output] = [join(home, 'signature'), join(home, 'content')]
  writeFileSync(input, signature)
  const limits = ['--max-output', `${signatureLimits.maxBytes}`]
  const argv = [
    '--homedir',
    home,
    ...isolated,
    ...trustless,
    ...limits,
    '--status-fd',
    '1',
    '--yes',
    '--output',
    output,
  ]
  const outcome = await gpg([...argv, '--decrypt', input], { environment: { ...plainEnvironment(), HOME: home } })
  const fingerprints = signerOf(statusLines(outcome.stdout))
  if (outcome.exitCode !== 0) throw rejected(`gpg does not accept the signature (exit code ${outcome.exitCode})`)
  return { content: readFileSync(output), fingerprints }
}

type StatusLine = readonly string[]

function statusLines(stdout: string): StatusLine[] {
  return stdout.split('\n').flatMap((line) => (line.startsWith('[GNUPG:] ') ? [line.slice(9).split(' ')] : []))
}

const flaws: Readonly<Record<string, string>> = {
  BADSIG: 'the signature is not one of this content',
  ERRSIG: 'the signature cannot be checked: no key that is trusted made it',
  EXPSIG: 'the signature has expired',
  EXPKEYSIG: 'the key has expired',
  REVKEYSIG: 'the key was revoked',
}

/** One good signature of one plain message, and nothing else: gpg accepts messages with several, or with none. */
function signerOf(lines: readonly StatusLine[]): string[] {
  for (const [keyword = ''] of lines) {
    if (flaws[keyword] !== undefined) throw rejected(`Invalid GPG signature: ${flaws[keyword]}`)
  }
  const count = (keyword: string) => lines.filter(([each]) => each === keyword).length
  const isSingle = ['NEWSIG', 'GOODSIG', 'VALIDSIG', 'PLAINTEXT'].every((keyword) => count(keyword) === 1)
  const isEncrypted = lines.some(([keyword = '']) => keyword.startsWith('DECRYPTION') || keyword === 'ENC_TO')
  const valid = lines.find(([keyword]) => keyword === 'VALIDSIG')
  if (!isSingle || isEncrypted || valid === undefined) {
    throw rejected('Invalid GPG signature: it is not one message with one signature')
  }
  return [valid[1], valid[10]].filter((fingerprint) => fingerprint !== undefined)
}

/** @throws unavailable `gpg-missing` */
async function gpg(argv: readonly string[], options: RunOptions): Promise<RunOutcome> {
  try {
    return await runProcess('gpg', argv, options)
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'program-not-found') throw error
    throw new EngineError({
      kind: 'unavailable',
      code: 'gpg-missing',
      message: "GPG signatures need the program 'gpg', which is not installed",
      hint: 'Install GnuPG (package gnupg or gnupg2).',
      cause: error,
    })
  }
}

/** What the user's agent and its pinentry are found by. */
function agentEnvironment(): Record<string, string> {
  const names = ['GNUPGHOME', 'GPG_TTY', 'DISPLAY', 'WAYLAND_DISPLAY', 'TERM']
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

function failed(doing: string, { stderr, exitCode }: RunOutcome): EngineError {
  const lines = stderr.split('\n').filter((line) => /^gpg: /.test(line))
  const said = (lines.at(-1) ?? `exit code ${exitCode}`).replace(/^gpg: /, '')
  return new EngineError({ kind: 'unavailable', code: 'gpg-failed', message: `${doing}: ${said.slice(0, 300)}` })
}
