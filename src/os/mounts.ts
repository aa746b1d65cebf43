// The mounts that this process sees: /proc/self/mountinfo.

import { readFileSync } from 'node:fs'

/** Of a path without links. Lock-free. */
export function isMountPoint(path: string): boolean {
  return mountPoints().includes(path)
}

/** Mount points below `folder`, itself excluded, deepest and latest first. Lock-free. */
export function mountsBelow(folder: string): string[] {
  return mountPoints()
    .filter((path) => path.startsWith(`${folder}/`))
    .reverse()
}

function mountPoints(): string[] {
  const text = readFileSync('/proc/self/mountinfo', 'utf8')
  return text.split('\n').map((line) => unescape(line.split(' ')[4] ?? ''))
}

/** The kernel writes blank, tab, newline and backslash as octal escapes. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
