// The certificate authorities that this machine trusts: where Go, and so podman, looks for them. Node brings a list of its own, which
// knows nothing of the authority that a company or an administrator installed.

import { readFileSync } from 'node:fs'
import { absentAsUndefined } from '../../base/errors.ts'

/** One file per family of distributions. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** PEM texts; undefined where the system has none. $SSL_CERT_FILE replaces them. */
export function systemAuthorities(environment = process.env): string[] | undefined {
  const chosen = environment['SSL_CERT_FILE']
  for (const path of chosen ? [chosen] : bundles) {
    const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
    if (text !== undefined) return [text]
  }
  return undefined
}
