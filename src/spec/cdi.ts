// Container Device Interface: files of vendors that say what a container needs to use a device of theirs, from 0.3.0 to 1.0.0.

import { defined } from '../base/defined.ts'
import { isCdiDevice, isCdiKind } from './cdi-name.ts'
import { mergeEnvironment } from './environment.ts'
import type { ResolvedUser } from './facts.ts'
import { mergeHooks, type OciHooks, parseHookStage, parseOciHook } from './hooks.ts'
import { listIn, numberIn, objectIn, textIn, textsIn } from './json-value.ts'
import { sortByDepth } from './mounts.ts'
import type { OciConfig, OciMount } from './oci-config.ts'

export interface CdiSpec {
  /** `vendor/class` */
  readonly kind: string
  /** For whoever gets any of its devices. */
  readonly edits: ContainerEdits
  readonly devices: ReadonlyMap<string, ContainerEdits>
}

export interface ContainerEdits {
  readonly environment: readonly string[]
  readonly devices: readonly CdiNode[]
  readonly mounts: readonly OciMount[]
  readonly hooks: OciHooks
  readonly groups: readonly number[]
  readonly rdt?: NonNullable<OciConfig['linux']['intelRdt']>
}

/** What it does not say is the node's on the host. */
export interface CdiNode {
  readonly path: string
  readonly hostPath: string
  readonly type?: 'b' | 'c'
  readonly major?: number
  readonly minor?: number
  readonly fileMode?: number
  readonly permissions: string
  readonly uid?: number
  readonly gid?: number
}

/** `document`: what JSON or YAML made of the file. @throws Error with what is wrong */
export function parseCdiSpec(document: unknown): CdiSpec {
  const file = objectIn(document, 'the file')
  const version = textIn(file['cdiVersion'], 'cdiVersion') ?? ''
  if (!/^v?(?:0\.[3-8]\.\d+|1\.0\.\d+)$/.test(version))
    throw new Error(`cdiVersion ${JSON.stringify(version)} is unknown`)
  const kind = textIn(file['kind'], 'kind') ?? ''
  if (!isCdiKind(kind)) throw new Error(`kind ${JSON.stringify(kind)} is no vendor/class`)
  const devices = listIn(file['devices'], 'devices').map((device) => {
    const { name, containerEdits } = objectIn(device, 'devices')
    if (typeof name !== 'string' || !isCdiDevice(name))
      throw new Error(`device name ${JSON.stringify(name)} is malformed`)
    return [name, parseEdits(containerEdits)] as const
  })
  return { kind, edits: parseEdits(file['containerEdits']), devices: new Map(devices) }
}

export function mergeEdits(all: readonly ContainerEdits[]): ContainerEdits {
  return {
    environment: all.flatMap(({ environment }) => environment),
    devices: all.flatMap(({ devices }) => devices),
    mounts: all.flatMap(({ mounts }) => mounts),
    hooks: mergeHooks(...all.map(({ hooks }) => hooks)),
    groups: all.flatMap(({ groups }) => groups),
    ...defined({ rdt: all.findLast(({ rdt }) => rdt !== undefined)?.rdt }),
  }
}

/** All but its devices, which come with those of the host: see OciFacts. */
export function applyEdits(config: OciConfig, edits: ContainerEdits): OciConfig {
  const { process } = config
  const places = new Map([...config.mounts, ...edits.mounts].map((mount) => [mount.destination, mount]))
  const hooks = mergeHooks(config.hooks, edits.hooks)
  const groups = new Set([...process.user.additionalGids, ...edits.groups.filter((group) => group !== 0)])
  return {
    ...config,
    process: {
      ...process,
      user: { ...process.user, additionalGids: [...groups] },
      env: mergeEnvironment(process.env, edits.environment),
    },
    mounts: sortByDepth([...places.values()]),
    ...(Object.keys(hooks).length === 0 ? {} : { hooks }),
    linux: { ...config.linux, ...(edits.rdt === undefined ? {} : { intelRdt: edits.rdt }) },
  }
}

/** Whose a node is that says nothing: the user's who uses it. */
export function ownerOfNode({ uid, gid }: CdiNode, user: ResolvedUser): { uid: number; gid: number } {
  return { uid: uid ?? user.uid, gid: gid ?? user.gid }
}

function parseEdits(value: unknown): ContainerEdits {
  const edits = objectIn(value ?? {}, 'containerEdits')
  return {
    environment: (textsIn(edits['env'], 'env') ?? []).map(checkVariable),
    devices: listIn(edits['deviceNodes'], 'deviceNodes').map(parseNode),
    mounts: listIn(edits['mounts'], 'mounts').map(parseMount),
    hooks: parseHooks(edits['hooks']),
    groups: listIn(edits['additionalGids'], 'additionalGids').map((gid) => numberIn(gid, 'additionalGids') ?? 0),
    ...(edits['intelRdt'] === undefined ? {} : { rdt: parseRdt(edits['intelRdt']) }),
  }
}

function checkVariable(entry: string): string {
  if (/^[^=]+=/s.test(entry)) return entry
  throw new Error(`env ${JSON.stringify(entry)} is no NAME=value`)
}

function parseNode(value: unknown): CdiNode {
  const node = objectIn(value, 'deviceNodes')
  const path = pathIn(node['path'], 'deviceNodes.path')
  const type = textIn(node['type'], 'deviceNodes.type')
  if (type !== undefined && !['b', 'c', 'u', ''].includes(type)) throw new Error(`device type ${type} is unknown`)
  const permissions = textIn(node['permissions'], 'deviceNodes.permissions') || 'rwm'
  if (!/^[rwm]+$/.test(permissions)) throw new Error(`permissions ${permissions} are not of r, w and m`)
  const number = (key: string) => numberIn(node[key], `deviceNodes.${key}`)
  return {
    path,
    hostPath: textIn(node['hostPath'], 'deviceNodes.hostPath') || path,
    permissions,
    ...defined({
      type: type === 'u' ? 'c' : ((type || undefined) as CdiNode['type']),
      major: number('major'),
      minor: number('minor'),
      fileMode: number('fileMode'),
      uid: number('uid'),
      gid: number('gid'),
    }),
  }
}

function parseMount(value: unknown): OciMount {
  const mount = objectIn(value, 'mounts')
  const options = textsIn(mount['options'], 'mounts.options') ?? []
  const type = textIn(mount['type'], 'mounts.type') || 'bind'
  const isBound = type !== 'bind' || options.includes('bind') || options.includes('rbind')
  return {
    destination: pathIn(mount['containerPath'], 'mounts.containerPath'),
    source: textIn(mount['hostPath'], 'mounts.hostPath') ?? '',
    type,
    options: isBound ? options : [...options, 'rbind'],
  }
}

function parseHooks(value: unknown): OciHooks {
  return mergeHooks(
    ...listIn(value, 'hooks').map((item) => {
      const hook = objectIn(item, 'hooks')
      const stage = parseHookStage(textIn(hook['hookName'], 'hooks.hookName') ?? '')
      if (stage === 'precreate') throw new Error('there is no stage "precreate"')
      return { [stage]: [parseOciHook(hook)] }
    }),
  )
}

function parseRdt(value: unknown): NonNullable<ContainerEdits['rdt']> {
  const rdt = objectIn(value, 'intelRdt')
  const text = (key: string) => textIn(rdt[key], `intelRdt.${key}`)
  return defined({ closID: text('closID'), l3CacheSchema: text('l3CacheSchema'), memBwSchema: text('memBwSchema') })
}

function pathIn(value: unknown, name: string): string {
  if (typeof value === 'string' && value.startsWith('/')) return value
  throw new Error(`${name} is no absolute path`)
}
