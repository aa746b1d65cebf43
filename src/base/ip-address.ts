// IP addresses and subnets: text, numbers, bytes. Pure.

export interface IpAddress {
  readonly family: 4 | 6
  readonly value: bigint
}

export interface IpSubnet {
  /** Its first address, with all host bits zero. */
  readonly base: IpAddress
  readonly prefix: number
}

/** Undefined for what is no address. `::ffff:1.2.3.4` is IPv4, as in Go. */
export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(':')) return parseIpv4(text)
  const value = parseIpv6(text)
  if (value === undefined) return undefined
  return value >> 32n === 0xffffn ? { family: 4, value: value & 0xffffffffn } : { family: 6, value }
}

/** IPv6 in the shortest form (RFC 5952). */
export function printIp({ family, value }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(16 * (7 - index))) & 0xffffn).toString(16))
  const text = groups.join(':')
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)].map(({ index, 0: run }) => ({ at: index, length: run.length }))
  const [longest] = runs.toSorted((a, b) => b.length - a.length)
  if (longest === undefined) return text
  return `${text.slice(0, longest.at).replace(/:$/, '')}::${text.slice(longest.at + longest.length).replace(/^:/, '')}`
}

/** 4 or 16 bytes in network order. */
export function ipBytes({ family, value }: IpAddress): Buffer {
  return Buffer.from(value.toString(16).padStart(family === 4 ? 8 : 32, '0'), 'hex')
}

export function ipFromBytes(bytes: Uint8Array): IpAddress {
  return { family: bytes.length === 4 ? 4 : 6, value: BigInt(`0x${Buffer.from(bytes).toString('hex')}`) }
}

/** `10.1.2.3/16`: the address and the subnet that it is in. Undefined for what is none. */
export function parseCidr(text: string): { readonly address: IpAddress; readonly subnet: IpSubnet } | undefined {
  const [, host = '', digits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  const address = parseIp(host)
  const prefix = Number(digits)
  if (address === undefined || digits === '' || prefix > bitsOf(address.family)) return undefined
  return { address, subnet: subnetOf(address, prefix) }
}

export function printSubnet({ base, prefix }: IpSubnet): string {
  return `${printIp(base)}/${prefix}`
}

export function subnetOf({ family, value }: IpAddress, prefix: number): IpSubnet {
  return { base: { family, value: value & ~hostMask(family, prefix) }, prefix }
}

/** The highest address: IPv4's broadcast. */
export function lastOf({ base, prefix }: IpSubnet): IpAddress {
  return { family: base.family, value: base.value | hostMask(base.family, prefix) }
}

export function addressAt({ base }: IpSubnet, offset: bigint): IpAddress {
  return { family: base.family, value: base.value + offset }
}

export function isInSubnet(address: IpAddress, { base, prefix }: IpSubnet): boolean {
  if (address.family !== base.family) return false
  return (address.value & ~hostMask(base.family, prefix)) === base.value
}

export function doOverlap(a: IpSubnet, b: IpSubnet): boolean {
  return isInSubnet(a.base, b) || isInSubnet(b.base, a)
}

function bitsOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128
}

function hostMask(family: 4 | 6, prefix: number): bigint {
  return (1n << BigInt(bitsOf(family) - prefix)) - 1n
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.')
  // A leading zero would be octal elsewhere: nobody can tell what is meant.
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined
  return { family: 4, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) }
}

function parseIpv6(text: string): bigint | undefined {
  const [, head = text, dotted] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? []
  const four = dotted === undefined ? undefined : parseIpv4(dotted)
  if (dotted !== undefined && four === undefined) return undefined
  const whole =
    four === undefined ? head : `${head}${(four.value >> 16n).toString(16)}:${(four.value & 0xffffn).toString(16)}`
  const groups = expandGroups(whole)
  if (groups?.length !== 8 || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`)
}

function expandGroups(text: string): string[] | undefined {
  const halves = text.split('::')
  const split = (half: string) => (half === '' ? [] : half.split(':'))
  if (halves.length === 1) return split(text)
  if (halves.length !== 2) return undefined
  const [left, right] = halves.map(split) as [string[], string[]]
  const missing = 8 - left.length - right.length
  return missing < 1 ? undefined : [...left, ...Array.from({ length: missing }, () => '0'), ...right]
}
