// A box with busybox in it, shared by the tests of a file: each `sh` is a container of its own that is gone afterwards.

import { afterAll, beforeAll } from 'vitest'
import { type Box, openBox, type Result } from './box.ts'
import { busyboxArchive, busyboxName } from './busybox-image.ts'

export interface BusyboxBox {
  /** There from the first test on. */
  readonly box: Box
  /** `run --rm FLAGS busybox sh -c SCRIPT`, without a network unless a flag says otherwise. */
  sh(flags: readonly string[], script: string): Promise<Result>
  /** The same; its stdout, when it ended well. */
  out(flags: readonly string[], script: string): Promise<string>
}

export function busyboxBox(): BusyboxBox {
  let box: Box | undefined
  beforeAll(async () => {
    box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
  })
  afterAll(async () => box?.[Symbol.asyncDispose]())
  const opened = () => {
    if (box === undefined) throw new Error('no test runs yet')
    return box
  }
  const words = (flags: readonly string[], script: string) => [
    ...['run', '--rm', '--network', 'none'],
    ...[...flags, busyboxName, 'sh', '-c', script],
  ]
  return {
    get box() {
      return opened()
    },
    sh: async (flags, script) => opened().try(words(flags, script)),
    out: async (flags, script) => opened().ok(words(flags, script)),
  }
}
