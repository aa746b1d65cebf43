// --sysctl: only what belongs to one of the container's own namespaces may be set.

import { invalid } from '../base/errors.ts'
import type { CompleteNamespaces } from './namespaces.ts'

const ofIpc = new Set([
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
])

/** `key=value`. @throws invalid `sysctl-invalid` */
export function parseSysctl(text: string): [key: string, value: string] {
  const at = text.indexOf('=')
  if (at === -1) throw invalid('sysctl-invalid', `${text} is invalid, sysctl values must be in the form of KEY=VALUE`)
  const [key, value] = [text.slice(0, at), text.slice(at + 1)]
  if (key.trim() !== key || value.trim() !== value)
    throw invalid('sysctl-invalid', `'${text}' is invalid, extra spaces found`)
  if (ofIpc.has(key) || key.startsWith('net.') || key.startsWith('fs.mqueue.')) return [key, value]
  throw invalid('sysctl-invalid', `sysctl '${key}' is not allowed`)
}

/** @throws invalid `sysctl-namespace` for one that would reach the host */
export function checkSysctls(sysctls: Readonly<Record<string, string>>, namespaces: CompleteNamespaces): void {
  for (const [key, value] of Object.entries(sysctls)) {
    const owner = ownerOf(key)
    if (owner !== undefined && namespaces[owner.namespace].kind === 'host') {
      throw invalid(
        'sysctl-namespace',
        `sysctl ${key}=${value} can't be set since ${owner.label} Namespace set to host: invalid argument`,
      )
    }
  }
}

/** Configured ones that do not apply to a container in these namespaces are left out. */
export function applicableSysctls(
  sysctls: Readonly<Record<string, string>>,
  namespaces: CompleteNamespaces,
): Record<string, string> {
  const isOwn = (key: string) => {
    const owner = ownerOf(key)
    return owner === undefined || !['host', 'container'].includes(namespaces[owner.namespace].kind)
  }
  return Object.fromEntries(Object.entries(sysctls).filter(([key]) => isOwn(key)))
}

function ownerOf(key: string): { namespace: 'ipc' | 'network' | 'uts'; label: string } | undefined {
  if (key.startsWith('net.')) return { namespace: 'network', label: 'Network' }
  if (key.startsWith('fs.mqueue.') || ofIpc.has(key)) return { namespace: 'ipc', label: 'IPC' }
  if (/^kernel\.(domainname|hostname)$/.test(key)) return { namespace: 'uts', label: 'UTS' }
  return undefined
}
