// Values that a manifest takes from elsewhere: from the pod itself, its limits, config maps and secrets; and policies of pulling.

import { type Fields, invalidManifest } from './fields.ts'
import { parseQuantity } from './quantity.ts'

/** The downward API. */
export type FieldSource =
  | { readonly kind: 'field'; readonly field: PodField; readonly path: string }
  | {
      readonly kind: 'resource'
      readonly resource: ResourceName
      readonly divisor: number
      readonly container: string | undefined
      readonly path: string
    }

export type PodField =
  | { readonly kind: 'name' | 'uid' | 'namespace' | 'labels' | 'annotations' | 'node' | 'account' }
  /** `address` is known from start to start. */
  | { readonly kind: 'address' | 'host-address' }
  | { readonly kind: 'label' | 'annotation'; readonly key: string }

const resourceNames = ['limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'] as const
export type ResourceName = (typeof resourceNames)[number]

const fieldNames: Readonly<Record<string, PodField>> = {
  'metadata.name': { kind: 'name' },
  'metadata.uid': { kind: 'uid' },
  'metadata.namespace': { kind: 'namespace' },
  'metadata.labels': { kind: 'labels' },
  'metadata.annotations': { kind: 'annotations' },
  'spec.nodeName': { kind: 'node' },
  'spec.serviceAccountName': { kind: 'account' },
  'status.podIP': { kind: 'address' },
  'status.podIPs': { kind: 'address' },
  'status.hostIP': { kind: 'host-address' },
  'status.hostIPs': { kind: 'host-address' },
}

/** Of an object with `fieldRef` or `resourceFieldRef`. @throws invalid `manifest-invalid` */
export function readFieldSource(fields: Fields): FieldSource {
  const field = fields.object('fieldRef')
  if (field !== undefined) return readFieldRef(field)
  const resource = fields.object('resourceFieldRef')
  if (resource === undefined) {
    const [other] = fields.names()
    const what = other === undefined ? 'needs fieldRef or resourceFieldRef' : `${other} is not supported`
    throw invalidManifest(`${fields.path}: ${what}`)
  }
  const name = resource.neededText('resource')
  const known = resourceNames.find((one) => one === name)
  if (known === undefined)
    throw invalidManifest(`${resource.pathOf('resource')}: resource ${name} is either not valid or not supported`)
  return {
    kind: 'resource',
    resource: known,
    divisor: readDivisor(resource, known),
    container: resource.text('containerName'),
    path: resource.path,
  }
}

function readFieldRef(fields: Fields): FieldSource {
  fields.passOver('apiVersion')
  const name = fields.neededText('fieldPath')
  const [, list, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(name) ?? []
  const field: PodField | undefined =
    key === undefined
      ? Object.hasOwn(fieldNames, name)
        ? fieldNames[name]
        : undefined
      : { kind: list === 'labels' ? 'label' : 'annotation', key }
  if (field !== undefined) return { kind: 'field', field, path: fields.path }
  throw invalidManifest(`${fields.pathOf('fieldPath')}: fieldPath ${name} is either not valid or not supported`)
}

/** Kubernetes' own: of CPUs 1 and 1m, of memory any power. */
function readDivisor(fields: Fields, resource: ResourceName): number {
  const text = String(fields.textOrNumber('divisor') ?? '0')
  if (text === '0') return 1
  const pattern = resource.endsWith('cpu') ? /^1m?$/ : /^1(?:k|[MGTPE]i?|Ki)?$/
  if (pattern.test(text)) return parseQuantity(text, fields.pathOf('divisor'))
  throw invalidManifest(`${fields.pathOf('divisor')}: divisor value ${text} is not valid`)
}

export type PullPolicy = 'always' | 'missing' | 'never' | 'newer'

const pullPolicies: Readonly<Record<string, PullPolicy>> = {
  always: 'always',
  ifnotpresent: 'missing',
  missing: 'missing',
  never: 'never',
  newer: 'newer',
}

/** Kubernetes' words, and podman's, in any case. @throws invalid `manifest-invalid` */
export function readPullPolicy(fields: Fields, name: string): PullPolicy | undefined {
  const text = fields.text(name)
  if (text === undefined || text === '') return undefined
  const word = text.toLowerCase()
  const policy = Object.hasOwn(pullPolicies, word) ? pullPolicies[word] : undefined
  if (policy !== undefined) return policy
  throw invalidManifest(`${fields.pathOf(name)}: unsupported pull policy ${JSON.stringify(text)}`)
}
