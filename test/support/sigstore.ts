// Sigstore's actors for one test: keys, an authority like Fulcio, a log like Rekor, certificates made by openssl.

import { execFileSync } from 'node:child_process'
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SigstoreSignature } from '../../src/signature/image-signature.ts'

export interface CertificateWish {
  readonly name: string
  /** Name of the issuer's; its own unless said. */
  readonly issuer?: string
  /** Lines of openssl's configuration: `basicConstraints=critical,CA:TRUE`. */
  readonly extensions?: readonly string[]
  /** openssl's form, `20260101000000Z`. */
  readonly notBefore?: string
  readonly notAfter?: string
}

export interface CertificateMaker extends Disposable {
  /** Of an ECDSA P-256 key that is made for it. Answers the PEM. */
  issue(wish: CertificateWish): string
  keyOf(name: string): KeyObject
}

export const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign']
export const codeSigning = ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=codeSigning']

export function openCertificateMaker(): CertificateMaker {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-certificates-'))
  const file = (name: string) => join(folder, name)
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, { stdio: ['ignore', 'pipe', 'ignore'] })
  return {
    issue: ({ name, issuer, extensions = authority, notBefore, notAfter }) => {
      const own = file(`${name}.key`)
      openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', own)
      openssl('req', '-new', '-key', own, '-subj', `/CN=${name}`, '-out', file(`${name}.csr`))
      const signer = issuer ?? name
      const sections = `[ca]\ndefault_ca=d\n[d]\ndatabase=${file('index')}\nnew_certs_dir=${folder}\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n[x]\n`
      writeFileSync(file('conf'), `${sections}${extensions.join('\n')}\n`)
      writeFileSync(file('index'), '')
      const times = ['-startdate', notBefore ?? '20200101000000Z', '-enddate', notAfter ?? '20991231000000Z']
      const by = issuer === undefined ? ['-selfsign'] : ['-cert', file(`${signer}.pem`)]
      const files = ['-keyfile', file(`${signer}.key`), '-in', file(`${name}.csr`), '-out', file(`${name}.pem`)]
      openssl('ca', '-batch', '-notext', '-config', file('conf'), '-extensions', 'x', ...times, ...by, ...files)
      return readFileSync(file(`${name}.pem`), 'utf8')
    },
    keyOf: (name) => createPrivateKey(readFileSync(file(`${name}.key`))),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

export interface RekorEntry {
  readonly payload: Uint8Array
  readonly signature: Uint8Array
  /** PEM of the key or certificate. */
  readonly signer: string
  readonly at: Date
}

/** What Rekor answers, as cosign stores it. `change` spoils the entry before it is signed. */
export function rekorBundle(
  log: KeyObject,
  entry: RekorEntry,
  change: (entry: object) => object = (same) => same,
): string {
  const body = {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: createHash('sha256').update(entry.payload).digest('hex') } },
      signature: {
        content: Buffer.from(entry.signature).toString('base64'),
        publicKey: { content: Buffer.from(entry.signer).toString('base64') },
      },
    },
  }
  const payload = {
    body: Buffer.from(JSON.stringify(change(body))).toString('base64'),
    integratedTime: Math.floor(entry.at.getTime() / 1000),
    logID: 'c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d',
    logIndex: 7,
  }
  const promise = sign('sha256', Buffer.from(JSON.stringify(payload)), log).toString('base64')
  // In another order, as cosign's Go writes it.
  const { body: own, integratedTime, logIndex, logID } = payload
  return JSON.stringify({ SignedEntryTimestamp: promise, Payload: { body: own, integratedTime, logIndex, logID } })
}

export function sigstoreSignature(
  payload: Uint8Array,
  signature: Uint8Array,
  annotations: Readonly<Record<string, string>> = {},
): SigstoreSignature {
  const own = { 'dev.cosignproject.cosign/signature': Buffer.from(signature).toString('base64') }
  return {
    kind: 'sigstore',
    mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    payload,
    annotations: { ...own, ...annotations },
  }
}
