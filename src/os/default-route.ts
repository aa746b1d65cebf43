// Which way out is the usual one.

import { readFileSync } from 'node:fs'
import { absentAsUndefined } from '../base/errors.ts'

/** The interface that IPv4's default route leaves by; undefined where there is no such route, or no IPv4. */
export function defaultRouteInterface(): string | undefined {
  const text = absentAsUndefined(() => readFileSync('/proc/net/route', 'utf8')) ?? ''
  const lines = text.split('\n').map((line) => line.split('\t'))
  return lines.find(
    ([, destination, , flags]) => destination === '00000000' && (Number(`0x${flags}`) & isUp) === 1,
  )?.[0]
}

/** RTF_UP of linux/route.h. */
const isUp = 1
