// A Service in front of a pod's ports.

import { randomIndex } from '../../base/random.ts'
import type { GeneratedPod } from './generate-pod.ts'

/** Kubernetes' range for ports of nodes. */
const firstNodePort = 30_000
const nodePorts = 2768

export function serviceOf({ metadata, spec }: GeneratedPod): object {
  const { name, labels, creationTimestamp } = metadata
  const taken = new Set<number>()
  const ports = spec.containers
    .flatMap((container) => container.ports ?? [])
    .map(({ containerPort, protocol }) => ({
      name: String(containerPort),
      nodePort: freeNodePort(taken),
      port: containerPort,
      targetPort: containerPort,
      ...(protocol === undefined ? {} : { protocol }),
    }))
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels, creationTimestamp },
    spec: { ports, selector: { app: labels['app'] }, type: 'NodePort' },
  }
}

function freeNodePort(taken: Set<number>): number {
  for (;;) {
    const port = firstNodePort + randomIndex(nodePorts)
    if (taken.has(port)) continue
    taken.add(port)
    return port
  }
}
