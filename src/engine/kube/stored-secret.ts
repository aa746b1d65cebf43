// Secrets of manifests: stored whole under their names, as podman does, and read again by key.

import { findSecret, isSecretUnknown, listSecrets } from '../../secret/secret-store.ts'
import type { Engine } from '../engine.ts'
import { createSecret } from '../secret/create.ts'
import { readSecretData } from '../secret/secret-data.ts'
import { Fields, invalidManifest } from './fields.ts'
import { type KubeSecret, secretData } from './read-manifest.ts'

/** Its id; one of the name that is there is replaced. Durable. @throws invalid `manifest-invalid` for one that must not change */
export async function storeSecret(engine: Engine, { name, document }: KubeSecret): Promise<string> {
  const old = listSecrets(engine.at).find((secret) => secret.name === name)
  if (old !== undefined && documentOf(await readSecretData(engine, old))?.boolean('immutable') === true)
    throw invalidManifest('cannot remove colliding secret as it is set to immutable')
  const data = Buffer.from(`${JSON.stringify(document)}\n`)
  return createSecret(engine, { name, data, labels: {}, isReplacing: true })
}

/** Undefined for an optional one that is not there. @throws not-found `secret-unknown`; invalid `manifest-invalid` */
export async function storedSecretData(
  engine: Engine,
  name: string,
  { isOptional }: { readonly isOptional: boolean },
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  try {
    const document = documentOf(await readSecretData(engine, findSecret(engine.at, name)))
    if (document !== undefined) return secretData(document)
  } catch (error) {
    if (!isOptional || !isSecretUnknown(error)) throw error
    return undefined
  }
  throw invalidManifest(`secret ${name} is not valid JSON/YAML: it is no Secret of Kubernetes`)
}

function documentOf(data: Buffer): Fields | undefined {
  try {
    return new Fields(JSON.parse(data.toString('utf8')), '')
  } catch {
    return undefined
  }
}
