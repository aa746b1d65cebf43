// A service manager's end of sd_notify(3): a datagram socket, and what arrived there.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fixture } from '../native/programs.ts'

export interface NotifySocket extends Disposable {
  readonly path: string
  /** All messages until now, once there are `count`. Rejects after ten seconds. */
  messages(count: number): Promise<string[]>
}

export async function notifySocket(path: string): Promise<NotifySocket> {
  const child = spawn(fixture('journal'), [path], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  await once(child.stdout, 'data')
  const received = () => messagesIn(text.replace(/^ready\n/, ''))
  return {
    path,
    async messages(count) {
      const signal = AbortSignal.timeout(10_000)
      while (received().length < count) await once(child.stdout, 'data', { signal })
      return received()
    },
    [Symbol.dispose]: () => {
      child.kill()
    },
  }
}

/** Each is `inline SIZE`, a line's end, and so many bytes. */
function messagesIn(text: string): string[] {
  const head = /^inline (\d+)\n/.exec(text)
  if (head === null) return []
  const size = Number(head[1])
  const rest = text.slice(head[0].length)
  return rest.length < size ? [] : [rest.slice(0, size), ...messagesIn(rest.slice(size))]
}
