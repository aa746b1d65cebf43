// Flags of privileges → SecurityFacet.

import { resolve } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import { parseGoBool } from '../../base/go-bool.ts'
import { checkCapabilityChanges, normalizeCapability } from '../../spec/capabilities.ts'
import type { SecurityFacet } from '../../spec/security.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const securityOptions = defineOptions({
  'cap-add': { type: 'strings', value: 'capability', isCommaSeparated: true, describe: 'Add a capability, or ALL' },
  'cap-drop': { type: 'strings', value: 'capability', isCommaSeparated: true, describe: 'Drop a capability, or ALL' },
  privileged: { type: 'boolean', describe: 'Give all capabilities, all devices and the kernel interfaces' },
  'seccomp-policy': {
    type: 'string',
    value: 'policy',
    default: 'default',
    describe: "Whose system calls are let through: default, or image: the profile in the image's label",
    complete: 'none',
  },
  'security-opt': {
    type: 'strings',
    value: 'option',
    describe:
      'seccomp=PROFILE|unconfined, apparmor=PROFILE, no-new-privileges, mask=PATHS, unmask=PATHS|ALL, proc-opts=OPTIONS',
  },
})

/** @throws invalid `capability-unknown`, `capability-conflict`, `seccomp-policy-invalid`, `security-opt-invalid`; unsupported `security-opt-unsupported` */
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
    ...(isImagesPolicy(options['seccomp-policy']) ? { isSeccompOfImage: true } : {}),
  }
  return options['security-opt'].reduce(withOption, start)
}

function isImagesPolicy(text: string): boolean {
  if (text === 'image') return true
  if (text === 'default' || text === '') return false
  const way = 'Choose default or image'
  throw invalid('seccomp-policy-invalid', `invalid seccomp policy ${JSON.stringify(text)}`, way)
}

function withOption(facet: SecurityFacet, text: string): SecurityFacet {
  const separator = text.includes('=') ? '=' : ':'
  const at = text.indexOf(separator)
  const [key, value] = at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
  if (key === 'no-new-privileges') return { ...facet, noNewPrivileges: parseBoolean(text, value ?? 'true') }
  if (value === undefined) throw invalid('security-opt-invalid', `invalid --security-opt 1: ${JSON.stringify(text)}`)
  const change = Object.hasOwn(changes, key) ? changes[key] : undefined
  if (change === undefined) throw invalid('security-opt-invalid', `invalid --security-opt 2: ${JSON.stringify(text)}`)
  return change(facet, value)
}

type Change = (facet: SecurityFacet, value: string) => SecurityFacet

const changes: Readonly<Record<string, Change>> = {
  apparmor: (facet, value) => ({ ...facet, apparmor: value }),
  label: withLabel,
  mask: (facet, value) => ({ ...facet, mask: [...facet.mask, ...value.split(':')] }),
  'proc-opts': (facet, value) => ({ ...facet, procOptions: value.split(',') }),
  seccomp: (facet, value) => ({ ...facet, seccomp: value === 'unconfined' ? value : resolve(value) }),
  systempaths: withSystemPaths,
  unmask: (facet, value) => ({ ...facet, unmask: [...facet.unmask, value] }),
}

/** docker's word for unmask=ALL. */
function withSystemPaths(facet: SecurityFacet, value: string): SecurityFacet {
  if (value === 'unconfined') return { ...facet, unmask: [...facet.unmask, 'ALL'] }
  const quoted = JSON.stringify(value)
  throw invalid('security-opt-invalid', `invalid systempaths option ${quoted}, only \`unconfined\` is supported`)
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
  const parsed = parseGoBool(value)
  if (parsed !== undefined) return parsed
  throw invalid('security-opt-invalid', `invalid --security-opt 2: ${JSON.stringify(text)}`)
}
