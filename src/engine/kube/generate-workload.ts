// A pod as it is, or as the template of a Deployment, a DaemonSet or a Job.

import { invalid } from '../../base/errors.ts'
import type { GeneratedPod } from './generate-pod.ts'

export const workloadKinds = ['pod', 'deployment', 'daemonset', 'job'] as const
export type WorkloadKind = (typeof workloadKinds)[number]

/** @throws invalid `generate-invalid` for a restart policy that the kind has not */
export function workloadOf(
  pod: GeneratedPod,
  { kind, replicas }: { readonly kind: WorkloadKind; readonly replicas: number },
): object {
  switch (kind) {
    case 'pod':
      return { apiVersion: 'v1', kind: 'Pod', ...pod }
    case 'deployment':
      return wrapped(alwaysRestarted(pod, 'Deployments'), 'Deployment', {
        ...selectorOf(pod),
        ...(replicas > 1 ? { replicas } : {}),
      })
    case 'daemonset':
      return wrapped(alwaysRestarted(pod, 'DaemonSets'), 'DaemonSet', selectorOf(pod))
    case 'job':
      return wrapped(onceRun(pod), 'Job', { completions: 1, parallelism: 1 })
  }
}

function wrapped({ metadata, spec }: GeneratedPod, kind: string, own: object): object {
  const { name, labels, creationTimestamp } = metadata
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name: `${name}-${kind.toLowerCase()}`, labels, creationTimestamp },
    spec: { ...own, template: { metadata, spec } },
  }
}

function selectorOf({ metadata }: GeneratedPod): object {
  return { selector: { matchLabels: { app: metadata.labels['app'] } } }
}

/** A container that nobody asked to be restarted is one that the kind restarts. */
function alwaysRestarted(pod: GeneratedPod, kind: string): GeneratedPod {
  const { restartPolicy, ...spec } = pod.spec
  if (restartPolicy !== 'OnFailure') return { ...pod, spec }
  throw invalid('generate-invalid', `k8s ${kind} can only have restartPolicy set to Always`)
}

function onceRun(pod: GeneratedPod): GeneratedPod {
  const { restartPolicy } = pod.spec
  if (restartPolicy !== 'Always') return { ...pod, spec: { ...pod.spec, restartPolicy: restartPolicy ?? 'Never' } }
  const allowed = 'only Never and OnFailure policies allowed'
  throw invalid('generate-invalid', `k8s Jobs can not have restartPolicy set to Always; ${allowed}`)
}
