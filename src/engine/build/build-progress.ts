// What a build tells while it works; front doors render it.

export interface StepRef {
  /** Of the stage, from 0, and how many stages the Dockerfile has up to its target. */
  readonly stage: number
  readonly stages: number
  readonly stageName: string | undefined
  /** From 1: FROM is one. */
  readonly step: number
  readonly steps: number
  /** Where the platform is one of several. */
  readonly platform?: string
}

export type BuildProgress =
  | { readonly type: 'step'; readonly at: StepRef; readonly text: string }
  | { readonly type: 'cached'; readonly at: StepRef; readonly imageId: string }
  /** From a cache of --cache-from; `cached` follows. */
  | { readonly type: 'cache-pulled'; readonly at: StepRef; readonly from: string; readonly tag: string }
  /** On its way to the caches of --cache-to. */
  | { readonly type: 'cache-pushed'; readonly to: readonly string[]; readonly tag: string }
  /** `imageId`: of the image that it would be now. */
  | { readonly type: 'step-done'; readonly at: StepRef; readonly imageId: string; readonly elapsedMs: number }
  | { readonly type: 'step-failed'; readonly at: StepRef; readonly error: string }
  | { readonly type: 'commit'; readonly at: StepRef; readonly name: string | undefined }
  | { readonly type: 'warning'; readonly message: string }

/** Descriptors for what a step's process says; closed by disposing. */
export interface StepOutput extends AsyncDisposable {
  readonly stdout: number
  readonly stderr: number
}

export interface BuildObserver {
  readonly tell: (progress: BuildProgress) => void
  readonly openOutput: (at: StepRef) => StepOutput
}
