// containers-certs.d(5): certificates for one registry, `<dir>/<host:port>/{*.crt,*.cert,*.key}`.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import type { TlsOptions } from './http.ts'

export interface CertificatePlaces {
  /** --cert-dir: holds the files itself. */
  readonly folder: string | undefined
  readonly home: string | undefined
}

/** The first folder that exists counts. */
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
    const names = absentAsUndefined(() => readdirSync(folder))
    if (names !== undefined) return read(folder, names, isVerified)
  }
  return { isVerified, authorities: [] }
}

function read(folder: string, names: readonly string[], isVerified: boolean): TlsOptions {
  const text = (name: string) => readFileSync(join(folder, name), 'utf8')
  const authorities = names.filter((name) => name.endsWith('.crt')).map(text)
  const certificate = names.find((name) => name.endsWith('.cert'))
  const key = certificate?.replace(/\.cert$/, '.key')
  if (certificate === undefined || key === undefined || !names.includes(key)) return { isVerified, authorities }
  return { isVerified, authorities, client: { certificate: text(certificate), key: text(key) } }
}
