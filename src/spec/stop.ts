// How the container is asked to end.

export interface StopFacet {
  /** Signal number. */
  readonly signal?: number
  readonly timeoutSeconds?: number
  /** It is killed when it has run so long; 0 never. */
  readonly lifetimeSeconds?: number
}

export type CompleteStop = Required<StopFacet>

export const defaultStopSignal = 15
