// The first process: what runs, as whom, where, with which environment and terminal.

export interface ProcessFacet {
  /** undefined: the image's; empty: none. */
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  /** `KEY=value`, later ones win. Complete after create. */
  readonly environment: readonly string[]
  readonly workdir?: string
  /** `user[:group]`, names or numbers, resolved against the root file system at start. */
  readonly user?: string
  readonly hasTerminal: boolean
  readonly isStdinOpen: boolean
  /** --init: a minimal process 1 reaps and forwards signals. */
  readonly init: boolean
  readonly hostname?: string
}
