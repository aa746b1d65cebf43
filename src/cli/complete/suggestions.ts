// What is offered to a shell, and what it is to do beside.

export interface Suggestions {
  readonly candidates: readonly Candidate[]
  readonly directive: Directive
}

export interface Candidate {
  readonly text: string
  readonly about?: string
}

/** cobra's, with its numbers: each a bit. */
export const directives = { Default: 0, Error: 1, NoSpace: 2, NoFileComp: 4, FilterDirs: 16 } as const

export type Directive = readonly (keyof typeof directives)[]

export const files: Suggestions = { candidates: [], directive: ['Default'] }
export const folders: Suggestions = { candidates: [], directive: ['FilterDirs'] }

/** Those of `candidates` that go on from what is `typed`; no files. */
export function offer(candidates: readonly Candidate[], typed: string): Suggestions {
  return { candidates: candidates.filter(({ text }) => text.startsWith(typed)), directive: ['NoFileComp'] }
}

export const nothing: Suggestions = offer([], '')
