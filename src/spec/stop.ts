// How the container is asked to end.

export interface StopFacet {
  /** Signal number. */
  readonly signal?: number
  readonly timeoutSeconds?: number
}

export type CompleteStop = Required<StopFacet>

export const defaultStopSignal = 15
