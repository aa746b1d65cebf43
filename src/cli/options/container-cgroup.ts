// Flags of a container's control group → CgroupFacet, and what is written to its files.

import { invalid } from '../../base/errors.ts'
import { type CgroupFacet, cgroupModes } from '../../spec/cgroup.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const cgroupOptions = defineOptions({
  'cgroup-conf': {
    type: 'strings',
    value: 'file=value',
    isCommaSeparated: true,
    describe: 'Write to a file of its control group, on cgroup v2: memory.high=1073741824',
  },
  'cgroup-parent': { type: 'string', value: 'path', describe: 'Make its control group below this one' },
  cgroups: {
    type: 'string',
    value: 'mode',
    describe: 'Its control group: enabled, disabled, no-conmon (the monitor stays in ours), split (both below ours)',
  },
})

type CgroupInvocation = Invocation<typeof cgroupOptions>

/** @throws invalid `cgroup-mode-invalid` */
export function cgroupFacet({ options }: CgroupInvocation): CgroupFacet {
  const text = options.cgroups || 'enabled'
  const mode = cgroupModes.find((name) => name === text)
  if (mode === undefined)
    throw invalid('cgroup-mode-invalid', `invalid cgroup mode ${JSON.stringify(text)}: invalid argument`)
  const parent = options['cgroup-parent'] || undefined
  return { mode, ...(parent === undefined ? {} : { parent }) }
}

/** @throws invalid `cgroup-conf-invalid` */
export function cgroupConfOf({ options }: CgroupInvocation): { cgroupConf?: Readonly<Record<string, string>> } {
  const entries = options['cgroup-conf'].map((text) => {
    const at = text.indexOf('=')
    if (at === -1) throw invalid('cgroup-conf-invalid', '--cgroup-conf must be formatted KEY=VALUE')
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  return entries.length === 0 ? {} : { cgroupConf: Object.fromEntries(entries) }
}
