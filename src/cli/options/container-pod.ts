// Flags of the pod that a container joins → PodFacet.

import { resolve } from 'node:path'
import { invalid } from '../../base/errors.ts'
import type { PodFacet } from '../../spec/pod.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const podOptions = defineOptions({
  'init-ctr': {
    type: 'string',
    value: 'when',
    describe: 'Run it to its end before the other containers of its pod: once, or always',
    complete: 'none',
  },
  pod: { type: 'string', value: 'pod', describe: 'Run it in this pod; new:NAME makes one', complete: 'pod' },
  'pod-id-file': { type: 'string', value: 'file', describe: "Read the pod's id from this file", complete: 'file' },
})

/** @throws invalid `flags-conflict`, `init-ctr-invalid`, `pod-invalid` */
export function podFacet({ options, given }: Invocation<typeof podOptions>): { pod?: PodFacet } {
  const { pod = '', 'pod-id-file': idFile = '', 'init-ctr': init } = options
  checkConflicts({ pod, idFile, hasUserNamespace: given.has('userns') })
  if (pod === '' && idFile === '') {
    if (init !== undefined) throw invalid('init-ctr-invalid', 'must specify pod value with init-ctr')
    return {}
  }
  return {
    pod: {
      id: nameOf(pod),
      role: roleOf(init),
      ...(pod.startsWith('new:') ? { isNew: true } : {}),
      ...(idFile === '' ? {} : { idFile: resolve(idFile) }),
      ...(given.has('restart') ? {} : { isRestartOfPod: true }),
    },
  }
}

interface PodWords {
  readonly pod: string
  readonly idFile: string
  readonly hasUserNamespace: boolean
}

function checkConflicts({ pod, idFile, hasUserNamespace }: PodWords): void {
  if (pod !== '' && idFile !== '') throw invalid('flags-conflict', 'cannot specify both --pod and --pod-id-file')
  if (!hasUserNamespace || pod === '' || pod.startsWith('new:')) return
  throw invalid('flags-conflict', '--userns and --pod cannot be set together')
}

function nameOf(pod: string): string {
  const name = pod.replace(/^new:/, '')
  if (pod.startsWith('new:') && name === '') {
    throw invalid('pod-invalid', 'new pod name must be at least one character')
  }
  return name
}

function roleOf(init: string | undefined): PodFacet['role'] {
  if (init === undefined || init === '') return 'member'
  if (init === 'once' || init === 'always') return init
  throw invalid('init-ctr-invalid', `init-ctr value must be 'always' or 'once'`)
}
