// A quadlet → the service that systemd is given.

import { buildKeys, convertBuild } from './build.ts'
import { containerKeys, convertContainer } from './container.ts'
import { beginConversion, type Conversion, type GeneratorSettings } from './conversion.ts'
import { convertImage, imageKeys } from './image.ts'
import { convertKube, kubeKeys } from './kube.ts'
import { convertNetwork, networkKeys } from './network.ts'
import { convertPod, podKeys } from './pod.ts'
import type { Quadlet, QuadletKind } from './quadlet.ts'
import type { UnitFile } from './unit-file.ts'
import { convertVolume, volumeKeys } from './volume.ts'

interface Converter {
  /** Honoured in the kind's own section, beside those of every kind. */
  readonly keys: string
  readonly convert: (conversion: Conversion) => void
}

const converters: Readonly<Record<QuadletKind, Converter>> = {
  image: { keys: imageKeys, convert: convertImage },
  network: { keys: networkKeys, convert: convertNetwork },
  volume: { keys: volumeKeys, convert: convertVolume },
  build: { keys: buildKeys, convert: convertBuild },
  container: { keys: containerKeys, convert: convertContainer },
  kube: { keys: kubeKeys, convert: convertKube },
  pod: { keys: podKeys, convert: convertPod },
}

/** Those that it names have been converted before. @throws invalid for what cannot be converted */
export function convertQuadlet(
  quadlet: Quadlet,
  settings: GeneratorSettings,
  others: ReadonlyMap<string, Quadlet>,
): UnitFile {
  const { keys, convert } = converters[quadlet.kind]
  const conversion = beginConversion(quadlet, settings, { others, keys })
  convert(conversion)
  return conversion.service
}
