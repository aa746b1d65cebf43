// A container's privileges and ids as a securityContext.

import { relative } from 'node:path'
import type { RunConfig } from '../../image/config.ts'
import type { CompleteSecurity, SecurityFacet } from '../../spec/security.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { seccompRoot } from './container-spec.ts'

export function generateSecurity(engine: Engine, { stored }: StoredContainer, image: RunConfig | undefined): object {
  const { security, mounts, process } = stored.spec
  return {
    ...capabilitiesOf(engine, security),
    ...(security.isPrivileged ? { privileged: true } : {}),
    ...(security.noNewPrivileges && !security.isPrivileged ? { allowPrivilegeEscalation: false } : {}),
    ...(mounts.isRootReadOnly ? { readOnlyRootFilesystem: true } : {}),
    ...(isUnmasked(security) ? { procMount: 'Unmasked' } : {}),
    ...profileOf('seccompProfile', security.seccomp, profileBelowRoot),
    ...profileOf('appArmorProfile', security.apparmor, (name) => name),
    ...labelsOf(security),
    ...(stored.spec.manifest?.isNonRoot === true ? { runAsNonRoot: true } : {}),
    ...usersOf(process.user ?? '', image?.user ?? ''),
  }
}

/**
 * What was asked for and what differs from the configured ones; who is privileged has all. One that was added, but is usual, is not left out: for
 * others than root it is in effect only then.
 */
function capabilitiesOf({ settings }: Engine, security: CompleteSecurity): object {
  const { isPrivileged, capabilities: own, capAdd } = security
  const usual = settings.containerDefaults.capabilities
  const add = own.filter((name) => !usual.includes(name) || capAdd.includes(name))
  const drop = usual.filter((name) => !own.includes(name))
  if (isPrivileged || add.length + drop.length === 0) return {}
  return { capabilities: { ...(add.length === 0 ? {} : { add }), ...(drop.length === 0 ? {} : { drop }) } }
}

/** One that a cluster cannot name is left out. */
function profileOf(field: string, profile: string | undefined, nameOf: (text: string) => string | undefined): object {
  if (profile === undefined) return {}
  if (profile === 'unconfined') return { [field]: { type: 'Unconfined' } }
  const localhostProfile = nameOf(profile)
  return localhostProfile === undefined ? {} : { [field]: { type: 'Localhost', localhostProfile } }
}

function profileBelowRoot(path: string): string | undefined {
  const within = relative(seccompRoot, path)
  return within === '' || within.startsWith('..') ? undefined : within
}

function isUnmasked({ unmask }: SecurityFacet): boolean {
  return unmask.some((word) => word.toUpperCase() === 'ALL')
}

function labelsOf({ labels }: SecurityFacet): object {
  const options = labels.flatMap((label) => {
    if (label === 'disable') return [['type', 'spc_t']]
    const [name, value] = label.split(/:(.*)/s)
    return value === undefined ? [] : [[name, value]]
  })
  return options.length === 0 ? {} : { seLinuxOptions: Object.fromEntries(options) as object }
}

/** The image's own user need not be said: only that it is not root. */
function usersOf(user: string, imagesUser: string): object {
  const [imagesId = ''] = imagesUser.split(':')
  const nonRoot = /^\d+$/.test(imagesId) && Number(imagesId) > 0 ? { runAsNonRoot: true } : {}
  if (user === '' || user === imagesUser) return nonRoot
  const [uid = '', gid] = user.split(':')
  return { ...nonRoot, runAsUser: Number(uid), ...(gid === undefined ? {} : { runAsGroup: Number(gid) }) }
}
