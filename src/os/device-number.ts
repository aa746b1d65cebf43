// dev_t as glibc lays it out (makedev(3)).

export interface DeviceNumber {
  readonly major: number
  readonly minor: number
}

export function splitDevice(rdev: bigint | number): DeviceNumber {
  const device = BigInt(rdev)
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n)
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n)
  return { major: Number(major), minor: Number(minor) }
}
