// Hand-made tar blocks for tests: any field may be wrong on purpose.

export interface BlockFields {
  name?: string
  type?: string
  size?: number | Buffer | string
  mode?: number
  uid?: number
  gid?: number
  mtime?: number
  link?: string
  magic?: string
  prefix?: string
  checksum?: number
  major?: number
  minor?: number
}

export function block(fields: BlockFields): Buffer {
  const out = Buffer.alloc(512)
  const octal = (value: number, offset: number, digits: number) =>
    out.write(value.toString(8).padStart(digits, '0'), offset, 'latin1')
  out.write(fields.name ?? 'file', 0, 100, 'latin1')
  octal(fields.mode ?? 0o644, 100, 7)
  octal(fields.uid ?? 0, 108, 7)
  octal(fields.gid ?? 0, 116, 7)
  const size = fields.size ?? 0
  if (typeof size === 'number') octal(size, 124, 11)
  else if (typeof size === 'string') out.write(size, 124, 12, 'latin1')
  else size.copy(out, 124)
  octal(fields.mtime ?? 0, 136, 11)
  out.write(fields.type ?? '0', 156, 'latin1')
  out.write(fields.link ?? '', 157, 100, 'latin1')
  out.write(fields.magic ?? 'ustar\x0000', 257, 'latin1')
  octal(fields.major ?? 0, 329, 7)
  octal(fields.minor ?? 0, 337, 7)
  out.write(fields.prefix ?? '', 345, 155, 'latin1')
  return seal(out, fields.checksum)
}

/** Writes the checksum of what the block holds now. */
export function seal(out: Buffer, checksum?: number): Buffer {
  out.fill(0x20, 148, 156)
  const sum = checksum ?? out.reduce((total, byte) => total + byte, 0)
  out.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return out
}

export function padded(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}

export function pax(records: readonly string[]): Buffer {
  const body = records
    .map((record) => {
      let length = record.length + 3
      while (`${length} ${record}\n`.length !== length) length = `${length} ${record}\n`.length
      return `${length} ${record}\n`
    })
    .join('')
  const bytes = Buffer.from(body, 'latin1')
  return Buffer.concat([block({ name: 'PaxHeaders/x', type: 'x', size: bytes.length }), padded(bytes)])
}

export function member(fields: BlockFields, content = ''): Buffer {
  return Buffer.concat([block({ size: content.length, ...fields }), padded(Buffer.from(content, 'latin1'))])
}

export const end = Buffer.alloc(1024)
