// What probes and lifecycle hooks do: run a program, ask over HTTP, or connect.

import { defined } from '../../base/defined.ts'
import { type Fields, invalidManifest } from './fields.ts'

export type KubeAction =
  | { readonly kind: 'exec'; readonly command: readonly string[] }
  | {
      readonly kind: 'http'
      readonly scheme: 'http' | 'https'
      readonly host: string | undefined
      readonly port: number
      readonly path: string
      readonly headers: readonly (readonly [name: string, value: string])[]
    }
  | { readonly kind: 'tcp'; readonly host: string | undefined; readonly port: number }

export type KubeProbeAction = KubeAction | { readonly kind: 'grpc'; readonly port: number; readonly service: string }

export interface KubeProbe {
  readonly action: KubeProbeAction
  readonly initialDelaySeconds: number
  readonly periodSeconds: number
  readonly timeoutSeconds: number
  readonly failureThreshold: number
  readonly successThreshold: number
}

/** Of a container's ports. */
export type PortNames = ReadonlyMap<string, number>

/** Undefined where there is none, or none of a kind that is honoured. @throws invalid `manifest-invalid` */
export function readProbe(fields: Fields | undefined, ports: PortNames): KubeProbe | undefined {
  const action = fields && (readGrpc(fields, ports) ?? readAction(fields, ports))
  if (fields === undefined || action === undefined) return undefined
  const atLeast = (name: string, least: number, usual: number) => {
    const value = fields.number(name) ?? usual
    return value < least ? usual : value
  }
  return {
    action,
    initialDelaySeconds: atLeast('initialDelaySeconds', 0, 0),
    periodSeconds: atLeast('periodSeconds', 1, 10),
    timeoutSeconds: atLeast('timeoutSeconds', 1, 1),
    failureThreshold: atLeast('failureThreshold', 1, 3),
    successThreshold: atLeast('successThreshold', 1, 1),
  }
}

export interface KubeLifecycle {
  readonly postStart?: KubeHook
  readonly preStop?: KubeHook
  readonly stopSignal?: string
}

export type KubeHook = KubeAction | { readonly kind: 'sleep'; readonly seconds: number }

/** @throws invalid `manifest-invalid` */
export function readLifecycle(fields: Fields | undefined, ports: PortNames): KubeLifecycle {
  return defined({
    postStart: readHook(fields?.object('postStart'), ports),
    preStop: readHook(fields?.object('preStop'), ports),
    stopSignal: fields?.text('stopSignal') || undefined,
  })
}

/** Undefined for one that asks for nothing, or for nothing that is honoured. */
function readHook(fields: Fields | undefined, ports: PortNames): KubeHook | undefined {
  const sleep = fields?.object('sleep')
  if (fields === undefined || sleep === undefined) return fields && readAction(fields, ports)
  const seconds = sleep.number('seconds') ?? 0
  if (seconds >= 0) return { kind: 'sleep', seconds }
  throw invalidManifest(`${sleep.pathOf('seconds')}: must be 0 or more, not ${seconds}`)
}

/** @throws invalid `manifest-invalid` */
function readAction(fields: Fields, ports: PortNames): KubeAction | undefined {
  const exec = fields.object('exec')
  if (exec !== undefined) return { kind: 'exec', command: exec.texts('command') ?? [] }
  const http = fields.object('httpGet')
  if (http !== undefined) return readHttp(http, ports)
  const tcp = fields.object('tcpSocket')
  return tcp === undefined ? undefined : { kind: 'tcp', host: tcp.text('host'), port: readPort(tcp, ports) }
}

function readGrpc(fields: Fields, ports: PortNames): KubeProbeAction | undefined {
  const grpc = fields.object('grpc')
  return grpc === undefined
    ? undefined
    : { kind: 'grpc', port: readPort(grpc, ports), service: grpc.text('service') ?? '' }
}

function readHttp(fields: Fields, ports: PortNames): KubeAction {
  const path = fields.text('path') ?? '/'
  return {
    kind: 'http',
    scheme: fields.word('scheme', ['HTTP', 'HTTPS', 'http', 'https'])?.toLowerCase() === 'https' ? 'https' : 'http',
    host: fields.text('host'),
    port: readPort(fields, ports),
    path: path.startsWith('/') ? path : `/${path}`,
    headers: fields.objects('httpHeaders').map((header) => [header.neededText('name'), header.text('value') ?? '']),
  }
}

function readPort(fields: Fields, ports: PortNames): number {
  const value = fields.textOrNumber('port')
  const port = typeof value === 'string' && !/^\d+$/.test(value) ? ports.get(value) : Number(value)
  if (port !== undefined && Number.isInteger(port) && port > 0 && port < 65536) return port
  throw invalidManifest(`${fields.pathOf('port')}: unknown port: ${value}`)
}
