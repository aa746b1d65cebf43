// imagePullSecrets: credentials for registries, out of secrets of kind kubernetes.io/dockerconfigjson.

import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { randomHex } from '../../base/random.ts'
import { makeFolders } from '../../os/make-folders.ts'
import type { Engine } from '../engine.ts'
import type { RegistryAccess } from '../image/registry-session.ts'
import { invalidManifest } from './fields.ts'
import type { KubePod } from './read-pod.ts'
import { storedSecretData } from './stored-secret.ts'

export interface PullAccess extends Disposable {
  readonly access: RegistryAccess
}

/** With what the pod's secrets give, unless the caller brought credentials of its own; good until it is disposed. @throws not-found `secret-unknown`; invalid `manifest-invalid` */
export async function openPullAccess(
  engine: Engine,
  { pullSecrets }: KubePod,
  access: RegistryAccess,
): Promise<PullAccess> {
  const isKnown = access.authFile !== undefined || access.credentials !== undefined
  if (pullSecrets.length === 0 || isKnown) return { access, [Symbol.dispose]: () => undefined }
  const auths: Record<string, unknown> = {}
  for (const name of pullSecrets) Object.assign(auths, await authsOf(engine, name))
  const file = passingFile(engine, JSON.stringify({ auths }))
  return { access: { ...access, authFile: file.path }, [Symbol.dispose]: () => file[Symbol.dispose]() }
}

async function authsOf(engine: Engine, name: string): Promise<object> {
  const data = await storedSecretData(engine, name, { isOptional: false })
  const text = data?.get('.dockerconfigjson') ?? data?.get('.dockercfg')
  try {
    const config: unknown = JSON.parse(text?.toString('utf8') ?? '')
    if (typeof config !== 'object' || config === null) throw new TypeError('no object')
    return 'auths' in config && typeof config.auths === 'object' && config.auths !== null ? config.auths : config
  } catch {
    throw invalidManifest(`secret ${name} is no kubernetes.io/dockerconfigjson: it cannot be an imagePullSecret`)
  }
}

/** Without a name while it is used: credentials must not survive a kill. */
function passingFile({ at }: Engine, text: string): Disposable & { readonly path: string } {
  makeFolders(at.run, 0o700)
  const name = join(at.run, `${randomHex(6)}.tmp`)
  const fd = openSync(name, 'wx+', 0o600)
  unlinkSync(name)
  writeSync(fd, text)
  return { path: `/proc/self/fd/${fd}`, [Symbol.dispose]: () => closeSync(fd) }
}
