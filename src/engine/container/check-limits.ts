// Whether this host can do what a container's limits and control group ask for; what it lacks is told or refused before anything is made.

import { existsSync } from 'node:fs'
import { EngineError, invalid } from '../../base/errors.ts'
import { readCgroupFile } from '../../os/cgroup-files.ts'
import { checkCgroup, checkCgroupParent, checkSplit } from '../../spec/cgroup.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { parseCpuset } from '../../spec/cpu.ts'
import { limitWarnings } from '../../spec/limit-ability.ts'
import type { Limits } from '../../spec/limits.ts'
import type { Engine } from '../engine.ts'
import type { Settings } from '../settings.ts'
import { resolveBlockDevices } from './block-devices.ts'
import { cgroupSurroundings, usableControllers } from './cgroup-path.ts'
import { lackingLimits } from './lacking-limits.ts'

/** What the user should know of limits that are dropped. `limits`: as they were asked for. */
export function warningsOfLimits({ cgroupManager, isRootless }: LimitSettings, limits: Limits): string[] {
  const at = cgroupSurroundings(cgroupManager, isRootless)
  const { isUnified } = at
  const lacking = lackingLimits(limits, isUnified)
  return limitWarnings(limits, { isRootless, isUnified, controllers: usableControllers(at), lacking })
}

type LimitSettings = Pick<Settings, 'cgroupManager' | 'isRootless'>

/** @throws invalid `cgroup-conf-invalid`, `cpuset-invalid`, `device-unknown` */
export function checkHostLimits({ cgroupManager, isRootless }: LimitSettings, limits: Limits): void {
  const at = cgroupSurroundings(cgroupManager, isRootless)
  // There limits are ignored, whatever they are.
  if (isRootless && !at.isUnified) return
  if (limits.cgroupConf !== undefined && !at.isUnified) {
    throw invalid('cgroup-conf-invalid', 'cannot use --cgroup-conf without cgroup v2')
  }
  if (usableControllers(at).has('cpuset')) {
    checkAvailable('cpus', limits.cpusetCpus, { v1: 'cpuset.cpus', v2: 'cpuset.cpus.effective' })
    checkAvailable('mems', limits.cpusetMems, { v1: 'cpuset.mems', v2: 'cpuset.mems.effective' })
  }
  resolveBlockDevices(limits)
}

/** @throws what checkHostLimits throws; invalid for what contradicts itself; unsupported `cgroup-root`, `rdt-unsupported`, `device-rules-unsupported` */
export function checkControlGroup({ settings }: Engine, spec: CompleteSpec): void {
  const { cgroupManager, isRootless } = settings
  const { cgroup, namespaces, resources } = spec
  checkCgroup(cgroup, namespaces.pid)
  if (cgroup.mode !== 'split') checkCgroupParent(cgroup.parent, cgroupManager)
  checkSplit(cgroup, cgroupSurroundings(cgroupManager, isRootless))
  checkNoCgroups(settings, spec)
  checkHostLimits(settings, resources)
  if (isRootless && spec.devices.rules !== undefined) throw noDeviceRules()
  if (resources.rdtClass !== undefined && (isRootless || !existsSync('/sys/fs/resctrl/schemata'))) {
    throw noRdt(resources.rdtClass, isRootless)
  }
}

/** As containers.conf's runtime_supports_nocgroups has it. */
const runtimesWithoutCgroups = ['crun', 'crun-wasm', 'krun']

function checkNoCgroups({ runtime }: Settings, { cgroup }: CompleteSpec): void {
  if (cgroup.mode !== 'disabled' || runtimesWithoutCgroups.includes(runtime.name)) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'nocgroups-unsupported',
    message: `requested OCI runtime ${runtime.name} is not compatible with NoCgroups: invalid argument`,
    hint: 'Use crun: --runtime crun',
  })
}

function checkAvailable(what: 'cpus' | 'mems', text: string | undefined, files: { v1: string; v2: string }): void {
  if (text === undefined) return
  const read = (name: string) => readCgroupFile({ group: '/', controller: 'cpuset', name })
  const available = (read(files.v2) ?? read(files.v1) ?? '').trim()
  const there = parseCpuset(what, available)
  if (available === '' || [...parseCpuset(what, text)].every((number) => there.has(number))) return
  const noun = what === 'cpus' ? 'CPUs' : 'memory nodes'
  throw invalid('cpuset-invalid', `requested ${noun} are not available - requested ${text}, available: ${available}`)
}

function noDeviceRules(): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'device-rules-unsupported',
    message: 'device cgroup rules are not supported in rootless mode or in a user namespace',
  })
}

function noRdt(name: string, isRootless: boolean): EngineError {
  const message = isRootless ? 'only root can' : 'this host has no resctrl file system to'
  return new EngineError({
    kind: 'unsupported',
    code: 'rdt-unsupported',
    message: `--rdt-class=${name}: ${message} put a container into a class of service`,
    ...(isRootless ? {} : { hint: 'Where the processor has RDT: mount -t resctrl resctrl /sys/fs/resctrl' }),
  })
}
