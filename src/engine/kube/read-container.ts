// One entry of `containers` or `initContainers`.

import { defined } from '../../base/defined.ts'
import { type Fields, invalidManifest } from './fields.ts'
import { parseQuantity } from './quantity.ts'
import { type KubeLifecycle, type KubeProbe, type PortNames, readLifecycle, readProbe } from './read-action.ts'
import { type KubeSecurity, readSecurity } from './read-security.ts'
import { type FieldSource, type PullPolicy, readFieldSource, readPullPolicy } from './read-value-source.ts'

export interface KubeContainer {
  readonly name: string
  readonly image: string
  readonly pull?: PullPolicy
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly workdir?: string
  readonly environment: readonly KubeVariable[]
  readonly environmentFrom: readonly KubeVariableGroup[]
  readonly ports: readonly KubePort[]
  readonly limits: KubeResources
  readonly requests: KubeResources
  readonly devices: readonly string[]
  readonly mounts: readonly KubeMount[]
  readonly liveness?: KubeProbe
  readonly readiness?: KubeProbe
  readonly startup?: KubeProbe
  readonly lifecycle: KubeLifecycle
  readonly security: KubeSecurity
  readonly isStdinOpen: boolean
  readonly hasTerminal: boolean
  /** Of an init container: it stays beside the others (`restartPolicy: Always`). */
  readonly isSidecar: boolean
  /** Instead of its pod's. */
  readonly restart?: RestartWord
}

export interface KubeVariable {
  readonly name: string
  readonly value: VariableValue
}

export type VariableValue =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'config-map' | 'secret'
      readonly name: string
      readonly key: string
      readonly isOptional: boolean
    }
  | FieldSource

export interface KubeVariableGroup {
  readonly kind: 'config-map' | 'secret'
  readonly name: string
  readonly prefix: string
  readonly isOptional: boolean
}

export interface KubePort {
  readonly name?: string
  readonly port: number
  readonly hostPort: number
  readonly hostAddress: string
  readonly protocol: 'tcp' | 'udp' | 'sctp'
}

export interface KubeResources {
  readonly cpus?: number
  readonly memoryBytes?: number
}

export interface KubeMount {
  readonly volume: string
  readonly destination: string
  readonly isReadOnly: boolean
  readonly subPath?: string
  /** With variables of the container's. */
  readonly subPathExpression?: string
  readonly propagation?: 'private' | 'rslave' | 'rshared'
}

export const restartWords = ['Always', 'OnFailure', 'Never'] as const
export type RestartWord = (typeof restartWords)[number]

/** @throws invalid `manifest-invalid` */
export function readContainer(fields: Fields): KubeContainer {
  return { ...readCommon(fields), ...defined({ restart: fields.word('restartPolicy', restartWords) }) }
}

function readCommon(fields: Fields): KubeContainer {
  const ports = fields.objects('ports').map(readPort)
  const names: PortNames = new Map(ports.flatMap(({ name, port }) => (name === undefined ? [] : [[name, port]])))
  return {
    name: fields.neededText('name'),
    image: fields.neededText('image'),
    command: fields.texts('command') ?? [],
    args: fields.texts('args') ?? [],
    environment: fields.objects('env').map(readVariable),
    environmentFrom: fields.objects('envFrom').map(readVariableGroup),
    ports,
    ...readResources(fields.object('resources')),
    mounts: fields.objects('volumeMounts').map(readMount),
    lifecycle: readLifecycle(fields.object('lifecycle'), names),
    security: readSecurity(fields.object('securityContext')),
    isStdinOpen: fields.boolean('stdin') ?? false,
    hasTerminal: fields.boolean('tty') ?? false,
    isSidecar: false,
    ...defined({
      pull: readPullPolicy(fields, 'imagePullPolicy'),
      workdir: fields.text('workingDir') || undefined,
      liveness: readProbe(fields.object('livenessProbe'), names),
      startup: readProbe(fields.object('startupProbe'), names),
      readiness: readProbe(fields.object('readinessProbe'), names),
    }),
  }
}

/** @throws invalid `manifest-invalid` */
export function readInitContainer(fields: Fields): KubeContainer {
  const isSidecar = fields.is('restartPolicy', 'Always')
  const probes = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']
  const stranger = isSidecar ? undefined : probes.find((name) => fields.has(name))
  if (stranger !== undefined) {
    const message =
      'cannot create an init container that has either of lifecycle, livenessProbe, readinessProbe, or startupProbe set'
    throw invalidManifest(`${fields.pathOf(stranger)}: ${message}`)
  }
  return { ...readCommon(fields), isSidecar }
}

function readVariable(fields: Fields): KubeVariable {
  const name = fields.neededText('name')
  const from = fields.object('valueFrom')
  if (from === undefined) return { name, value: { kind: 'text', text: fields.text('value') ?? '' } }
  const [map, secret] = [from.object('configMapKeyRef'), from.object('secretKeyRef')]
  if (map !== undefined) return { name, value: { kind: 'config-map', ...readKey(map) } }
  if (secret !== undefined) return { name, value: { kind: 'secret', ...readKey(secret) } }
  return { name, value: readFieldSource(from) }
}

function readKey(fields: Fields) {
  return {
    name: fields.neededText('name'),
    key: fields.neededText('key'),
    isOptional: fields.boolean('optional') ?? false,
  }
}

function readVariableGroup(fields: Fields): KubeVariableGroup {
  const prefix = fields.text('prefix') ?? ''
  const [map, secret] = [fields.object('configMapRef'), fields.object('secretRef')]
  const source = map ?? secret
  if (source === undefined) throw invalidManifest(`${fields.path}: needs configMapRef or secretRef`)
  return {
    kind: map === undefined ? 'secret' : 'config-map',
    name: source.neededText('name'),
    prefix,
    isOptional: source.boolean('optional') ?? false,
  }
}

/** podman's: a hostPort alone is both. */
function readPort(fields: Fields): KubePort {
  const port = readPortNumber(fields, 'containerPort')
  const hostPort = readPortNumber(fields, 'hostPort')
  const protocol = (fields.text('protocol') ?? 'TCP').toLowerCase()
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp' && protocol !== '')
    throw invalidManifest(`${fields.pathOf('protocol')}: ${JSON.stringify(protocol)} is none of TCP, UDP, SCTP`)
  return {
    port: port || hostPort,
    hostPort,
    hostAddress: fields.text('hostIP') ?? '',
    protocol: protocol || 'tcp',
    ...defined({ name: fields.text('name') || undefined }),
  }
}

function readPortNumber(fields: Fields, name: string): number {
  const port = fields.number(name) ?? 0
  if (port >= 0 && port < 65536) return port
  throw invalidManifest(`${fields.pathOf(name)}: must be a port below 65536, not ${port}`)
}

export function readResources(fields: Fields | undefined): Pick<KubeContainer, 'limits' | 'requests' | 'devices'> {
  const [limits, requests] = [fields?.object('limits'), fields?.object('requests')]
  return {
    limits: readAmounts(limits),
    requests: readAmounts(requests),
    devices: [...new Set([...readDevices(limits), ...readDevices(requests)])],
  }
}

function readAmounts(fields: Fields | undefined): KubeResources {
  const amount = (name: string) => {
    const value = fields?.textOrNumber(name)
    return value === undefined || fields === undefined ? undefined : parseQuantity(value, fields.pathOf(name))
  }
  const memory = amount('memory')
  return defined({ cpus: amount('cpu'), memoryBytes: memory === undefined ? undefined : Math.floor(memory) })
}

/** podman's way to name devices: `podman.io/device=/dev/fuse: 1`, or a device of the Container Device Interface. */
function readDevices(fields: Fields | undefined): string[] {
  const names = fields?.names().filter((name) => /^[^/=]+\/[^/=]+=.+$/.test(name)) ?? []
  fields?.passOver(...names)
  return names
}

/** Options behind the path (`/data:z`) are podman's own. */
function readMount(fields: Fields): KubeMount {
  const destination = fields.neededText('mountPath')
  const propagation = fields.word('mountPropagation', ['None', 'HostToContainer', 'Bidirectional'])
  const kinds = { None: 'private', HostToContainer: 'rslave', Bidirectional: 'rshared' } as const
  return {
    volume: fields.neededText('name'),
    destination,
    isReadOnly: fields.boolean('readOnly') ?? false,
    ...defined({
      subPath: fields.text('subPath') || undefined,
      subPathExpression: fields.text('subPathExpr') || undefined,
      propagation: propagation === undefined ? undefined : kinds[propagation],
    }),
  }
}
