// The networks that a container is in, or will be.

import { networkFacetOf } from '../../spec/network.ts'
import type { NetworkAttachment } from '../../state/network-attachment.ts'
import type { StoredContainer } from './stored-container.ts'

/** As `network connect` and `disconnect` left them. */
export function attachmentsOf({
  record,
  stored,
}: Pick<StoredContainer, 'record' | 'stored'>): readonly NetworkAttachment[] {
  if (stored.spec.namespaces.network.kind !== 'bridge') return []
  return record.networks ?? networkFacetOf(stored.spec).attachments
}
