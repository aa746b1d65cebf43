// One syncfs(2) for all who wait for one. It runs beside the work that goes on meanwhile.

import { closeSync, constants, openSync } from 'node:fs'
import { native } from './native.ts'

interface Turn {
  readonly running: Promise<void>
  /** Began to be waited for after the running one had begun: that one may miss what they wrote. */
  next?: Promise<void>
}

const turns = new Map<string, Turn>()

/** What was written to the file system of `folder` before the call survives a power cut once this resolves. */
export async function syncTogether(folder: string): Promise<void> {
  const turn = turns.get(folder)
  if (turn === undefined) return takeTurn(folder)
  turn.next ??= turn.running.catch(() => undefined).then(async () => takeTurn(folder))
  return turn.next
}

async function takeTurn(folder: string): Promise<void> {
  const turn: Turn = { running: syncOnce(folder) }
  turns.set(folder, turn)
  try {
    await turn.running
  } finally {
    if (turn.next === undefined) turns.delete(folder)
  }
}

async function syncOnce(folder: string): Promise<void> {
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await native().syncfsAsync(fd)
  } finally {
    closeSync(fd)
  }
}
