// An image for another processor than was asked for may be what somebody wants, and is rarely.

import { hostPlatform, isForPlatform, type Platform, printPlatform } from '../../image/platform.ts'
import type { Engine } from '../engine.ts'

/** In podman's words; what nobody asked for is this machine's. */
export function warnOtherPlatform({ report }: Engine, own: Platform, wanted: Platform = hostPlatform()): void {
  if (isForPlatform(own, wanted)) return
  const message = `WARNING: image platform (${printPlatform(own)}) does not match the expected platform (${printPlatform(wanted)})`
  report({ type: 'notice', message })
}
