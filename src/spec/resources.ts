// Limits. Absent means: not limited by us.

export interface ResourceFacet {
  readonly memoryBytes?: number
  /** CPU time as a fraction of one CPU: 1.5. */
  readonly cpus?: number
  /** -1 unlimited. */
  readonly pidsLimit?: number
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[]
  readonly sysctls: Readonly<Record<string, string>>
  readonly oomScoreAdj?: number
}
