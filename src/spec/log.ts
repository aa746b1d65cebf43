// Where output goes.

export interface LogFacet {
  readonly driver: 'k8s-file' | 'json-file' | 'journald' | 'none' | 'passthrough'
  readonly path?: string
  /** Bytes; 0 unlimited. */
  readonly maxBytes: number
  readonly maxFiles: number
  readonly tag?: string
  readonly options: Readonly<Record<string, string>>
}
