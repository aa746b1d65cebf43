// Where output goes.

export const logDrivers = ['k8s-file', 'json-file', 'journald', 'none', 'passthrough', 'passthrough-tty'] as const
export type LogDriver = (typeof logDrivers)[number]

/** The container has its caller's own streams: there is no log, and nobody attaches. */
export function isPassthrough(driver: string): driver is 'passthrough' | 'passthrough-tty' {
  return driver === 'passthrough' || driver === 'passthrough-tty'
}

export interface LogFacet {
  readonly driver?: LogDriver
  readonly path?: string
  /** Bytes; 0 unlimited. */
  readonly maxBytes?: number
  readonly maxFiles?: number
  readonly tag?: string
  readonly options: Readonly<Record<string, string>>
}

export interface CompleteLog extends LogFacet {
  readonly driver: LogDriver
  readonly maxBytes: number
  readonly maxFiles: number
}

export const defaultLogFiles = 3
