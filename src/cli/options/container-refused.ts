// podman's flags of run and create that are not honoured yet: known, so that they can be refused by name.

import { EngineError } from '../../base/errors.ts'
import type { OptionSpec, OptionTable } from '../command.ts'

const booleans = ['no-healthcheck', 'oom-kill-disable']

const texts = (
  'blkio-weight blkio-weight-device cgroup-conf cgroup-parent cgroups cpu-period cpu-quota ' +
  'cpu-rt-period cpu-rt-runtime cpu-shares cpuset-cpus cpuset-mems decryption-key device-cgroup-rule device-read-bps ' +
  'device-read-iops device-write-bps device-write-iops gpus ' +
  'health-cmd health-interval health-log-destination health-max-log-count health-max-log-size health-on-failure ' +
  'health-retries health-start-period health-startup-cmd health-startup-interval health-startup-retries ' +
  'health-startup-success health-startup-timeout health-timeout init-ctr ' +
  'kernel-memory memory-reservation memory-swap memory-swappiness personality ' +
  'pod pod-id-file rdt-class sdnotify seccomp-policy ' +
  'storage-opt'
).split(' ')

const shorts: Readonly<Record<string, string>> = { 'cpu-shares': 'c' }

export const refusedOptions: OptionTable = {
  ...Object.fromEntries(booleans.map((name) => [name, refused(name, 'boolean')])),
  ...Object.fromEntries(texts.map((name) => [name, refused(name, 'strings')])),
}

/** @throws unsupported `flag-unsupported`, naming the flag */
export function refuseUnsupported(given: ReadonlySet<string>): void {
  const name = [...given].find((candidate) => Object.hasOwn(refusedOptions, candidate))
  if (name === undefined) return
  throw new EngineError({ kind: 'unsupported', code: 'flag-unsupported', message: `--${name} is not supported yet` })
}

function refused(name: string, type: OptionSpec['type']): OptionSpec {
  const short = shorts[name]
  return { type, describe: 'Not supported yet', isHidden: true, ...(short === undefined ? {} : { short }) }
}
