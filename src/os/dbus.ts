// One conversation with a D-Bus daemon: log in, call, wait. Without a library, for that would be loaded at each start.

import { createConnection, type Socket } from 'node:net'
import { type DbusCall, type DbusMessage, decodeMessage, encodeCall, firstString } from './dbus-message.ts'

export interface Bus {
  /** Path of its Unix socket. */
  readonly socket: string
  /** Who we are outside of every user namespace: the daemon asks the kernel, and compares. */
  readonly uid: number
}

export interface Conversation {
  /** Sent at once, in this order. */
  readonly calls: readonly DbusCall[]
  /** Looks at every signal; true ends the conversation, once all calls are answered. */
  isDone(signal: DbusMessage): boolean
  readonly timeoutMs: number
}

const greeting: DbusCall = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
  member: 'Hello',
  signature: '',
  body: [],
}

/** @throws Error when the bus cannot be reached, refuses us or a call, or does not answer in time */
export async function converse(bus: Bus, conversation: Conversation): Promise<void> {
  const socket = createConnection(bus.socket)
  const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), conversation.timeoutMs)
  try {
    const calls = [greeting, ...conversation.calls].map((call, index) => encodeCall(call, index + 1))
    // Nothing in this needs an answer to go on: one write, one way.
    socket.write(Buffer.concat([Buffer.from(`\0AUTH EXTERNAL ${hexOf(bus.uid)}\r\nBEGIN\r\n`), ...calls]))
    await listen(socket, conversation)
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

async function listen(socket: Socket, { calls, isDone }: Conversation): Promise<void> {
  const unanswered = new Set([greeting, ...calls].map((_, index) => index + 1))
  let isSignalled = false
  for await (const message of messagesOf(socket)) {
    if (message.kind === 'error') throw new Error(`${message.errorName}: ${firstString(message.body)}`)
    if (message.kind === 'return' && message.replySerial !== undefined) unanswered.delete(message.replySerial)
    if (message.kind === 'signal') isSignalled ||= isDone(message)
    if (isSignalled && unanswered.size === 0) return
  }
  throw new Error('the bus hung up')
}

async function* messagesOf(socket: Socket): AsyncGenerator<DbusMessage> {
  let bytes = Buffer.alloc(0)
  let isLoggedIn = false
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer])
    if (!isLoggedIn) {
      const end = bytes.indexOf('\r\n')
      if (end < 0) continue
      const answer = bytes.toString('latin1', 0, end)
      if (!answer.startsWith('OK ')) throw new Error(`the bus does not let us in: ${answer}`)
      isLoggedIn = true
      bytes = bytes.subarray(end + 2)
    }
    for (let message = decodeMessage(bytes); message !== undefined; message = decodeMessage(bytes)) {
      bytes = bytes.subarray(message.size)
      yield message
    }
  }
}

function hexOf(uid: number): string {
  return Buffer.from(String(uid)).toString('hex')
}
