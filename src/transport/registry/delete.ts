// A manifest out of a registry. Its blobs go when the registry collects its garbage.

import { EngineError } from '../../base/errors.ts'
import { printReference, repositoryOf } from '../../image/reference.ts'
import { headManifest, type RegistrySourceOptions } from './source.ts'

/** With it go all tags of that manifest. @throws not-found `manifest-unknown`; unsupported `delete-refused`; denied */
export async function deleteManifest(options: RegistrySourceOptions): Promise<void> {
  const { reference, registry } = options
  const digest = reference.digest ?? (await headManifest(options))
  if (digest === undefined) throw unknown(options)
  try {
    const response = await registry.send({
      method: 'DELETE',
      path: `/v2/${reference.path}/manifests/${digest}`,
      scope: `repository:${reference.path}:pull,push,delete`,
      doing: 'deleting',
      what: `manifest ${digest} in ${repositoryOf(reference)}`,
    })
    await response.discard()
    if (response.status === 404) throw unknown(options)
  } catch (error) {
    if (!(error instanceof EngineError) || !error.message.includes(' 405 ')) throw error
    throw new EngineError({
      kind: 'unsupported',
      code: 'delete-refused',
      message: `${reference.domain} deletes nothing: ${error.message}`,
      hint: "Its administrator can allow it: a docker-registry's storage.delete.enabled.",
      cause: error,
    })
  }
}

function unknown({ reference }: RegistrySourceOptions): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'manifest-unknown',
    message: `unable to delete ${printReference(reference)}: image may not exist or is not stored with a v2 Schema in a v2 registry`,
  })
}
