// Where output goes.

export const logDrivers = ['k8s-file', 'json-file', 'journald', 'none', 'passthrough'] as const
export type LogDriver = (typeof logDrivers)[number]

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
