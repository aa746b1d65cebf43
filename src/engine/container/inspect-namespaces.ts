// Namespaces in docker's words: `private`, `host`, `container:ID`, `ns:PATH`.

import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { CompleteNamespaces } from '../../spec/namespaces.ts'

export function inspectModes({ namespaces }: CompleteSpec) {
  const { cgroup, network, ipc, pid, uts, user } = namespaces
  return {
    CgroupMode: modeText(cgroup),
    // A network namespace that nobody has set up is what podman calls none.
    NetworkMode: network.kind === 'private' ? 'none' : modeText(network),
    IpcMode: modeText(ipc),
    PidMode: modeText(pid),
    UTSMode: modeText(uts),
    UsernsMode: user.kind === 'host' ? '' : modeText(user),
  }
}

type AnyMode = CompleteNamespaces[keyof CompleteNamespaces]

function modeText(mode: AnyMode): string {
  switch (mode.kind) {
    case 'container':
      return `container:${mode.id}`
    case 'path':
      return `ns:${mode.path}`
    case 'keep-id':
    case 'nomap':
    case 'auto':
    case 'mapped':
    case 'named':
      return 'private'
    default:
      return mode.kind
  }
}
