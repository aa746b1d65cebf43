// Flags of limits → ResourceFacet.

import { invalid } from '../../base/errors.ts'
import { parseBinarySize } from '../../base/size.ts'
import type { ResourceFacet } from '../../spec/resources.ts'
import { parseSysctl } from '../../spec/sysctls.ts'
import { parseUlimits } from '../../spec/ulimits.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const resourceOptions = defineOptions({
  cpus: { type: 'number', value: 'number', describe: 'CPU time, as a number of CPUs: 1.5' },
  memory: { type: 'string', short: 'm', value: 'size', describe: 'Memory limit: 512m, 2g' },
  'oom-score-adj': { type: 'number', value: 'score', describe: 'How readily the kernel kills it, -1000 to 1000' },
  'pids-limit': { type: 'number', value: 'number', describe: 'Most processes; 0 or -1 for no limit' },
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

/** @throws invalid `size-malformed`, `ulimit-invalid`, `sysctl-invalid`, `oom-score-invalid` */
export function resourceFacet({ options }: Invocation<typeof resourceOptions>): ResourceFacet {
  const { cpus, memory, sysctl, ulimit } = options
  const pidsLimit = options['pids-limit']
  const oomScoreAdj = options['oom-score-adj']
  if (oomScoreAdj !== undefined && Math.abs(oomScoreAdj) > 1000) {
    throw invalid('oom-score-invalid', `--oom-score-adj must be between -1000 and 1000, not ${oomScoreAdj}`)
  }
  return {
    ...(memory === undefined || memory === '' ? {} : { memoryBytes: parseBinarySize(memory) }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(pidsLimit === undefined ? {} : { pidsLimit }),
    ...(ulimit.length === 0 ? {} : { ulimits: parseUlimits(ulimit) }),
    sysctls: Object.fromEntries(sysctl.map(parseSysctl)),
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
  }
}
