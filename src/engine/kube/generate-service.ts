// A Service in front of a pod's ports.

import { randomIndex } from '../../base/random.ts'
import type { GeneratedPort } from './generate-container.ts'
import type { GeneratedPod } from './generate-pod.ts'
import { serviceName } from './kube-name.ts'

/** Kubernetes' range for ports of nodes. */
const firstNodePort = 30_000
const nodePorts = 2768

/** undefined for a pod without ports, which no Service can be in front of. */
export function serviceOf({ metadata, spec }: GeneratedPod): object | undefined {
  const { name, labels, creationTimestamp } = metadata
  const ports = servicePorts(spec.containers.flatMap((container) => container.ports ?? []))
  if (ports.length === 0) return undefined
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: serviceName(name), labels, creationTimestamp },
    spec: { ports, selector: { app: labels['app'] }, type: 'NodePort' },
  }
}

/** A container's port that has several of the host is one; one that is there by several protocols has names that say so. */
function servicePorts(ports: readonly GeneratedPort[]): object[] {
  const taken = new Set<number>()
  const names = new Set<string>()
  return ports.flatMap(({ containerPort, protocol }) => {
    const byProtocol = `${containerPort}-${(protocol ?? 'TCP').toLowerCase()}`
    if (names.has(byProtocol)) return []
    const name = names.has(String(containerPort)) ? byProtocol : String(containerPort)
    names.add(name).add(byProtocol)
    const node = { nodePort: freeNodePort(taken), targetPort: containerPort }
    return [{ name, port: containerPort, protocol: protocol ?? 'TCP', ...node }]
  })
}

function freeNodePort(taken: Set<number>): number {
  for (;;) {
    const port = firstNodePort + randomIndex(nodePorts)
    if (taken.has(port)) continue
    taken.add(port)
    return port
  }
}
