// kube down: what `play` made of a manifest goes again; volumes only with force.

import { isSecretUnknown } from '../../secret/secret-store.ts'
import type { Engine } from '../engine.ts'
import { findPod, isPodGone } from '../pod/find-pod.ts'
import { remove as removePod } from '../pod/remove.ts'
import { stop as stopPod } from '../pod/stop.ts'
import { removeSecret } from '../secret/remove.ts'
import { isVolumeUnknown } from '../volume/find-volume.ts'
import { removeVolume } from '../volume/remove.ts'
import { removePodVolumes } from './pod-volumes.ts'
import type { Manifest } from './read-manifest.ts'

export interface DownReport {
  /** Ids of pods. */
  readonly stopped: Step
  readonly removed: Step
  /** Ids. */
  readonly secrets: Step
  /** Names. */
  readonly volumes: Step
}

export interface Step {
  readonly done: readonly string[]
  readonly errors: readonly unknown[]
}

/** Idempotent: what is not there is passed over. What fails stops nothing else. */
export async function down(
  engine: Engine,
  { pods, secrets, claims }: Manifest,
  { isForced }: { readonly isForced: boolean },
): Promise<DownReport> {
  const there = pods.flatMap(({ name }) => findPod(engine.at, name) ?? [])
  const stopped = await forEach(there, isPodGone, async (pod) => {
    await stopPod(engine, { pod })
    return pod.id
  })
  const removed = await forEach(there, isPodGone, async (pod) => {
    await removePod(engine, { pod, isForced: true })
    return pod.id
  })
  const leftovers = await forEach(pods, isVolumeUnknown, async (pod) => {
    await removePodVolumes(engine, pod)
    return pod.name
  })
  const gone = await forEach(secrets, isSecretUnknown, async ({ name }) => removeSecret(engine, name))
  const claimed = pods.flatMap(({ volumes }) =>
    volumes.flatMap(({ source }) => (source.kind === 'claim' ? [source.name] : [])),
  )
  const names = isForced ? [...new Set([...claims.map(({ name }) => name), ...claimed])] : []
  const volumes = await forEach(names, isVolumeUnknown, async (name) => {
    await removeVolume(engine, { name, isForced: false })
    return name
  })
  return { stopped, removed, secrets: gone, volumes: { ...volumes, errors: [...leftovers.errors, ...volumes.errors] } }
}

async function forEach<T>(
  items: readonly T[],
  isGone: (error: unknown) => boolean,
  work: (item: T) => Promise<string>,
): Promise<Step> {
  const done: string[] = []
  const errors: unknown[] = []
  for (const item of items) {
    try {
      done.push(await work(item))
    } catch (error) {
      if (!isGone(error)) errors.push(error)
    }
  }
  return { done, errors }
}
