// The questions of login: a user's name, and a password that is not shown. Read byte by byte: what follows is not ours.

import { readSync } from 'node:fs'
import { EngineError, invalid } from '../base/errors.ts'
import { native } from '../os/native.ts'
import { isTerminal } from '../os/terminal.ts'
import { print } from './render/print.ts'

const standardInput = 0

/** @throws invalid `credentials-incomplete` when standard input ends */
export function askUsername(known: string | undefined): string {
  print(known === undefined ? 'Username: ' : `Username (${known}): `)
  const typed = readLine('username').trim()
  return typed === '' ? (known ?? '') : typed
}

/** @throws invalid `credentials-incomplete` without a terminal; canceled */
export function askPassword(): string {
  return askSecret('Password: ', 'Give it with --password-stdin.', 'getting username and password: reading password: ')
}

/** `otherwise` is the way out where there is no terminal. @throws invalid `credentials-incomplete`; canceled */
export function askSecret(question: string, otherwise: string, doing = 'reading passphrase: '): string {
  if (!isTerminal(standardInput)) {
    throw invalid('credentials-incomplete', `${doing}standard input is not a terminal`, otherwise)
  }
  print(question)
  const mode = native().setRaw(standardInput)
  try {
    return readHidden()
  } finally {
    native().restoreTerminal(standardInput, mode)
    print('\n')
  }
}

function readHidden(): string {
  const typed: number[] = []
  for (;;) {
    const byte = readByte()
    if (byte === undefined || byte === 0x0a || byte === 0x0d || byte === 0x04) break
    if (byte === 0x03) throw new EngineError({ kind: 'canceled', code: 'canceled', message: 'interrupted' })
    if (byte === 0x7f || byte === 0x08) typed.pop()
    else typed.push(byte)
  }
  return Buffer.from(typed).toString('utf8')
}

function readLine(what: string): string {
  const typed: number[] = []
  for (let byte = readByte(); byte !== 0x0a; byte = readByte()) {
    if (byte === undefined)
      throw invalid('credentials-incomplete', `getting username and password: reading ${what}: EOF`)
    typed.push(byte)
  }
  return Buffer.from(typed).toString('utf8')
}

function readByte(): number | undefined {
  const buffer = Buffer.alloc(1)
  return readSync(standardInput, buffer, 0, 1, null) === 0 ? undefined : buffer[0]
}
