// Which way out is the usual one.

import { readFileSync } from 'node:fs'
import { absentAsUndefined } from '../base/errors.ts'

/** The interface that the default route leaves by, IPv4's before IPv6's; undefined where there is no such route. */
export function defaultRouteInterface(): string | undefined {
  return ipv4Interface() ?? ipv6Interface()
}

function ipv4Interface(): string | undefined {
  const routes = fieldsOf('/proc/net/route')
  return routes.find(([, destination, , flags]) => destination === '00000000' && isUsable(flags))?.[0]
}

/** Destination, its length, source, its length, gateway, metric, references, uses, flags, interface. */
function ipv6Interface(): string | undefined {
  const routes = fieldsOf('/proc/net/ipv6_route')
  return routes.find(
    ([destination, length, ...rest]) => /^0+$/.test(destination ?? '') && length === '00' && isUsable(rest[6]),
  )?.[9]
}

function fieldsOf(path: string): string[][] {
  const text = absentAsUndefined(() => readFileSync(path, 'utf8')) ?? ''
  return text.split('\n').map((line) => line.trim().split(/\s+/))
}

function isUsable(flags: string | undefined): boolean {
  return (Number(`0x${flags}`) & (isUp | isRefused)) === isUp
}

/** RTF_UP and RTF_REJECT of linux/route.h. */
const isUp = 1
const isRefused = 0x200
