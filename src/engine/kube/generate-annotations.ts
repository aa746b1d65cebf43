// What of a container Kubernetes has no field for, as annotations of its pod.

import type { Mount } from '../../spec/mounts.ts'
import { parseUlimits } from '../../spec/ulimits.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { annotationKeys } from './annotations.ts'
import { claimNotes } from './claim-name.ts'

/** Those that only podman and Gantry read are left out unless asked for. */
export function generateAnnotations(
  engine: Engine,
  { name, stored }: StoredContainer,
  { isPodmanOnly }: { readonly isPodmanOnly: boolean },
): Record<string, string> {
  const { spec } = stored
  const own = Object.entries(spec.annotations).filter(([key]) => isPodmanOnly || !isReserved(key))
  const podmans = isPodmanOnly
    ? [
        ...(spec.process.init ? [[annotationKeys.init, 'TRUE'] as const] : []),
        ...(spec.isAutoRemoved ? [[annotationKeys.autoRemove, 'TRUE'] as const] : []),
      ]
    : []
  const updates = Object.entries(spec.labels).filter(([key]) => key.startsWith(annotationKeys.autoUpdate))
  const ofContainer = [...own, ...podmans, ...updates].map(([key, value]) => [
    key.includes('/') ? key : `${key}/${name}`,
    value,
  ])
  return {
    ...Object.fromEntries(ofContainer),
    ...ulimitsOf(engine, stored.spec.resources.ulimits),
    ...bindOptionsOf(spec.mounts.mounts),
    ...claimNotes(spec.mounts.mounts.flatMap((one) => (one.kind === 'volume' && !one.isAnonymous ? [one.name] : []))),
  }
}

/** There is room for one. */
function bindOptionsOf(mounts: readonly Mount[]): Record<string, string> {
  const last = mounts.flatMap((mount) => {
    const option = mount.kind === 'bind' ? mount.options.find((one) => one === 'z' || one === 'Z') : undefined
    return mount.kind === 'bind' && option !== undefined ? [`${mount.source}:${option}`] : []
  })
  return last.length === 0 ? {} : { [annotationKeys.bindOptions]: last.at(-1) as string }
}

function isReserved(key: string): boolean {
  return key.startsWith('io.podman.annotations.') || key.startsWith('org.opencontainers.image.')
}

/** Beside the configured ones. */
function ulimitsOf(
  { settings }: Engine,
  ulimits: StoredContainer['stored']['spec']['resources']['ulimits'],
): Record<string, string> {
  if (ulimits === 'host') return {}
  const usual = parseUlimits(settings.containerDefaults.ulimits)
  const known = new Set(usual === 'host' ? [] : usual.map((one) => JSON.stringify(one)))
  const texts = ulimits
    .filter((one) => !known.has(JSON.stringify(one)))
    .map(({ name, soft, hard }) => `${name}=${soft}:${hard}`)
  return texts.length === 0 ? {} : { [annotationKeys.ulimit]: texts.join(',') }
}
