// A service container: it runs as long as one of its pods does, so that a service manager has one process to watch. Which pods are its own,
// their records say (engine/pod/service.ts).

import { invalid } from '../base/errors.ts'

export interface ServiceFacet {
  readonly exitCodes: ExitCodePropagation
}

/** When it ends as failed: once all containers of its pods have, once any has, never. */
const exitCodePropagations = ['all', 'any', 'none'] as const
export type ExitCodePropagation = (typeof exitCodePropagations)[number]

/** @throws invalid `exit-codes-invalid` */
export function parseExitCodePropagation(text: string): ExitCodePropagation {
  const known = exitCodePropagations.find((one) => one === text)
  if (known !== undefined) return known
  throw invalid('exit-codes-invalid', `unsupported exit-code propagation ${JSON.stringify(text)}`)
}
