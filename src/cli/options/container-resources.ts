// Flags of limits → ResourceFacet. Those that `update` has, too, are in limits.ts.

import { defined } from '../../base/defined.ts'
import { invalid } from '../../base/errors.ts'
import type { ResourceFacet } from '../../spec/resources.ts'
import { parseSysctl } from '../../spec/sysctls.ts'
import { parseUlimits } from '../../spec/ulimits.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { limitOptions, limitsOf } from './limits.ts'

export const resourceOptions = defineOptions({
  ...limitOptions,
  'kernel-memory': {
    type: 'string',
    value: 'size',
    isHidden: true,
    describe: 'Does nothing: the kernel has no such limit any more',
  },
  'oom-kill-disable': {
    type: 'boolean',
    describe: 'Stop it instead of killing it when memory is short; cgroup v1 only',
  },
  'oom-score-adj': { type: 'number', value: 'score', describe: 'How readily the kernel kills it, -1000 to 1000' },
  'rdt-class': { type: 'string', value: 'class', describe: "Class of service of Intel's RDT, below /sys/fs/resctrl" },
  sysctl: {
    type: 'strings',
    value: 'name=value',
    isCommaSeparated: true,
    describe: 'Kernel parameter of its namespaces',
  },
  ulimit: {
    type: 'strings',
    value: 'name=soft[:hard]',
    isCommaSeparated: true,
    describe: 'Resource limit; "host" for ours',
  },
})

/** @throws what limitsOf throws; invalid `ulimit-invalid`, `sysctl-invalid`, `oom-score-invalid` */
export function resourceFacet(invocation: Invocation<typeof resourceOptions>): ResourceFacet {
  const { options } = invocation
  const { sysctl, ulimit } = options
  const oomScoreAdj = options['oom-score-adj']
  if (oomScoreAdj !== undefined && Math.abs(oomScoreAdj) > 1000) {
    throw invalid('oom-score-invalid', `--oom-score-adj must be between -1000 and 1000, not ${oomScoreAdj}`)
  }
  return {
    ...limitsOf(invocation),
    ...(options['oom-kill-disable'] ? { isOomKillDisabled: true } : {}),
    ...(ulimit.length === 0 ? {} : { ulimits: parseUlimits(ulimit) }),
    sysctls: Object.fromEntries(sysctl.map(parseSysctl)),
    ...defined({ oomScoreAdj, rdtClass: options['rdt-class'] || undefined }),
  }
}
