// A Kubernetes manifest: several documents of YAML or JSON, lists of objects among them → typed objects, dependencies first.

import { createHash } from 'node:crypto'
import { errorMessage } from '../../base/errors.ts'
import { volumeOfClaim } from './claim-name.ts'
import { Fields, invalidManifest } from './fields.ts'
import { type KubePod, readMetadata, readPod } from './read-pod.ts'

export interface Manifest {
  readonly pods: readonly KubePod[]
  readonly configMaps: readonly KubeData[]
  readonly secrets: readonly KubeSecret[]
  readonly claims: readonly KubeClaim[]
  /** Of all documents. */
  readonly kinds: readonly string[]
  /** Of the whole text: hex sha256. */
  readonly digest: string
  /** What is in it and not honoured, a line each. */
  readonly unhonoured: readonly string[]
}

/** Of a config map or a secret: content by key. */
export interface KubeData {
  readonly name: string
  readonly data: ReadonlyMap<string, Buffer>
}

export interface KubeSecret extends KubeData {
  readonly isImmutable: boolean
  /** The whole document: what is stored of it, as podman does. */
  readonly document: unknown
}

export interface KubeClaim {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** @throws invalid `manifest-invalid`, naming the path of the field */
export async function readManifest(text: string): Promise<Manifest> {
  const draft = { pods: [], configMaps: [], secrets: [], claims: [], unhonoured: [] } satisfies Draft
  const documents = await readDocuments(text)
  for (const document of documents) readDocument(draft, document)
  const digest = createHash('sha256').update(text).digest('hex')
  return { ...draft, kinds: documents.map(({ kind }) => kind), digest }
}

interface Draft {
  readonly pods: KubePod[]
  readonly configMaps: KubeData[]
  readonly secrets: KubeSecret[]
  readonly claims: KubeClaim[]
  readonly unhonoured: string[]
}

function parse(text: string, parseStream: (text: string) => unknown[]): unknown[] {
  try {
    return parseStream(text)
  } catch (error) {
    throw invalidManifest(`multi doc yaml could not be split: ${errorMessage(error).split('\n')[0]}`)
  }
}

export interface KubeDocument {
  readonly kind: string
  readonly fields: Fields
  readonly value: unknown
}

/** As they are, of whatever kind. @throws invalid `manifest-invalid` */
export async function readDocuments(text: string): Promise<KubeDocument[]> {
  const { parseYamlStream } = await import('../../base/yaml.ts')
  return documentsOf(parse(text, parseYamlStream))
}

/** The items of a list are documents of their own. */
function documentsOf(values: readonly unknown[]): KubeDocument[] {
  return values.flatMap((value) => {
    const fields = new Fields(value, '')
    fields.passOver('apiVersion')
    const kind = fields.text('kind') ?? ''
    if (kind !== 'List') return [{ kind, fields, value }]
    return documentsOf((value as { readonly items?: unknown[] }).items ?? [])
  })
}

type Reader = (draft: Draft, document: KubeDocument) => void

const readers: Readonly<Record<string, Reader>> = {
  Pod: ({ pods }, { fields }) => {
    const { name } = readMetadata(fields.object('metadata'))
    if (name === '') throw invalidManifest('pod does not have a name')
    pods.push(readPod(fields, name))
  },
  Deployment: (draft, { fields }) => readWorkload(draft, fields, 'deployment'),
  DaemonSet: (draft, { fields }) => readWorkload(draft, fields, 'daemonSet'),
  Job: (draft, { fields }) => readWorkload(draft, fields, 'job'),
  ConfigMap: ({ configMaps }, { fields }) => configMaps.push(readConfigMap(fields)),
  Secret: ({ secrets }, { fields, value }) => secrets.push(readSecret(fields, value)),
  PersistentVolumeClaim: ({ claims }, { fields }) => claims.push(readClaim(fields)),
}

function readDocument(draft: Draft, document: KubeDocument): void {
  const { kind, fields } = document
  const read = Object.hasOwn(readers, kind) ? readers[kind] : undefined
  if (read === undefined) {
    draft.unhonoured.push(`kind ${kind === '' ? '(none)' : kind} is not supported`)
    return
  }
  fields.passOver('status')
  try {
    read(draft, document)
  } catch (error) {
    const name = nameOf(document)
    if (!(error instanceof Error) || name === '') throw error
    throw invalidManifest(`${kind} ${name}: ${error.message}`)
  }
  const name = nameOf(document)
  draft.unhonoured.push(...fields.unread().map((path) => `${kind} ${name}: ${path} is not honoured`))
}

function nameOf({ value }: KubeDocument): string {
  const { metadata } = value as { readonly metadata?: { readonly name?: unknown } }
  return typeof metadata?.name === 'string' ? metadata.name : ''
}

/** One pod, whatever the number that is asked for: podman's way. Annotations are the workload's. */
function readWorkload(draft: Draft, fields: Fields, word: string): void {
  const metadata = fields.object('metadata')
  const { name, annotations } = readMetadata(metadata)
  if (name === '') throw invalidManifest(`${word} does not have a name`)
  const spec = fields.object('spec')
  const template = spec?.object('template')
  if (spec === undefined || template === undefined) throw invalidManifest('spec.template: is needed')
  spec.passOver('selector')
  const replicas = spec.number('replicas') ?? 1
  if (replicas > 1) {
    draft.unhonoured.push('Limiting replica count to 1, more than one replica is not supported by Gantry')
  }
  for (const count of word === 'job' ? ['completions', 'parallelism'] : []) {
    const wanted = spec.number(count) ?? 1
    if (wanted !== 1) draft.unhonoured.push(`Job ${name}: spec.${count} is not honoured`)
  }
  const pod = readPod(template, `${name}-pod`)
  draft.pods.push({ ...pod, annotations: { ...annotations, ...pod.annotations } })
}

function readConfigMap(fields: Fields): KubeData {
  const { name } = readMetadata(fields.object('metadata'))
  fields.passOver('immutable')
  const texts = Object.entries(fields.pairs('data')).map(([key, text]) => [key, Buffer.from(text)] as const)
  const binary = decoded(fields.pairs('binaryData'))
  const twice = binary.find(([key]) => texts.some(([other]) => other === key))?.[0]
  if (twice !== undefined) {
    throw invalidManifest(`the ConfigMap "${name}" is invalid: duplicate key "${twice}" present in data and binaryData`)
  }
  return { name, data: new Map([...texts, ...binary]) }
}

function readSecret(fields: Fields, document: unknown): KubeSecret {
  const { name } = readMetadata(fields.object('metadata'))
  if (name === '') throw invalidManifest('secret does not have a name')
  fields.passOver('type')
  return { name, isImmutable: fields.boolean('immutable') ?? false, document, data: secretData(fields) }
}

/** Also of a stored secret's document. @throws invalid `manifest-invalid` */
export function secretData(fields: Fields): ReadonlyMap<string, Buffer> {
  const texts = Object.entries(fields.pairs('stringData')).map(([key, text]) => [key, Buffer.from(text)] as const)
  return new Map([...decoded(fields.pairs('data')), ...texts])
}

function decoded(pairs: Readonly<Record<string, string>>): (readonly [string, Buffer])[] {
  return Object.entries(pairs).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const)
}

function readClaim(fields: Fields): KubeClaim {
  const metadata = readMetadata(fields.object('metadata'))
  if (metadata.name.trim() === '') throw invalidManifest('persistent volume claim name can not be empty')
  // A volume is as large as its disk, and whoever can reach it may write.
  fields.object('spec')?.passOver('accessModes', 'resources', 'storageClassName', 'volumeMode')
  return { ...metadata, name: volumeOfClaim(metadata.name, metadata.annotations) }
}
