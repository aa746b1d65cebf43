// Flags of namespaces → NamespaceFacet.

import { EngineError } from '../../base/errors.ts'
import { type NamespaceFacet, parseIpcMode, parseNamespaceMode, parseNetworkMode } from '../../spec/namespaces.ts'
import { parseUserNamespace } from '../../spec/user-namespace.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const namespaceOptions = defineOptions({
  cgroupns: { type: 'string', value: 'mode', describe: 'Control group namespace: host or private' },
  ipc: {
    type: 'string',
    value: 'mode',
    describe: 'IPC namespace: host, none, private, shareable, container:NAME, ns:PATH',
  },
  network: {
    type: 'strings',
    aliases: ['net'],
    value: 'mode',
    describe: 'Network: none, host, private, container:NAME, ns:PATH',
  },
  pid: { type: 'string', value: 'mode', describe: 'Process namespace: host, private, container:NAME, ns:PATH' },
  userns: {
    type: 'string',
    value: 'mode',
    describe: 'User namespace: host, auto[:size=N], keep-id[:uid=N,gid=N,size=N], nomap, container:NAME, ns:PATH',
  },
  uts: { type: 'string', value: 'mode', describe: 'Host name namespace: host, private, container:NAME, ns:PATH' },
})

/** @throws invalid `namespace-invalid`, `userns-invalid`; unsupported `network-unsupported`, `userns-unsupported` */
export function namespaceFacet({ options }: Invocation<typeof namespaceOptions>): NamespaceFacet {
  const { pid, ipc, uts, cgroupns, userns } = options
  const network = parseNetworkMode(options.network)
  return {
    ...(pid === undefined ? {} : { pid: parseNamespaceMode(pid) }),
    ...(ipc === undefined ? {} : { ipc: parseIpcMode(ipc) }),
    ...(uts === undefined ? {} : { uts: parseNamespaceMode(uts) }),
    ...(cgroupns === undefined ? {} : { cgroup: cgroupMode(cgroupns) }),
    ...(network === undefined ? {} : { network }),
    ...(userns === undefined ? {} : { user: parseUserNamespace(userns) }),
  }
}

function cgroupMode(text: string): { kind: 'host' } | { kind: 'private' } {
  if (text === 'host') return { kind: 'host' }
  if (text === 'private' || text === '') return { kind: 'private' }
  throw new EngineError({
    kind: 'invalid',
    code: 'namespace-invalid',
    message: `unrecognized cgroup namespace mode ${text} passed`,
  })
}
