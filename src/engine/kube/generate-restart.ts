// Restart policies as Kubernetes has them: of a pod, and of a container that differs.

import type { RestartPolicy } from '../../spec/restart.ts'
import type { StoredContainer } from '../container/stored-container.ts'

export type KubeRestart = 'Always' | 'OnFailure' | 'Never'

/** `unless-stopped` and what nobody has said is Kubernetes' own business. */
export function podRestart(restart: RestartPolicy): { readonly restartPolicy?: KubeRestart } {
  return restart.policy === 'unless-stopped' ? {} : { restartPolicy: wordOf(restart) }
}

/** Only what is not its pod's. */
export function ownRestart(
  { stored }: StoredContainer,
  { pod, isSidecar }: { readonly pod: RestartPolicy; readonly isSidecar: boolean },
): { readonly restartPolicy?: KubeRestart } {
  const { role } = stored.spec.pod ?? {}
  // Init containers are started again as their pod says.
  if (role === 'once' || role === 'always') return {}
  const word = isSidecar ? 'Always' : wordOf(stored.spec.restart)
  return !isSidecar && word === wordOf(pod) ? {} : { restartPolicy: word }
}

function wordOf({ policy }: RestartPolicy): KubeRestart {
  if (policy === 'no') return 'Never'
  return policy === 'on-failure' ? 'OnFailure' : 'Always'
}
