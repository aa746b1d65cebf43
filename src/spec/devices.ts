// Host devices inside the container. As root they are made as nodes and allowed in the control group; without privilege nodes cannot be
// made, so the host's are bound.

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
  if (isBound(facts)) return []
  if (spec.security.isPrivileged) return [{ allow: true, access: 'rwm' }]
  return [{ allow: false, access: 'rwm' }, ...facts.devices.map(allow)]
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
