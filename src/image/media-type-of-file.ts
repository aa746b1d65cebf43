// What kind of file an artifact's layer is: by its name, else by how it begins. Pure.

import { extname } from 'node:path'

const byExtension: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.gz': 'application/gzip',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tar': 'application/x-tar',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
  '.xml': 'text/xml',
  '.zip': 'application/zip',
}

const beginnings: readonly (readonly [hex: string, type: string])[] = [
  ['1f8b08', 'application/x-gzip'],
  ['25504446', 'application/pdf'],
  ['474946383761', 'image/gif'],
  ['474946383961', 'image/gif'],
  ['504b0304', 'application/zip'],
  ['89504e470d0a1a0a', 'image/png'],
  ['ffd8ff', 'image/jpeg'],
]

/** How many bytes of a file `mediaTypeOfFile` looks at. */
export const sniffedBytes = 512

export function mediaTypeOfFile(name: string, head: Uint8Array): string {
  const named = byExtension[extname(name).toLowerCase()]
  if (named !== undefined) return named
  const hex = Buffer.from(head).toString('hex')
  const begun = beginnings.find(([beginning]) => hex.startsWith(beginning))
  return begun?.[1] ?? (head.some(isBinary) ? 'application/octet-stream' : 'text/plain')
}

/** WHATWG's "binary data byte". */
function isBinary(byte: number): boolean {
  return byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f)
}
