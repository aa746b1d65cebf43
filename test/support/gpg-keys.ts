// Keys of GnuPG made for one test, in a GNUPGHOME of their own; its agent ends with it.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface GpgHome extends Disposable {
  readonly home: string
  /** Answers its fingerprint. */
  addKey(name: string, options?: KeyOptions): string
  exportKey(fingerprint: string): Buffer
  /** gpg with this home, for what a test does by hand. */
  run(argv: readonly string[], input?: string | Uint8Array): Buffer
}

interface KeyOptions {
  readonly passphrase?: string
  /** `never`, `2y` */
  readonly expires?: string
  /** gpg's own. */
  readonly flags?: readonly string[]
}

export function openGpgHome(): GpgHome {
  // Short: the agent's socket lies in it.
  const home = mkdtempSync(join(tmpdir(), 'gpg-'))
  // Else the agent first measures how many rounds make a tenth of a second.
  writeFileSync(join(home, 'gpg-agent.conf'), 's2k-count 65536\n')
  const run = (argv: readonly string[], input: string | Uint8Array = '') =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--no-tty', '--quiet', ...argv], {
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  return {
    home,
    run,
    addKey: (name, { passphrase = '', expires = 'never', flags = [] } = {}) => {
      const secret = ['--pinentry-mode', 'loopback', '--passphrase', passphrase]
      const said = run([
        '--status-fd',
        '1',
        ...flags,
        ...secret,
        '--quick-generate-key',
        name,
        'ed25519',
        'sign',
        expires,
      ])
      return /KEY_CREATED . ([0-9A-F]{40})/.exec(said.toString())?.[1] as string
    },
    exportKey: (fingerprint) => run(['--export', fingerprint]),
    [Symbol.dispose]: () => {
      execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'], { stdio: 'ignore' })
      rmSync(home, { recursive: true, force: true })
    },
  }
}
