// What only some containers have: volumes, images as mounts, secrets. Their code is loaded for those.

import type { CompleteSpec, ContainerSpec } from '../../spec/container-spec.ts'
import type { IdMappings } from '../../spec/facts.ts'
import { imageMounts, volumeMounts } from '../../spec/mounts.ts'
import { hasSecrets } from '../../spec/secrets.ts'
import type { Engine } from '../engine.ts'
import type { ClaimedVolumes } from './claim-volumes.ts'
import type { ImageOfContainer } from './container-image.ts'

/** @throws what resolving each of them throws */
export async function resolveExtras(
  engine: Engine,
  spec: ContainerSpec,
  image: ImageOfContainer | undefined,
): Promise<ContainerSpec> {
  const { mounts, secrets } = spec
  const configured = engine.settings.containerDefaults
  const sources = [volumeMounts(mounts), mounts.volumesFrom, image?.run.volumes, configured.volumes, configured.mounts]
  const hasVolumes = sources.some((source) => source !== undefined && source.length > 0)
  const withVolumes = hasVolumes
    ? (await import('./resolve-volumes.ts')).resolveVolumes(engine, spec, image?.run)
    : spec
  const withImages =
    imageMounts(withVolumes.mounts).length === 0
      ? withVolumes
      : await (await import('./image-mounts.ts')).resolveImageMounts(engine, withVolumes)
  if (!hasSecrets(secrets)) return withImages
  return (await import('./container-secrets.ts')).resolveSecrets(engine, withImages)
}

/** Secrets go into the folder; volumes are held as claimVolumes has it. */
export async function claimExtras(
  engine: Engine,
  spec: CompleteSpec,
  { mappings, folder }: { readonly mappings: IdMappings | undefined; readonly folder: string },
): Promise<ClaimedVolumes | undefined> {
  if (hasSecrets(spec.secrets)) await (await import('./container-secrets.ts')).keepSecrets(engine, spec, folder)
  if (volumeMounts(spec.mounts).length === 0) return undefined
  const [{ claimVolumes }, { rootOutside }] = await Promise.all([
    import('./claim-volumes.ts'),
    import('./container-volumes.ts'),
  ])
  return claimVolumes(engine, spec, rootOutside(mappings))
}
