// The filter of system calls that a container's runtime is started under, kept in config.json so that each exec finds it there. Its other half is that
// document's own list (spec/split-seccomp.ts): neither is whole without the other.

import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { OciConfig } from '../../spec/oci-config.ts'
import { splitSeccomp } from '../../spec/split-seccomp.ts'

const annotation = 'io.gantry.call-filter'

/**
 * `config` with its usual profile split, where the runtime is known to run under such a filter. A profile that
 * somebody chose, a personality, which the runtime itself asks for, and the hooks' own calls are left alone.
 */
export function withCallFilter(config: OciConfig, spec: CompleteSpec, runtime: string): OciConfig {
  const { seccomp, personality } = config.linux
  if (seccomp === undefined || spec.security.seccomp !== undefined || personality !== undefined) return config
  if (runtime !== 'runc' || config.hooks !== undefined || spec.security.imageSeccomp !== undefined) return config
  const split = splitSeccomp(seccomp)
  if (split === undefined) return config
  return {
    ...config,
    annotations: { ...config.annotations, [annotation]: split.filter.toString('hex') },
    linux: { ...config.linux, seccomp: split.seccomp },
  }
}

/** Of a config.json; undefined where the profile is whole. */
export function callFilterOf(config: Pick<OciConfig, 'annotations'>): Buffer | undefined {
  const text = config.annotations?.[annotation]
  return text === undefined ? undefined : Buffer.from(text, 'hex')
}
