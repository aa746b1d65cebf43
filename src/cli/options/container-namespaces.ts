// Flags of namespaces → NamespaceFacet.

import { defined } from '../../base/defined.ts'
import { invalid } from '../../base/errors.ts'
import { type NamespaceFacet, parseCgroupMode, parseIpcMode, parseNamespaceMode } from '../../spec/namespaces.ts'
import { parseIdMaps, parseUserNamespace, type UserNamespaceMode } from '../../spec/user-namespace.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const namespaceOptions = defineOptions({
  cgroupns: {
    type: 'string',
    value: 'mode',
    describe: 'Control group namespace: host, private, container:NAME, ns:PATH',
  },
  gidmap: {
    type: 'strings',
    value: '[+ug]inside:[@]outside[:count]',
    describe: 'Group ids inside and outside, of a user namespace of its own',
  },
  ipc: {
    type: 'string',
    value: 'mode',
    describe: 'IPC namespace: host, none, private, shareable, container:NAME, ns:PATH',
  },
  pid: { type: 'string', value: 'mode', describe: 'Process namespace: host, private, container:NAME, ns:PATH' },
  subgidname: { type: 'string', value: 'name', describe: 'Whose group ids of /etc/subgid the container gets' },
  subuidname: { type: 'string', value: 'name', describe: 'Whose user ids of /etc/subuid the container gets' },
  uidmap: {
    type: 'strings',
    value: '[+ug]inside:[@]outside[:count]',
    describe: 'User ids inside and outside, of a user namespace of its own',
  },
  userns: {
    type: 'string',
    value: 'mode',
    describe: 'User namespace: host, auto[:size=N], keep-id[:uid=N,gid=N,size=N], nomap, container:NAME, ns:PATH',
  },
  uts: { type: 'string', value: 'mode', describe: 'Host name namespace: host, private, container:NAME, ns:PATH' },
})

/** @throws invalid `namespace-invalid`, `userns-invalid`; unsupported `userns-unsupported` */
export function namespaceFacet({ options }: Invocation<typeof namespaceOptions>): NamespaceFacet {
  const { pid, ipc, uts, cgroupns } = options
  const user = userMode(options)
  return {
    ...(pid === undefined ? {} : { pid: parseNamespaceMode(pid) }),
    ...(ipc === undefined ? {} : { ipc: parseIpcMode(ipc) }),
    ...(uts === undefined ? {} : { uts: parseNamespaceMode(uts) }),
    ...(cgroupns === undefined ? {} : { cgroup: parseCgroupMode(cgroupns) }),
    ...(user === undefined ? {} : { user }),
  }
}

function userMode(options: Invocation<typeof namespaceOptions>['options']): UserNamespaceMode | undefined {
  const { userns, uidmap, gidmap, subuidname, subgidname } = options
  const maps = parseIdMaps({ uidmap, gidmap, ...defined({ subuidname, subgidname }) })
  if (userns === undefined) return maps
  if (maps === undefined) return parseUserNamespace(userns)
  throw invalid('userns-invalid', '--userns and --uidmap/--gidmap/--subuidname/--subgidname are mutually exclusive')
}
