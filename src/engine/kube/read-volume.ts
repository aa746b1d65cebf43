// A pod's volumes: where each comes from.

import { defined } from '../../base/defined.ts'
import { type Fields, invalidManifest } from './fields.ts'
import { parseQuantity } from './quantity.ts'
import { type FieldSource, type PullPolicy, readFieldSource, readPullPolicy } from './read-value-source.ts'

export interface KubeVolume {
  readonly name: string
  readonly source: VolumeSource
  /** As the manifest has it. */
  readonly written: Readonly<Record<string, unknown>>
}

export type VolumeSource =
  | { readonly kind: 'host-path'; readonly path: string; readonly type: HostPathType }
  | { readonly kind: 'claim'; readonly name: string; readonly isReadOnly: boolean }
  /** Gone with the pod. */
  | { readonly kind: 'empty'; readonly isInMemory: boolean; readonly limitBytes?: number; readonly mode?: number }
  | { readonly kind: 'files'; readonly sources: readonly FileSource[]; readonly mode: number }
  | { readonly kind: 'image'; readonly reference: string; readonly pull: PullPolicy | undefined }

export type FileSource =
  | {
      readonly kind: 'config-map' | 'secret'
      readonly name: string
      /** All keys where there are none. */
      readonly items: readonly FileItem[]
      readonly isOptional: boolean
    }
  | { readonly kind: 'downward'; readonly items: readonly DownwardItem[] }

export interface FileItem {
  readonly key: string
  readonly path: string
  readonly mode?: number
}

export interface DownwardItem {
  readonly path: string
  readonly mode?: number
  readonly value: FieldSource
}

const hostPathTypes = [
  'DirectoryOrCreate',
  'Directory',
  'FileOrCreate',
  'File',
  'Socket',
  'CharDevice',
  'BlockDevice',
] as const
export type HostPathType = (typeof hostPathTypes)[number] | undefined

const usualMode = 0o644

/** @throws invalid `manifest-invalid` */
export function readVolume(fields: Fields): KubeVolume {
  const name = fields.neededText('name')
  const source = readSource(fields)
  const { name: _name, ...written } = fields.plain()
  if (source !== undefined) return { name, source, written }
  const [kind] = fields.names().filter((one) => one !== 'name')
  const what = kind === undefined ? 'has no source' : `is of kind ${kind}, which Gantry does not know`
  throw invalidManifest(`${fields.path}: volume ${JSON.stringify(name)} ${what}`)
}

function readSource(fields: Fields): VolumeSource | undefined {
  const [hostPath, claim] = [fields.object('hostPath'), fields.object('persistentVolumeClaim')]
  if (hostPath !== undefined)
    return {
      kind: 'host-path',
      path: hostPath.neededText('path'),
      type: hostPath.word('type', hostPathTypes) || undefined,
    }
  if (claim !== undefined)
    return { kind: 'claim', name: claim.neededText('claimName'), isReadOnly: claim.boolean('readOnly') ?? false }
  const [empty, image, ephemeral] = [fields.object('emptyDir'), fields.object('image'), fields.object('ephemeral')]
  if (ephemeral !== undefined) return readEphemeral(ephemeral)
  if (empty !== undefined) return readEmptyDir(empty)
  if (image !== undefined)
    return { kind: 'image', reference: image.neededText('reference'), pull: readPullPolicy(image, 'pullPolicy') }
  return readFiles(fields)
}

/** Only memory can be limited: else the limit is left unread, and so told of. */
function readEmptyDir(fields: Fields): VolumeSource {
  const isInMemory = fields.word('medium', ['Memory']) === 'Memory'
  const limit = isInMemory ? fields.textOrNumber('sizeLimit') : undefined
  const limitBytes = limit === undefined ? undefined : Math.floor(parseQuantity(limit, fields.pathOf('sizeLimit')))
  return { kind: 'empty', isInMemory, ...defined({ limitBytes, mode: readMode(fields, 'mode', 0o1777) }) }
}

/** A claim that goes with the pod. As with other claims, a volume is as large as its disk. */
function readEphemeral(fields: Fields): VolumeSource {
  fields.passOver('volumeClaimTemplate')
  return { kind: 'empty', isInMemory: false }
}

function readFiles(fields: Fields): VolumeSource | undefined {
  const projected = fields.object('projected')
  const single = (['configMap', 'secret', 'downwardAPI'] as const).find((name) => fields.has(name))
  const owner = projected ?? (single === undefined ? undefined : fields.object(single))
  if (owner === undefined) return undefined
  const mode = readMode(owner, 'defaultMode') ?? usualMode
  if (projected !== undefined)
    return { kind: 'files', mode, sources: projected.objects('sources').flatMap(readProjection) }
  if (single === 'downwardAPI') return { kind: 'files', mode, sources: [readDownward(owner)] }
  const source =
    single === 'configMap'
      ? readKeys(owner, { kind: 'config-map', nameField: 'name' })
      : readKeys(owner, { kind: 'secret', nameField: 'secretName' })
  return { kind: 'files', mode, sources: [source] }
}

/** A kind that is not known stays unread, and so is told of. */
function readProjection(fields: Fields): FileSource[] {
  const [map, secret, downward] = [fields.object('configMap'), fields.object('secret'), fields.object('downwardAPI')]
  return [
    ...(map === undefined ? [] : [readKeys(map, { kind: 'config-map', nameField: 'name' })]),
    ...(secret === undefined ? [] : [readKeys(secret, { kind: 'secret', nameField: 'name' })]),
    ...(downward === undefined ? [] : [readDownward(downward)]),
  ]
}

function readKeys(
  fields: Fields,
  { kind, nameField }: { readonly kind: 'config-map' | 'secret'; readonly nameField: string },
): FileSource {
  return {
    kind,
    name: fields.neededText(nameField),
    items: fields.objects('items').map((item) => ({
      key: item.neededText('key'),
      path: readPath(item),
      ...defined({ mode: readMode(item, 'mode') }),
    })),
    isOptional: fields.boolean('optional') ?? false,
  }
}

function readDownward(fields: Fields): FileSource {
  const items = fields.objects('items').map((item) => ({
    path: readPath(item),
    value: readFileField(item),
    ...defined({ mode: readMode(item, 'mode') }),
  }))
  return { kind: 'downward', items }
}

/** As in Kubernetes, addresses are for variables alone. @throws invalid `manifest-invalid` */
function readFileField(fields: Fields): FieldSource {
  const source = readFieldSource(fields)
  if (source.kind === 'resource' || !['address', 'host-address'].includes(source.field.kind)) return source
  throw invalidManifest(`${source.path}: addresses can be had as variables, not in files`)
}

/** Inside the volume, and never out of it. */
function readPath(fields: Fields): string {
  const path = fields.neededText('path')
  if (!path.startsWith('/') && !path.split('/').includes('..')) return path
  throw invalidManifest(`${fields.pathOf('path')}: ${JSON.stringify(path)} must lie inside the volume`)
}

function readMode(fields: Fields, name: string, most = 0o777): number | undefined {
  const mode = fields.number(name)
  if (mode === undefined || (mode >= 0 && mode <= most)) return mode
  throw invalidManifest(`${fields.pathOf(name)}: must be a mode between 0000 and 0${most.toString(8)}, not ${mode}`)
}
