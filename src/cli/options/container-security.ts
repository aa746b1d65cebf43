// Flags of privileges → SecurityFacet.

import { resolve } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import { checkCapabilityChanges, normalizeCapability } from '../../spec/capabilities.ts'
import type { SecurityFacet } from '../../spec/security.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const securityOptions = defineOptions({
  'cap-add': { type: 'strings', value: 'capability', isCommaSeparated: true, describe: 'Add a capability, or ALL' },
  'cap-drop': { type: 'strings', value: 'capability', isCommaSeparated: true, describe: 'Drop a capability, or ALL' },
  privileged: { type: 'boolean', describe: 'Give all capabilities, all devices and the kernel interfaces' },
  'security-opt': {
    type: 'strings',
    value: 'option',
    describe:
      'seccomp=PROFILE|unconfined, apparmor=PROFILE, no-new-privileges, mask=PATHS, unmask=PATHS|ALL, proc-opts=OPTIONS',
  },
})

/** @throws invalid `capability-unknown`, `capability-conflict`, `security-opt-invalid`; unsupported `security-opt-unsupported` */
export function securityFacet({ options }: Invocation<typeof securityOptions>): SecurityFacet {
  const capAdd = options['cap-add'].map(normalizeCapability)
  const capDrop = options['cap-drop'].map(normalizeCapability)
  checkCapabilityChanges({ add: capAdd, drop: capDrop })
  const start: SecurityFacet = {
    isPrivileged: options.privileged,
    capAdd,
    capDrop,
    noNewPrivileges: false,
    labels: [],
    mask: [],
    unmask: [],
  }
  return options['security-opt'].reduce(withOption, start)
}

function withOption(facet: SecurityFacet, text: string): SecurityFacet {
  const separator = text.includes('=') ? '=' : ':'
  const at = text.indexOf(separator)
  const [key, value] = at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
  if (key === 'no-new-privileges') return { ...facet, noNewPrivileges: parseBoolean(text, value ?? 'true') }
  if (value === undefined) throw invalid('security-opt-invalid', `invalid --security-opt 1: ${JSON.stringify(text)}`)
  switch (key) {
    case 'apparmor':
      return { ...facet, apparmor: value }
    case 'label':
      return withLabel(facet, value)
    case 'mask':
      return { ...facet, mask: [...facet.mask, ...value.split(':')] }
    case 'proc-opts':
      return { ...facet, procOptions: value.split(',') }
    case 'seccomp':
      return { ...facet, seccomp: value === 'unconfined' ? value : resolve(value) }
    case 'systempaths':
      if (value === 'unconfined') return { ...facet, unmask: [...facet.unmask, 'ALL'] }
      throw invalid(
        'security-opt-invalid',
        `invalid systempaths option ${JSON.stringify(value)}, only \`unconfined\` is supported`,
      )
    case 'unmask':
      return { ...facet, unmask: [...facet.unmask, value] }
    default:
      throw invalid('security-opt-invalid', `invalid --security-opt 2: ${JSON.stringify(text)}`)
  }
}

/** Without SELinux there is nothing to disable and no level to set; a nested policy there is not either. */
function withLabel(facet: SecurityFacet, value: string): SecurityFacet {
  if (value !== 'nested') return { ...facet, labels: [...facet.labels, value] }
  throw new EngineError({
    kind: 'unsupported',
    code: 'security-opt-unsupported',
    message: '--security-opt label=nested is not supported yet',
  })
}

function parseBoolean(text: string, value: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) return false
  throw invalid('security-opt-invalid', `invalid --security-opt 2: ${JSON.stringify(text)}`)
}
