// `--encryption-key PROTOCOL:FILE` → for whom layers are encrypted.

import { createPublicKey, type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto'
import { defined } from '../base/defined.ts'
import { EngineError, invalid } from '../base/errors.ts'
import { type JweRecipient, keyAlgorithms } from './jwe-keys.ts'
import { attempt, jsonWebKey, pemLabel, readKeyFile } from './key-file.ts'

export interface Recipients {
  readonly jwe: readonly JweRecipient[]
  readonly pkcs7: readonly X509Certificate[]
}

/** ocicrypt's other protocols. */
const unsupported: Readonly<Record<string, string>> = {
  pgp: 'keys are not taken from a PGP keyring',
  pkcs11: 'no hardware module is asked',
  provider: 'no key provider is asked',
}

/** @throws invalid `encryption-key-invalid`; not-found `key-file-missing`; unsupported `encryption-unsupported` */
export function readRecipients(texts: readonly string[]): Recipients {
  const [jwe, pkcs7]: [JweRecipient[], X509Certificate[]] = [[], []]
  for (const text of texts) {
    const colon = text.indexOf(':')
    const [protocol, place] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)]
    if (protocol === 'jwe') jwe.push(readJweKey(place))
    else if (protocol === 'pkcs7') pkcs7.push(readCertificate(place))
    else throw unknownProtocol(text, protocol)
  }
  return { jwe, pkcs7 }
}

function readJweKey(path: string): JweRecipient {
  const bytes = readKeyFile(path)
  const jwk = jsonWebKey(bytes)
  const key = jwk === undefined ? readPublicKey(bytes) : readWebKey(jwk)
  if (key === undefined) throw noPublicKey(path, bytes)
  const { alg, kid } = jwk ?? {}
  const usual = usualAlgorithm(key)
  const algorithm = typeof alg === 'string' && alg !== '' ? alg : usual
  if (usual === undefined) throw keyUnsupported(path, describeKey(key))
  if (algorithm === undefined || !keyAlgorithms.includes(algorithm) || algorithm.slice(0, 3) !== usual.slice(0, 3))
    throw keyUnsupported(path, `algorithm ${String(algorithm)}`)
  return { key, algorithm, ...defined({ keyId: typeof kid === 'string' && kid !== '' ? kid : undefined }) }
}

/** A private key would do, and be in the wrong place. */
function readPublicKey(bytes: Buffer): KeyObject | undefined {
  const label = pemLabel(bytes)
  if (label === undefined) return attempt(() => createPublicKey({ key: bytes, format: 'der', type: 'spki' }))
  return label.endsWith('PUBLIC KEY') ? attempt(() => createPublicKey(bytes)) : undefined
}

function readWebKey(jwk: Readonly<Record<string, unknown>>): KeyObject | undefined {
  if (jwk['d'] !== undefined) return undefined
  return attempt(() => createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }))
}

/** Below, nobody would take it for encryption; skopeo's own manual makes one of so many. */
const leastRsaBits = 1024

function usualAlgorithm({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | undefined {
  if (type === 'rsa') return (details?.modulusLength ?? 0) < leastRsaBits ? undefined : 'RSA-OAEP'
  const isKnown = ['prime256v1', 'secp384r1', 'secp521r1'].includes(details?.namedCurve ?? '')
  return type === 'ec' && isKnown ? 'ECDH-ES+A256KW' : undefined
}

function describeKey({
  asymmetricKeyType,
  asymmetricKeyDetails: { modulusLength, namedCurve } = {},
}: KeyObject): string {
  if (modulusLength !== undefined) return `${asymmetricKeyType} of ${modulusLength} bits`
  return [asymmetricKeyType, namedCurve].filter(Boolean).join(' ')
}

function readCertificate(path: string): X509Certificate {
  const bytes = readKeyFile(path)
  const certificate = attempt(() => new X509Certificate(bytes))
  if (certificate === undefined)
    throw invalid(
      'encryption-key-invalid',
      `'${path}' is no X.509 certificate`,
      'pkcs7: wants a certificate, in PEM or DER.',
    )
  if (usualAlgorithm(certificate.publicKey) !== 'RSA-OAEP')
    throw keyUnsupported(path, describeKey(certificate.publicKey), 'pkcs7: wants a certificate with an RSA key.')
  return certificate
}

function unknownProtocol(text: string, protocol: string): EngineError {
  const reason = Object.hasOwn(unsupported, protocol) ? unsupported[protocol] : undefined
  if (reason === undefined) {
    const hint = 'Write --encryption-key jwe:FILE with a public key, or pkcs7:FILE with a certificate.'
    return invalid(
      'encryption-key-invalid',
      `--encryption-key '${text.slice(0, 300)}' names no protocol that is known`,
      hint,
    )
  }
  return new EngineError({
    kind: 'unsupported',
    code: 'encryption-unsupported',
    message: `--encryption-key ${protocol}: is not supported: ${reason}`,
    hint: 'These are: jwe:FILE with a public key, pkcs7:FILE with a certificate.',
  })
}

function noPublicKey(path: string, bytes: Buffer): EngineError {
  const label = pemLabel(bytes)
  const isPrivate = label?.endsWith('PRIVATE KEY') === true || jsonWebKey(bytes)?.['d'] !== undefined
  const hint = isPrivate
    ? `It is a private one; its public half: openssl pkey -in ${path} -pubout`
    : label === 'CERTIFICATE'
      ? `It is a certificate: pkcs7:${path}`
      : undefined
  return invalid('encryption-key-invalid', `'${path}' is no public key`, hint)
}

function keyUnsupported(
  path: string,
  kind: string,
  hint = 'Take an RSA key of 2048 bits or more, or an elliptic one of P-256, P-384 or P-521.',
) {
  return new EngineError({
    kind: 'unsupported',
    code: 'encryption-unsupported',
    message: `the key in '${path}' is not of a kind that is supported (${kind})`,
    hint,
  })
}
