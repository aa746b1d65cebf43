// Host devices inside the container. As root they are made as nodes and allowed in the control group; without privilege nodes cannot be
// made, so the host's are bound.

import { defined } from '../base/defined.ts'
import { invalid } from '../base/errors.ts'
import type { CompleteSpec } from './container-spec.ts'
import type { OciFacts, ResolvedDevice } from './facts.ts'
import type { OciDevice, OciDeviceRule, OciMount } from './oci-config.ts'

export interface DeviceRequest {
  readonly host: string
  readonly container: string
  /** Of r, w and m. */
  readonly permissions: string
}

export interface DeviceFacet {
  readonly devices: readonly DeviceRequest[]
  /** `vendor/class=name`, of the Container Device Interface. */
  readonly cdi?: readonly string[]
  /** What the control group allows beside the devices that are there. */
  readonly rules?: readonly DeviceRule[]
}

export interface DeviceRule {
  readonly type: 'a' | 'b' | 'c'
  /** Absent: any. */
  readonly major?: number
  readonly minor?: number
  readonly access: string
}

/** `TYPE MAJOR[:MINOR] ACCESS`, as the kernel writes it; `*` is any number. @throws invalid `device-rule-invalid` */
export function parseDeviceRule(text: string): DeviceRule {
  const [type = '', numbers = '', access = '', ...more] = text.split(' ')
  if (access === '' || more.length > 0) {
    const needs = 'requires type, major:Minor, and access rules'
    throw invalid('device-rule-invalid', `invalid device cgroup rule ${needs}: ${JSON.stringify(text)}`)
  }
  if (type !== 'a' && type !== 'b' && type !== 'c') throw badRule(`type in device-access-add: ${type}`)
  const stranger = [...access].find((letter) => !'rwm'.includes(letter))
  if (stranger !== undefined) throw badRule(`access in device-access-add: ${stranger}`)
  const [major = '', minor = '*'] = numbers.split(/:(.*)/s)
  return { type, ...defined({ major: ruleNumber(major), minor: ruleNumber(minor) }), access }
}

/** `HOST[:CONTAINER][:PERMISSIONS]`. @throws invalid `device-invalid` */
export function parseDevice(text: string): DeviceRequest {
  const parts = text.split(':')
  const [host = '', second, third] = parts
  if (parts.length > 3 || host === '') throw invalid('device-invalid', `invalid device specification: ${text}`)
  if (third !== undefined && !isDeviceMode(third)) throw badMode(third)
  if (second === undefined) return { host, container: host, permissions: 'rwm' }
  if (isDeviceMode(second)) return { host, container: host, permissions: second }
  if (!second.startsWith('/')) throw badMode(second)
  return { host, container: second, permissions: third ?? 'rwm' }
}

export function ociDevices(facts: OciFacts): OciDevice[] {
  if (isBound(facts)) return []
  return facts.devices.map(({ hostPath: _, permissions: __, ...device }) => device)
}

export function ociDeviceRules(spec: CompleteSpec, facts: OciFacts): OciDeviceRule[] {
  const rules = facts.isRootless ? [] : (spec.devices.rules ?? [])
  const allowed = rules.map((rule) => ({ allow: true, ...rule }))
  if (isBound(facts)) return allowed
  if (spec.security.isPrivileged) return [{ allow: true, access: 'rwm' }]
  return [{ allow: false, access: 'rwm' }, ...facts.devices.map(allow), ...allowed]
}

export function ociDeviceMounts(facts: OciFacts): OciMount[] {
  if (!isBound(facts)) return []
  return facts.devices.map(({ hostPath, path, permissions }) => {
    const access = permissions.includes('w') ? 'rw' : 'ro'
    return {
      destination: path,
      type: 'bind',
      source: hostPath,
      options: ['slave', 'nosuid', 'noexec', access, 'rbind'],
    }
  })
}

function isBound(facts: OciFacts): boolean {
  return facts.isRootless || facts.mappings !== undefined
}

function allow({ type, major, minor, permissions }: ResolvedDevice): OciDeviceRule {
  return { allow: true, type, major, minor, access: permissions }
}

function isDeviceMode(text: string): boolean {
  return /^[rwm]+$/.test(text) && new Set(text).size === text.length
}

function badMode(mode: string): Error {
  return invalid('device-invalid', `invalid device mode: ${mode}`)
}

function ruleNumber(text: string): number | undefined {
  if (text === '*') return undefined
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw invalid('device-rule-invalid', `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
}

function badRule(what: string): Error {
  return invalid('device-rule-invalid', `invalid device ${what}`)
}
