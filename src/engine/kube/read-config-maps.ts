// A file of --configmap.

import { invalid } from '../../base/errors.ts'
import { type KubeData, readManifest } from './read-manifest.ts'

/** @throws invalid `manifest-invalid`, also for what is no config map */
export async function readConfigMapFile(path: string, text: string): Promise<readonly KubeData[]> {
  const { configMaps, kinds } = await readManifest(text)
  const stranger = kinds.find((kind) => kind !== 'ConfigMap')
  if (stranger === undefined) return configMaps
  const message = `invalid YAML kind: ${JSON.stringify(stranger)}. [ConfigMap] is the only supported by --configmap`
  throw invalid('manifest-invalid', `${JSON.stringify(path)}: ${message}`)
}
