// A real registry with a lookaside, and skopeo and boxes that are configured for it.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Box, openBox } from './box.ts'
import { startDockerRegistry } from './docker-registry.ts'
import { type GpgHome, openGpgHome } from './gpg-keys.ts'

export interface SignedRegistry extends AsyncDisposable {
  readonly address: string
  readonly gpg: GpgHome
  /** Fingerprint of the key whose public half is `publicKey`. */
  readonly key: string
  readonly publicKey: string
  readonly lookaside: string
  /** Empties the lookaside; `yaml` is what registries.d says from now on, the lookaside for everything unless said. */
  reset(yaml?: string): void
  skopeo(...args: string[]): string
  /** Reads registries.d as it is now, and signs with the same keys. */
  openBox(): Box
}

export async function startSignedRegistry(): Promise<SignedRegistry> {
  const registry = await startDockerRegistry()
  const gpg = openGpgHome()
  const key = gpg.addKey('signer <s@example.org>')
  const folder = mkdtempSync(join(tmpdir(), 'gantry-trust-'))
  const [publicKey, lookaside, config] = ['key.gpg', 'sigstore', 'registries.d'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(publicKey, gpg.exportKey(key))
  mkdirSync(config)
  const env = { ...process.env, GNUPGHOME: gpg.home }
  return {
    address: registry.address,
    gpg,
    key,
    publicKey,
    lookaside,
    reset: (yaml = `default-docker:\n  lookaside: file://${lookaside}\n`) => {
      rmSync(lookaside, { recursive: true, force: true })
      mkdirSync(lookaside)
      writeFileSync(join(config, 'test.yaml'), yaml)
    },
    skopeo: (...args) =>
      execFileSync('skopeo', ['--registries.d', config, ...args], { encoding: 'utf8', stdio: 'pipe', env }),
    openBox: () => {
      const box = openBox({ gpgHome: gpg.home })
      const home = join(box.env['HOME'] as string, '.config/containers')
      mkdirSync(home, { recursive: true })
      cpSync(config, join(home, 'registries.d'), { recursive: true })
      return box
    },
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]()
      gpg[Symbol.dispose]()
      rmSync(folder, { recursive: true })
    },
  }
}

/** What is in no scope is rejected. Answers the file. */
export function writePolicy(box: Box, transports: object): string {
  const path = join(box.folder, 'policy.json')
  writeFileSync(path, JSON.stringify({ default: [{ type: 'reject' }], transports }))
  return path
}
