// Which of the limits that a container asks for this host's kernel has no file for.

import { readFileSync, statSync } from 'node:fs'
import { absentAsUndefined } from '../../base/errors.ts'
import { hasCgroupFile, someLimitedGroup } from '../../os/cgroup-files.ts'
import { splitDevice } from '../../os/device-number.ts'
import { v1LimitFiles, v1OnlyLimits } from '../../spec/limit-ability.ts'
import type { LimitName, Limits } from '../../spec/limits.ts'

export function lackingLimits(limits: Limits, isUnified: boolean): Set<LimitName> {
  const isWanted = (name: LimitName) =>
    limits[name] !== undefined || (name === 'memorySwapBytes' && limits.memoryBytes !== undefined)
  const lacking = isUnified ? lackingOnV2(isWanted) : lackingOnV1(isWanted, limits)
  return new Set(lacking)
}

type IsWanted = (name: LimitName) => boolean

function lackingOnV1(isWanted: IsWanted, limits: Limits): LimitName[] {
  const wanted = v1LimitFiles().filter(({ name }) => isWanted(name))
  const missing = wanted.filter(
    ({ controller, files }) => !files.some((name) => hasCgroupFile({ group: '/', controller, name })),
  )
  const lacking = missing.map(({ name }) => name)
  return (limits.blockWeightDevices ?? []).every(({ path }) => canWeigh(path))
    ? lacking
    : [...lacking, 'blockWeightDevices']
}

/** The scheduler that weighs must be the device's; one that is not there is told of elsewhere. */
function canWeigh(path: string): boolean {
  const { major, minor } = splitDevice(absentAsUndefined(() => statSync(path))?.rdev ?? 0)
  const schedulers = absentAsUndefined(() => readFileSync(`/sys/dev/block/${major}:${minor}/queue/scheduler`, 'utf8'))
  return schedulers === undefined || /\[(?:bfq|cfq)\]/.test(schedulers)
}

/** swapaccount=0 leaves groups with a limit of memory and none of swap. */
function lackingOnV2(isWanted: IsWanted): LimitName[] {
  const lacking = v1OnlyLimits().filter(isWanted)
  const group = isWanted('memorySwapBytes') ? someLimitedGroup() : undefined
  if (group === undefined || hasCgroupFile({ group, controller: 'memory', name: 'memory.swap.max' })) return lacking
  return [...lacking, 'memorySwapBytes']
}
