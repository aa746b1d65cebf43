// The machine, as /proc and /etc tell of it.

import { readFileSync } from 'node:fs'
import { absentAsUndefined } from '../../base/errors.ts'

export interface MemoryFacts {
  readonly memFree: number
  readonly memTotal: number
  readonly swapFree: number
  readonly swapTotal: number
}

export function memoryFacts(): MemoryFacts {
  const text = readFileSync('/proc/meminfo', 'utf8')
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024
  return {
    memFree: bytes('MemFree'),
    memTotal: bytes('MemTotal'),
    swapFree: bytes('SwapFree'),
    swapTotal: bytes('SwapTotal'),
  }
}

export interface CpuShares {
  readonly userPercent: number
  readonly systemPercent: number
  readonly idlePercent: number
}

/** Since boot. */
export function cpuShares(): CpuShares {
  const [, user = 0, , system = 0, idle = 0] = firstLine('/proc/stat').split(/\s+/).map(Number)
  const share = (part: number) => Math.round((part / (user + system + idle)) * 10_000) / 100
  return { userPercent: share(user), systemPercent: share(system), idlePercent: share(idle) }
}

/** `2h 5m 3.00s`, with days where it is hours. */
export function uptimeText(): string {
  const seconds = Math.floor(Number(firstLine('/proc/uptime').split(' ')[0]))
  const hours = Math.floor(seconds / 3600)
  const clock = `${hours}h ${Math.floor(seconds / 60) % 60}m ${(seconds % 60).toFixed(2)}s`
  return hours === 0 ? clock : `${clock} (Approximately ${(hours / 24).toFixed(2)} days)`
}

export interface Distribution {
  readonly codename?: string
  readonly distribution: string
  readonly variant?: string
  readonly version: string
}

export function distribution(): Distribution {
  const text = absentAsUndefined(() => readFileSync('/etc/os-release', 'utf8')) ?? ''
  const value = (name: string) => new RegExp(`^${name}=["']?([^"'\\n]*)`, 'm').exec(text)?.[1]
  const [codename, variant] = [value('VERSION_CODENAME'), value('VARIANT_ID')]
  return {
    distribution: value('ID') ?? 'unknown',
    ...(variant === undefined ? {} : { variant }),
    version: value('VERSION_ID') ?? 'unknown',
    ...(codename === undefined ? {} : { codename }),
  }
}

export interface IdRange {
  readonly container_id: number
  readonly host_id: number
  readonly size: number
}

/** /proc/self/uid_map or gid_map. */
export function idRanges(kind: 'uid' | 'gid'): IdRange[] {
  const lines = readFileSync(`/proc/self/${kind}_map`, 'utf8').trim().split('\n')
  return lines.map((line) => {
    const [inside = 0, outside = 0, size = 0] = line.trim().split(/\s+/).map(Number)
    return { container_id: inside, host_id: outside, size }
  })
}

/** What the kernel can enforce. */
export function kernelSecurity(): { apparmorEnabled: boolean; seccompEnabled: boolean; selinuxEnabled: boolean } {
  const read = (path: string) => absentAsUndefined(() => readFileSync(path, 'utf8'))
  return {
    apparmorEnabled: read('/sys/module/apparmor/parameters/enabled')?.startsWith('Y') === true,
    seccompEnabled: /^Seccomp:/m.test(read('/proc/self/status') ?? ''),
    selinuxEnabled: read('/sys/fs/selinux/enforce') !== undefined,
  }
}

function firstLine(path: string): string {
  return readFileSync(path, 'utf8').split('\n')[0] ?? ''
}
