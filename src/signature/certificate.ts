// A certificate, with what node:crypto does not tell of it: its extensions (RFC 5280, 4.2).

import { X509Certificate } from 'node:crypto'
import { errorMessage } from '../base/errors.ts'
import { derTags, readDer, readDerValues, readOid } from './der.ts'
import { rejected } from './rejected.ts'

export interface Certificate {
  readonly x509: X509Certificate
  /** OID of what it is signed with. */
  readonly signatureAlgorithm: string
  /** By OID. */
  readonly extensions: ReadonlyMap<string, Extension>
}

export interface Extension {
  readonly isCritical: boolean
  readonly value: Uint8Array
}

export const extensionIds = {
  keyUsage: '2.5.29.15',
  alternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
} as const

/** At least one; nothing else may be in the text. @throws denied `signature-rejected` */
export function readCertificates(pem: string, what: string): Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0 || blocks.length !== pem.match(/-----BEGIN /g)?.length) {
    throw rejected(`${what}: no certificates in PEM`)
  }
  return blocks.map((block) => readCertificate(block, what))
}

/** `rfc822Name`s of the subject. */
export function emailsOf({ extensions }: Certificate): string[] {
  const names = extensions.get(extensionIds.alternativeName)
  if (names === undefined) return []
  return readDerValues(readDer(names.value, derTags.sequence)).flatMap(({ tag, content }) =>
    tag === 0x81 ? [Buffer.from(content).toString('latin1')] : [],
  )
}

function readCertificate(pem: string, what: string): Certificate {
  const x509 = parse(pem, what)
  const [body, algorithm] = readDerValues(readDer(x509.raw, derTags.sequence))
  const fields = readDerValues(body?.content ?? Buffer.of())
  const last = fields.find(({ tag }) => tag === 0xa3)
  return {
    x509,
    signatureAlgorithm: readOid(readDerValues(algorithm?.content ?? Buffer.of())[0]?.content ?? Buffer.of()),
    extensions: last === undefined ? new Map() : readExtensions(last.content, what),
  }
}

function readExtensions(content: Uint8Array, what: string): Map<string, Extension> {
  const extensions = new Map<string, Extension>()
  for (const each of readDerValues(readDer(content, derTags.sequence))) {
    const [id, ...rest] = readDerValues(each.content)
    const value = rest.at(-1)
    if (id?.tag !== derTags.oid || value?.tag !== derTags.octets) throw rejected(`${what}: an extension is malformed`)
    const oid = readOid(id.content)
    if (extensions.has(oid)) throw rejected(`${what}: the extension ${oid} is there twice`)
    const isCritical = rest.some(({ tag, content: flag }) => tag === derTags.boolean && flag[0] !== 0)
    extensions.set(oid, { isCritical, value: value.content })
  }
  return extensions
}

function parse(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw rejected(`${what}: a certificate cannot be read: ${errorMessage(cause)}`, cause)
  }
}
