// Packets that come in by an entrance (uplink/entrance.ts) mark their connection, and its answers the way back. Pure.

import { type PortElement, tableName } from './rules.ts'

/** Its interface's name: fifteen characters is what the kernel takes. */
export function entranceOf(container: string): string {
  return `port${container.slice(0, 8)}`
}

/** Of a connection, a packet, and a routing table: none of the kernel's own, and no other entrance's. */
export function entranceMark(name: string): number {
  return 0x1000_0000 + Number.parseInt(name.slice('port'.length, 'port'.length + 7), 16)
}

export function entranceElement(name: string): PortElement {
  return { map: 'entrances', key: `"${name}"`, value: `0x${entranceMark(name).toString(16)}` }
}

/** Only said where an ordinary user's bridges lie: elsewhere marks are others'. */
export const entrancesText = `add map inet ${tableName} entrances { type ifname : mark; }
add chain inet ${tableName} entering { type filter hook prerouting priority mangle; policy accept; }
flush chain inet ${tableName} entering
add rule inet ${tableName} entering ct direction original ct mark set iifname map @entrances
add rule inet ${tableName} entering ct direction reply ct mark != 0 meta mark set ct mark
`
