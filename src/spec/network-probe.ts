// A health check that Gantry makes itself: the image need have no program for it.

interface Target {
  /** A name or an address, as the host knows it: it is asked from there. Undefined is the container's loopback. */
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
