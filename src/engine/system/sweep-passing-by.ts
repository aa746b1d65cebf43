// What front doors do before a changing verb: take away what killed processes left, wherever nobody is at work on it. A dozen listings
// where there is nothing, and it stops no verb: what it cannot remove, `system check` names.

import { existsSync, readdirSync } from 'node:fs'
import { absentAsUndefined, errorMessage } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import { logDebug } from '../../base/log.ts'
import { paths } from '../../state/layout.ts'
import { sweepStaged } from '../../state/staging.ts'
import { sweepLayers } from '../../storage/layer-check.ts'
import { sweepOciIndex } from '../../transport/oci-index.ts'
import { sweepRecordLeftovers } from '../../transport/record-leftovers.ts'
import { abandonedRuns, sweepAbandonedRun } from '../container/abandoned-run.ts'
import { sweepNursery } from '../container/nursery-leftovers.ts'
import type { Engine } from '../engine.ts'
import { sweepNetworks } from './check-networks.ts'
import { sweepTrash } from './sweep-trash.ts'

/** Never throws. Idempotent; needs no free space. */
export async function sweepPassingBy(engine: Engine): Promise<void> {
  const steps: [what: string, sweep: () => Promise<unknown> | unknown][] = [
    ['runs', async () => sweepRuns(engine)],
    ['mounts', async () => sweepMounts(engine)],
    ['networks', () => sweepNetworks(engine)],
    ['containers', async () => sweepNursery(engine)],
    ['builds', async () => sweepBuilds(engine)],
    ['pods', async () => sweepPods(engine)],
    ['volumes', async () => sweepVolumes(engine)],
    ['secrets', async () => sweepSecrets(engine)],
    ['staging', () => sweepStaged(engine.at)],
    ['records', () => sweepRecordLeftovers(engine.at)],
    ['index', () => sweepOciIndex(engine.at)],
    ['layers', () => sweepLayers(engine.at)],
    ['trash', () => sweepTrash(engine.at)],
  ]
  for (const [what, sweep] of steps) {
    try {
      await sweep()
    } catch (error) {
      logDebug('a leftover could not be swept', { what, error: errorMessage(error) })
    }
  }
}

async function sweepRuns(engine: Engine): Promise<void> {
  for (const id of abandonedRuns(engine.at)) await sweepAbandonedRun(engine, id)
}

/** Loaded where something is at work on a pod, or was killed: more names are claimed than there are pods, or a cradle is there. */
async function sweepPods(engine: Engine): Promise<void> {
  const { at } = engine
  if (!existsSync(paths.pods(at))) return
  const names = readdirSync(paths.pods(at))
  const claims = absentAsUndefined(() => readdirSync(paths.claims(at, 'pod'))) ?? []
  if (names.every(isFullId) && claims.length <= names.length) return
  const { sweepPods: sweep } = await import('../pod/nursery.ts')
  await sweep(engine)
}

/** Loaded where something is being built, or was. */
async function sweepBuilds(engine: Engine): Promise<void> {
  const names = absentAsUndefined(() => readdirSync(paths.containers(engine.at))) ?? []
  if (!names.some((name) => name.startsWith('build-'))) return
  const { sweepWorkshops } = await import('../build/sweep-workshops.ts')
  await sweepWorkshops(engine)
}

/** Loaded where a root file system is, or was, mounted for a command. */
async function sweepMounts(engine: Engine): Promise<void> {
  if (!existsSync(paths.runMounts(engine.at))) return
  const { abandonedMounts, sweepAbandonedMount } = await import('../container/passing-mount.ts')
  for (const id of abandonedMounts(engine.at)) await sweepAbandonedMount(engine, id)
}

/** Loaded where there are, or were, volumes. */
async function sweepVolumes(engine: Engine): Promise<void> {
  if (!existsSync(paths.volumes(engine.at))) return
  const { sweepVolumeLeftovers } = await import('../../volume/volume-leftovers.ts')
  sweepVolumeLeftovers(engine.at)
  if (!existsSync(paths.runVolumes(engine.at))) return
  const { dropStaleHolders } = await import('../volume/stale-holders.ts')
  await dropStaleHolders(engine)
}

async function sweepSecrets({ at }: Engine): Promise<void> {
  if (!existsSync(paths.secretDraft(at)) && !existsSync(paths.secretGrave(at))) return
  const { sweepSecretLeftovers } = await import('../../secret/secret-store.ts')
  sweepSecretLeftovers(at)
}
