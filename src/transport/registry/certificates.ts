// containers-certs.d(5): certificates for one registry, `<dir>/<host:port>/{*.crt,*.cert,*.key}`.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { invalid } from '../../base/errors.ts'
import { readInReach } from '../../os/in-reach.ts'
import type { TlsOptions } from './http.ts'

export interface CertificatePlaces {
  /** --cert-dir: holds the files itself. */
  readonly folder: string | undefined
  readonly home: string | undefined
}

/** The first folder that exists counts. @throws invalid `certificate-incomplete` */
export function tlsFor(host: string, places: CertificatePlaces, isVerified: boolean): TlsOptions {
  const folders =
    places.folder === undefined
      ? [
          ...(places.home === undefined ? [] : [join(places.home, '.config/containers/certs.d', host)]),
          join('/etc/containers/certs.d', host),
          join('/etc/docker/certs.d', host),
        ]
      : [places.folder]
  for (const folder of folders) {
    const names = readInReach(folder, (path) => readdirSync(path))
    if (names !== undefined) return read(folder, names, isVerified)
  }
  return { isVerified, authorities: [] }
}

/** @throws invalid `certificate-incomplete` */
function read(folder: string, names: readonly string[], isVerified: boolean): TlsOptions {
  const text = (name: string) => readFileSync(join(folder, name), 'utf8')
  checkPairs(folder, names)
  const authorities = names.filter((name) => name.endsWith('.crt')).map(text)
  const certificate = names.find((name) => name.endsWith('.cert'))
  if (certificate === undefined) return { isVerified, authorities }
  const key = certificate.replace(/\.cert$/, '.key')
  return { isVerified, authorities, client: { certificate: text(certificate), key: text(key) } }
}

/** As podman: half a client certificate is a mistake. */
function checkPairs(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const [, stem = '', kind] = /^(.*)\.(cert|key)$/.exec(name) ?? []
    const other = `${stem}.${kind === 'cert' ? 'key' : 'cert'}`
    if (kind === undefined || names.includes(other)) continue
    const missing =
      kind === 'cert'
        ? `key ${other} for client certificate ${name}. Certificates of authorities are called .crt`
        : `client certificate ${other} for key ${name}`
    throw invalid('certificate-incomplete', `${folder}: missing ${missing}`)
  }
}
