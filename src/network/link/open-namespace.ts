// A pinned namespace as the file descriptor that the kernel is given with an interface to be made there.

import { closeSync, openSync } from 'node:fs'

export function openNamespace(path: string): Disposable & { readonly fd: number } {
  const fd = openSync(path, 'r')
  return { fd, [Symbol.dispose]: () => closeSync(fd) }
}
