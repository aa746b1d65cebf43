// Terminals, without node:tty, which brings all of Node's networking with it.

import { native } from './native.ts'

export function isTerminal(fd: number): boolean {
  return native().terminalSize(fd) !== undefined
}
