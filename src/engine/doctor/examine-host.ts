// The host, as far as containers depend on it. Changes nothing, asks nobody outside.

import { release } from 'node:os'
import { isUnifiedCgroup } from '../../os/cgroup.ts'
import { cgroupSurroundings, usableControllers } from '../container/cgroup-path.ts'
import type { Engine } from '../engine.ts'
import { check } from '../system/check.ts'
import { examineNetworkNeeds } from './examine-network-needs.ts'
import { examinePrograms } from './examine-programs.ts'
import { examineRootless } from './examine-rootless.ts'
import { examineStore } from './examine-store.ts'
import { type Finding, note, ok, problem } from './finding.ts'

/** In the order of what depends on what. */
export async function examineHost(engine: Engine): Promise<Finding[]> {
  return [
    examineKernel(engine),
    examineCgroups(engine),
    ...(engine.settings.isRootless ? examineRootless(engine) : []),
    ...examineStore(engine),
    await examineState(engine),
    ...(await examinePrograms(engine)),
    ...(await examineNetworkNeeds(engine)),
    examineClock(engine),
  ]
}

/** The first with overlay in user namespaces. */
const rootlessOverlay = [5, 13] as const

function examineKernel({ settings }: Engine): Finding {
  const [major = 0, minor = 0] = release().split('.').map(Number)
  const isOld = major < rootlessOverlay[0] || (major === rootlessOverlay[0] && minor < rootlessOverlay[1])
  if (!settings.isRootless || !isOld) return ok('kernel', release())
  return note('kernel', `${release()}: no overlay for ordinary users before 5.13, fuse-overlayfs takes its place`)
}

function examineCgroups({ settings }: Engine): Finding {
  const at = cgroupSurroundings(settings.cgroupManager, settings.isRootless)
  const usable = usableControllers(at)
  const version = isUnifiedCgroup() ? 'v2' : 'v1'
  const missing = ['memory', 'cpu', 'pids'].filter((name) => !usable.has(name))
  if (missing.length === 0) return ok('control groups', `${version}, by ${settings.cgroupManager}: limits can be set`)
  const message = `${version}, by ${settings.cgroupManager}: no limits for ${missing.join(', ')}`
  if (!settings.isRootless) return problem('control groups', message)
  if (version === 'v1') return note('control groups', `${message}; ordinary users have none on v1`)
  return note(
    'control groups',
    message,
    "sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl daemon-reload",
  )
}

const day = 86_400_000

async function examineState(engine: Engine): Promise<Finding> {
  const problems = await check(engine, { isQuick: true, maxUnusedMs: day })
  if (problems.length === 0) return ok('state', `nothing is damaged below ${engine.at.root}`)
  const [first] = problems
  const more = problems.length > 1 ? ` and ${problems.length - 1} more` : ''
  return problem('state', `${first?.message ?? ''}${more}`, 'gantry system check --repair')
}

/** Certificates are not valid yet to who lives in the past. */
const lastRelease = Date.UTC(2025, 0, 1)

function examineClock({ clock }: Engine): Finding {
  const now = clock.now()
  if (Date.parse(now) >= lastRelease) return ok('time', now)
  return problem(
    'time',
    `the clock says ${now}: registries' certificates are not valid then`,
    'sudo timedatectl set-ntp true',
  )
}
