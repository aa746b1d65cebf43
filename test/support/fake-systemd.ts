// Stands for a user's systemd on its bus: grants every scope that is asked of it, moves nothing, and keeps which programs were to go
// into which. What real processes do there is looked at in test/vm.

import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { decodeMessage, encodeCall, firstString, putString } from '../../src/os/dbus-message.ts'

export interface FakeSystemd extends AsyncDisposable {
  /** `gantry-pasta: pasta`: without the random end of the unit's name. */
  readonly scopes: string[]
  /** For the commands that shall find it. */
  readonly env: Readonly<Record<string, string>>
  /** A runc that leaves systemd alone. */
  readonly runtime: string
}

export async function startFakeSystemd(folder: string): Promise<FakeSystemd> {
  const socket = join(folder, 'bus')
  const scopes: string[] = []
  const server = createServer((client) => serve(client, (scope) => void scopes.push(scope)))
  await new Promise<void>((done) => server.listen(socket, done))
  chmodSync(socket, 0o666)
  const runtime = join(folder, 'runc')
  writeFileSync(runtime, runcWithoutSystemd, { mode: 0o755 })
  return {
    scopes,
    env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` },
    runtime,
    async [Symbol.asyncDispose]() {
      await new Promise((done) => server.close(done))
    },
  }
}

const runcWithoutSystemd = `#!/bin/sh
for word; do
  shift
  [ "$word" = --systemd-cgroup ] || set -- "$@" "$word"
  [ "$before" != --bundle ] || sed -i 's/"cgroupsPath":"[^"]*",*//' "$word/config.json"
  before=$word
done
exec runc "$@"
`

function serve(client: Socket, keep: (scope: string) => void): void {
  let bytes = Buffer.alloc(0)
  let isLoggedIn = false
  client.on('error', () => undefined)
  client.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    if (!isLoggedIn) {
      const end = bytes.indexOf('BEGIN\r\n')
      if (end < 0) return
      isLoggedIn = true
      client.write('OK 00\r\n')
      bytes = bytes.subarray(end + 7)
    }
    for (let call = decodeMessage(bytes); call !== undefined; call = decodeMessage(bytes)) {
      client.write(reply(bytes.readUInt32LE(8)))
      if (bytes.subarray(0, call.size).includes('StartTransientUnit')) {
        const unit = firstString(call.body)
        keep(`${unit.replace(/-[0-9a-f]{8}\.scope$/, '')}: ${pidsIn(call.body).map(programOf).join(' ')}`)
        client.write(jobRemoved(unit))
      }
      if (bytes.subarray(0, call.size).includes('RestartUnit')) {
        const unit = firstString(call.body)
        keep(`restart ${unit}`)
        client.write(jobRemoved(unit, unit.startsWith('bad') ? 'failed' : 'done'))
      }
      bytes = bytes.subarray(call.size)
    }
  })
}

/** The value of property PIDs, an array of numbers. */
function pidsIn(body: Buffer): number[] {
  const signatureAt = body.indexOf('PIDs\0') + 5
  const at = Math.ceil((signatureAt + 4) / 4) * 4
  return Array.from({ length: body.readUInt32LE(at) / 4 }, (_, index) => body.readUInt32LE(at + 4 + index * 4))
}

function programOf(pid: number): string {
  const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  return program.replace(/^.*\//, '').replace(/\.avx2$/, '')
}

function reply(serial: number): Buffer {
  const fields = Buffer.alloc(8)
  fields.set([5, 1, 'u'.charCodeAt(0), 0])
  fields.writeUInt32LE(serial, 4)
  const head = Buffer.from([0x6c, 2, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0])
  return Buffer.concat([head, fields])
}

function jobRemoved(unit: string, result = 'done'): Buffer {
  const body: number[] = []
  putString(body, unit)
  while (body.length % 4 !== 0) body.push(0)
  putString(body, result)
  const names = { destination: ':1.1', path: '/', interface: 'org.freedesktop.systemd1.Manager', member: 'JobRemoved' }
  const signal = encodeCall({ ...names, signature: 'ss', body }, 2)
  signal[1] = 4
  return signal
}
