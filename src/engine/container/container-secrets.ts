// A container's secrets: what they say is kept with the container as it was when that was made, sealed; at each start it goes to a tmpfs, or into the
// environment. Nothing else of the container's knows it.

import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { writeNewFile } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { native } from '../../os/native.ts'
import type { Sealed } from '../../secret/seal.ts'
import { findSecret } from '../../secret/secret-store.ts'
import type { CompleteSpec, ContainerSpec } from '../../spec/container-spec.ts'
import type { IdMappings, OciFacts } from '../../spec/facts.ts'
import { outsideId } from '../../spec/id-mapping.ts'
import type { SecretMount } from '../../spec/secrets.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { isMountPoint } from '../../storage/mount-state.ts'
import type { Engine } from '../engine.ts'
import { readSecretData } from '../secret/secret-data.ts'
import type { StoredContainer } from './stored-container.ts'

/** By id. */
type KeptSecrets = Readonly<Record<string, Sealed>>

/** With the ids of the secrets that it names. @throws not-found `secret-unknown` */
export function resolveSecrets(engine: Engine, spec: ContainerSpec): ContainerSpec {
  const { mounts = [], environment = [] } = spec.secrets ?? {}
  if (mounts.length + environment.length === 0) return spec
  const found = <T extends { readonly name: string }>(use: T) => {
    const { id, name } = findSecret(engine.at, use.name)
    return { ...use, id, name }
  }
  return { ...spec, secrets: { mounts: mounts.map(found), environment: environment.map(found) } }
}

/** Into the container's folder, its cradle still. @throws as readSecretData */
export async function keepSecrets(engine: Engine, { secrets }: CompleteSpec, folder: string): Promise<void> {
  const ids = new Set([...(secrets?.mounts ?? []), ...(secrets?.environment ?? [])].map(({ id }) => id))
  if (ids.size === 0) return
  const { seal } = await import('../../secret/seal.ts')
  const kept: Record<string, Sealed> = {}
  for (const id of ids) {
    const data = await readSecretData(engine, findSecret(engine.at, id))
    kept[id] = seal(engine.settings.secretKeyFile, id, data)
  }
  writeNewFile(join(folder, containerFiles.root.secrets), JSON.stringify(kept))
}

/** The container's lock is held. Idempotent. @throws corrupt `secret-unreadable`; unavailable `secret-key-missing` */
export async function setUpSecrets(
  engine: Engine,
  { id, stored }: StoredContainer,
  mappings: IdMappings | undefined,
): Promise<Pick<OciFacts, 'secretFiles' | 'secretEnvironment'>> {
  const { mounts = [], environment = [] } = stored.spec.secrets ?? {}
  if (mounts.length + environment.length === 0) return { secretFiles: {}, secretEnvironment: [] }
  const reveal = await openKept(engine, id)
  const folder = join(paths.runContainer(engine.at, id), containerFiles.run.secrets)
  if (mounts.length > 0) mountMemory(folder)
  return {
    secretFiles: Object.fromEntries(
      mounts.map((mount, index) => {
        const path = join(folder, String(index))
        writeSecret(path, reveal(mount.id), { mount, mappings })
        return [mount.target, path]
      }),
    ),
    secretEnvironment: environment.map((variable) => `${variable.target}=${reveal(variable.id).toString('utf8')}`),
  }
}

async function openKept(engine: Engine, id: string): Promise<(secretId: string) => Buffer> {
  const { unseal } = await import('../../secret/seal.ts')
  const path = join(paths.container(engine.at, id), containerFiles.root.secrets)
  const kept = JSON.parse(absentAsUndefined(() => readFileSync(path, 'utf8')) ?? '{}') as KeptSecrets
  return (secretId) => {
    const sealed = kept[secretId]
    if (sealed === undefined) throw new Error(`container ${id} keeps no secret ${secretId}`)
    return unseal(engine.settings.secretKeyFile, secretId, sealed)
  }
}

const guarded = 2 | 4 | 8

/** Never on a disk, wherever $RUN lies. */
function mountMemory(folder: string): void {
  makeFolders(folder, 0o700)
  if (!isMountPoint(folder)) native().mount('tmpfs', folder, 'tmpfs', guarded, 'mode=0711')
}

interface Placing {
  readonly mount: SecretMount
  readonly mappings: IdMappings | undefined
}

function writeSecret(path: string, data: Buffer, { mount, mappings }: Placing): void {
  writeNewFile(path, data, { durable: false })
  native().lchown(path, outsideId(mount.uid, mappings?.uids ?? []), outsideId(mount.gid, mappings?.gids ?? []))
  chmodSync(path, mount.mode)
}
