// A health check that Gantry makes itself, over the container's network: the image need have no program for it.

import { parseIp } from '../base/ip-address.ts'

interface Target {
  /** An IP address; undefined is the container's loopback. */
  readonly host?: string
  readonly port: number
}

export type NetworkRequest = Target &
  (
    | { readonly kind: 'tcp' }
    | {
        readonly kind: 'http'
        readonly scheme: 'http' | 'https'
        readonly path: string
        readonly headers: readonly (readonly [name: string, value: string])[]
      }
  )

export type NetworkProbe =
  | NetworkRequest
  /** grpc.health.v1.Health/Check, without TLS. */
  | (Target & { readonly kind: 'grpc'; readonly service: string })

/** `always`: nothing is asked; for a check that stands behind a startup check alone. */
export type OwnProbe = NetworkProbe | { readonly kind: 'always' }

/** Names would have to be looked up inside. */
export function isProbeHost(host: string | undefined): boolean {
  return host === undefined || host === 'localhost' || parseIp(host) !== undefined
}
