// A container's control group: what the runtime is told, and where that lies in the hierarchies.

import { accessSync, constants, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { cgroupControllers, isUnifiedCgroup, ownCgroup } from '../../os/cgroup.ts'
import { type CgroupSurroundings, cgroupOf, splitRuntimeGroup } from '../../spec/cgroup.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import type { Engine } from '../engine.ts'
import { readBundleConfig } from './bundle-config.ts'
import { hostUser } from './host-user.ts'

const mountPoint = '/sys/fs/cgroup'

/** The group below each hierarchy's root, as its last start chose it; undefined where it has none, or was never started in this boot. */
export function cgroupPathOf(
  engine: Pick<Engine, 'at' | 'settings'>,
  container: { readonly id: string; readonly stored: StoredSpec },
): string | undefined {
  const path = readBundleConfig(engine.at, container.id)?.linux.cgroupsPath
  return path === undefined ? undefined : groupOf(path, container.stored.cgroupManager, engine.settings.isRootless)
}

export function groupOf(path: string, manager: 'cgroupfs' | 'systemd', isRootless: boolean): string {
  return cgroupOf(path, { manager }, isRootless ? userService() : '')
}

export function cgroupSurroundings(manager: 'cgroupfs' | 'systemd', isRootless: boolean): CgroupSurroundings {
  const isUnified = isUnifiedCgroup()
  const delegated = isRootless && isUnified && manager === 'cgroupfs' ? delegatedGroup() : undefined
  return {
    manager,
    isRootless,
    isUnified,
    delegated,
    get own() {
      return splitGroup()
    },
  }
}

/** The group that --cgroups=split divides: ours, but for what an earlier split made of it. */
function splitGroup(): string {
  const own = ownCgroup()
  return (basename(own) === splitRuntimeGroup ? dirname(own) : own) || '/'
}

/** The controllers that limits can be set with. */
export function usableControllers(at: CgroupSurroundings): Set<string> {
  if (!at.isRootless) return new Set(cgroupControllers())
  if (!at.isUnified) return new Set()
  const group = at.manager === 'systemd' ? userService() : at.delegated
  if (group === undefined) return new Set()
  const text = absentAsUndefined(() => readFileSync(join(mountPoint, group, 'cgroup.controllers'), 'utf8'))
  return new Set((text ?? '').trim().split(' '))
}

/** Beside the group that we are in, for one that has processes may have no groups with controllers below it. */
function delegatedGroup(): string | undefined {
  const parent = dirname(ownCgroup())
  try {
    accessSync(join(mountPoint, parent, 'cgroup.subtree_control'), constants.W_OK)
    accessSync(join(mountPoint, parent), constants.W_OK)
    return parent
  } catch {
    return undefined
  }
}

/** The group of the user's own systemd. */
export function userService(): string {
  const { uid } = hostUser()
  return `/user.slice/user-${uid}.slice/user@${uid}.service`
}
