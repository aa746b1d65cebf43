// buildah from: a working container of an image, or of nothing.

import { digestOf } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { mediaTypes } from '../../image/manifest.ts'
import { hostPlatform } from '../../image/platform.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import { plainSecurity } from '../../spec/security.ts'
import { composeImage } from '../../transport/copy.ts'
import { draftDocument, emptyDraft } from '../build/image-draft.ts'
import type { ImageFormat } from '../container/commit-config.ts'
import { type CreatedContainer, create } from '../container/create.ts'
import { lockContainer } from '../container/lock-container.ts'
import { remove } from '../container/remove.ts'
import type { Engine } from '../engine.ts'
import { copyContext } from '../image/copy-context.ts'
import type { PullPolicy } from '../image/pull.ts'
import type { RegistryAccess } from '../image/registry-session.ts'
import { workingMark } from './is-working.ts'
import { pullTrigger } from './pull-trigger.ts'
import { readWorking, scratchName, writeWorking } from './working-container.ts'

export interface FromRequest {
  /** `scratch` is nothing. */
  readonly image: string
  /** One after the image's, with a number where that is taken, unless given. */
  readonly name?: string
  readonly pull: PullPolicy
  readonly access: RegistryAccess
  readonly format: ImageFormat
  readonly platform?: string
}

/** Durable; its name is what is printed. @throws as create */
export async function from(engine: Engine, request: FromRequest): Promise<CreatedContainer> {
  const isScratch = request.image === scratchName
  const reference = isScratch ? await scratchImage(engine) : request.image
  const mark = isScratch ? scratchName : 'image'
  const created = await createNamed(engine, request, { reference, mark })
  try {
    const triggers = await takeTriggers(engine, created, request.format)
    for (const text of triggers) await pullTrigger(engine, created, text)
    return created
  } catch (error) {
    await remove(engine, { container: created, isForced: true, removesDependents: false, removesVolumes: true })
    throw error
  }
}

/** ONBUILD's instructions, which are the image's to give and not the container's to hand on. */
async function takeTriggers(
  engine: Engine,
  created: CreatedContainer,
  format: ImageFormat,
): Promise<readonly string[]> {
  using locked = await lockContainer(engine, created)
  const image = readWorking(engine, locked.container)
  const { OnBuild: triggers = [], ...config } = image.draft.config
  if (format === 'oci' && triggers.length === 0) return []
  writeWorking(engine, locked.container, { ...image, format, draft: { ...image.draft, config } })
  return triggers
}

/** An image of no layers, made when first needed; without a name, but not to be collected while a container uses it. */
async function scratchImage(engine: Engine): Promise<string> {
  // Always the same document: there is one such image.
  const draft = emptyDraft(hostPlatform(), '1970-01-01T00:00:00Z')
  const config = draftDocument({ ...draft, config: {} }, 'oci')
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length },
      layers: [],
    }),
  )
  const { record } = await composeImage(
    copyContext(engine),
    { manifest, config, bringBlobs: () => undefined },
    { names: [] },
  )
  return record.id
}

const maxTries = 10_000

async function createNamed(
  engine: Engine,
  request: FromRequest,
  base: { readonly reference: string; readonly mark: string },
): Promise<CreatedContainer> {
  const stem = stemOf(request.image)
  for (let number = 0; ; number++) {
    const name = request.name ?? (number === 0 ? stem : `${stem}-${number}`)
    try {
      return await create(engine, specOf(request, { ...base, name }), { access: request.access })
    } catch (error) {
      const isTaken = error instanceof EngineError && error.code === 'name-in-use'
      if (!isTaken || request.name !== undefined || number >= maxTries) throw error
    }
  }
}

/** buildah's: `fedora-working-container`; of scratch `working-container`. */
function stemOf(image: string): string {
  if (image === scratchName) return 'working-container'
  const last = image.split('/').at(-1) ?? image
  const bare = last.replace(/@.*$/, '').replace(/:[^:]*$/, '')
  return `${bare.replaceAll(/[^a-zA-Z0-9_.-]/g, '-')}-working-container`
}

function specOf(
  { pull, platform }: FromRequest,
  { reference, mark, name }: { readonly reference: string; readonly mark: string; readonly name: string },
): ContainerSpec {
  return {
    name,
    source: { kind: 'image', reference, pull, ...(platform === undefined ? {} : { platform }) },
    labels: {},
    annotations: { [workingMark]: mark },
    process: {
      entrypoint: [],
      command: ['/bin/sh'],
      environment: [],
      hasTerminal: false,
      isStdinOpen: false,
      systemd: 'false',
    },
    namespaces: { network: { kind: 'none' } },
    mounts: { mounts: [], volumesFrom: [], imageVolumes: 'ignore' },
    devices: { devices: [] },
    resources: { sysctls: {} },
    cgroup: { mode: 'enabled' },
    security: plainSecurity,
    log: { driver: 'none', options: {} },
    stop: {},
    isAutoRemoved: false,
    restart: { policy: 'no' },
    createCommand: [],
  }
}
