// What auto-update could not do with a container is refused when that is made.

import { invalid } from '../../base/errors.ts'

/** An image that is to be looked for at its registry says which. @throws invalid `update-image-invalid`, in podman's words */
export function checkUpdatable(labels: Readonly<Record<string, string>>, image: string): void {
  const policy = labels['io.containers.autoupdate']
  if (policy !== 'registry' && policy !== 'image') return
  const [, transport] = /^(containers-storage|dir|docker-archive|docker-daemon|oci|oci-archive):/.exec(image) ?? []
  if (transport !== undefined) {
    const message = `auto updates require the docker image transport but image is of transport "${transport}"`
    throw invalid('update-image-invalid', message)
  }
  const [first = '', ...rest] = image.replace(/^docker:\/\//, '').split('/')
  if (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return
  const message = `short name: auto updates require fully-qualified image reference: ${JSON.stringify(image)}`
  throw invalid('update-image-invalid', message)
}
