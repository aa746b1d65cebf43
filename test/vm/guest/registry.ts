// Debian's registry, in the guest.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const port = 5000
export const registryAddress = `localhost:${port}`
const folder = '/srv/registry'

/** Serves until the resource is disposed; what was pushed stays. */
export async function startRegistry(): Promise<AsyncDisposable> {
  mkdirSync(folder, { recursive: true })
  const configuration = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: folder } },
    http: { addr: registryAddress },
  }
  writeFileSync(`${folder}/config.yml`, JSON.stringify(configuration))
  const serve = ['/usr/bin/docker-registry', 'serve', `${folder}/config.yml`]
  execFileSync('systemd-run', ['--quiet', '--collect', '--unit=registry', ...serve])
  while (!(await answers())) await sleep(250)
  return {
    async [Symbol.asyncDispose]() {
      execFileSync('systemctl', ['stop', 'registry'])
    },
  }
}

async function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
