// What a start would find out, too, but whoever creates wants to know.

import { EngineError } from '../../base/errors.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { Engine } from '../engine.ts'
import { checkIdMaps } from './check-id-maps.ts'
import { checkControlGroup } from './check-limits.ts'
import { checkDevices } from './host-devices.ts'
import { readSeccompProfile } from './host-facts.ts'
import { checkCgroupNamespace, checkShareable } from './joined-namespaces.ts'
import { checkSources } from './mount-sources.ts'
import { checkHostUsers } from './name-users.ts'
import { checkTimeZone } from './time-zone.ts'

/** Makes nothing. @throws invalid and unsupported, as each of these does */
export function checkComplete(engine: Engine, spec: CompleteSpec): void {
  checkShareable(engine.at, spec)
  checkCgroupNamespace(engine.at, spec)
  checkGroups(engine, spec)
  checkSources(spec)
  checkIdMaps(spec, engine.settings.isRootless)
  checkDevices(spec)
  checkHostUsers(spec)
  checkTimeZone(spec.process.timeZone)
  checkSeccomp(spec)
  checkControlGroup(engine, spec)
}

function checkSeccomp({ security: { seccomp } }: CompleteSpec): void {
  if (seccomp !== undefined && seccomp !== 'unconfined') readSeccompProfile(seccomp)
}

function checkGroups({ settings }: Engine, { process }: CompleteSpec): void {
  if (process.isKeepingGroups !== true || settings.runtime.name === 'crun') return
  throw new EngineError({
    kind: 'unsupported',
    code: 'groups-unsupported',
    message: `the runtime ${settings.runtime.name} cannot keep the groups of its caller`,
    hint: 'Use crun: --runtime crun',
  })
}
