// Ports of the host that somebody uses, or has promised: for the choice of one that nobody does.

import { readFileSync } from 'node:fs'
import { absentAsUndefined } from '../../base/errors.ts'
import { networkFacetOf } from '../../spec/network.ts'
import { allContainers } from '../container/select.ts'
import type { Engine } from '../engine.ts'

/** `tcp 8080`, of whatever address. Containers that do not run keep theirs. */
export function usedHostPorts({ at }: Pick<Engine, 'at'>): Set<string> {
  const promised = allContainers(at).flatMap(({ stored }) =>
    networkFacetOf(stored.spec).ports.flatMap(({ protocol, hostPort, count }) =>
      Array.from({ length: count }, (_, index) => `${protocol} ${hostPort + index}`),
    ),
  )
  return new Set([...promised, ...boundPorts()])
}

/** Of the kernel's tables. */
export function boundPorts(): string[] {
  return (['tcp', 'tcp6', 'udp', 'udp6'] as const).flatMap((table) => {
    const text = absentAsUndefined(() => readFileSync(`/proc/net/${table}`, 'utf8')) ?? ''
    const lines = text.split('\n').slice(1)
    return lines.flatMap((line) => {
      const [, local] = line.trim().split(/\s+/)
      const port = Number.parseInt(local?.split(':')[1] ?? '', 16)
      return Number.isNaN(port) ? [] : [`${table.slice(0, 3)} ${port}`]
    })
  })
}
