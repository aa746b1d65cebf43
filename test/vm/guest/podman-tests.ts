// podman's own test files in this machine, for the program that the settings name: bats' report is the machine's.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { installation } from './caller.ts'
import { note, pass } from './check.ts'

interface Settings {
  readonly cli: 'gantry' | 'podman'
  readonly files: readonly string[]
  readonly filter: string
}

const shims = '/srv/shims'
const registry = '/srv/registry'
const certificates = '/etc/ssl/certs/ca-certificates.crt'
/** Where the tests look for an image before they ask its registry. */
const imageCache = '/tmp/podman-systest-imagecache-0'
const program = `${installation}/bin/podman`

export async function runPodmanTests(): Promise<void> {
  const { cli, files, filter } = JSON.parse(readFileSync('/mnt/settings/podman', 'utf8')) as Settings
  makeNetwork()
  mkdirSync('/etc/containers', { recursive: true })
  writeFileSync('/etc/containers/containers.conf', '[engine]\nruntime = "crun"\n')
  cpSync('/mnt/images/cache', imageCache, { recursive: true })
  if (cli === 'gantry') makeShims()
  const usual = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  const own =
    cli === 'gantry'
      ? { PATH: `${shims}:${usual}`, PODMAN: program, QUADLET: `${installation}/bin/quadlet` }
      : { PATH: usual, PODMAN: '/usr/bin/podman', QUADLET: '/usr/libexec/podman/quadlet' }
  // Without KVM a command may take long; the tests' own waits stay as they are.
  const env = { ...own, HOME: '/root', TERM: 'xterm', LANG: 'C.UTF-8', PODMAN_TIMEOUT: '600' }
  await startRegistry()
  note(execFileSync(own.PODMAN, ['version'], { encoding: 'utf8', env }))
  for (const file of files) {
    pass(`## ${file}`)
    const words = ['--timing', '--formatter', 'tap', ...(filter === '' ? [] : ['--filter', filter])]
    await bats([...words, `test/system/${file}`], env)
  }
}

async function bats(words: string[], env: NodeJS.ProcessEnv): Promise<void> {
  // A process that outlives its test would keep a pipe open.
  const output = '/srv/bats.tap'
  writeFileSync(output, '')
  const tail = spawn('tail', ['-n', '+1', '-f', output], { stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface({ input: tail.stdout }).on('line', pass)
  const shell = spawn('sh', ['-c', `exec bats "$@" >>${output} 2>&1`, 'sh', ...words], {
    env,
    cwd: '/mnt/podman',
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  await new Promise((resolve) => shell.once('exit', resolve))
  await new Promise((resolve) => setTimeout(resolve, 3000))
  tail.kill()
}

/** Like any other host's, with a router that leads nowhere. */
function makeNetwork(): void {
  const ip = (...words: string[]) => execFileSync('ip', words)
  ip('netns', 'add', 'router')
  ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', 'router')
  const there = (...words: string[]) => ip('-n', 'router', ...words)
  there('link', 'set', 'lo', 'up')
  there('link', 'set', 'eth0', 'up')
  there('address', 'add', '192.0.2.1/24', 'dev', 'eth0')
  there('address', 'add', 'fd00::1/64', 'dev', 'eth0', 'nodad')
  ip('link', 'set', 'eth0', 'up')
  ip('address', 'add', '192.0.2.2/24', 'dev', 'eth0')
  ip('address', 'add', 'fd00::2/64', 'dev', 'eth0', 'nodad')
  ip('route', 'add', 'default', 'via', '192.0.2.1')
  ip('-6', 'route', 'add', 'default', 'via', 'fd00::1', 'metric', '1024')
  writeFileSync('/etc/resolv.conf', 'nameserver 192.0.2.1\n')
  appendFileSync('/etc/hosts', '127.0.0.1 quay.io\n')
}

/** Gantry is podman here; what the tests let skopeo do with podman's store is done by Gantry. */
function makeShims(): void {
  cpSync('/mnt/gantry', installation, { recursive: true, verbatimSymlinks: true })
  symlinkSync('gantry', program)
  mkdirSync(shims)
  writeFileSync(`${shims}/podman`, `#!/bin/sh\nexec ${program} "$@"\n`)
  cpSync('/mnt/guest/skopeo-into-podman.sh', `${shims}/skopeo`)
  for (const name of ['podman', 'skopeo']) chmodSync(`${shims}/${name}`, 0o755)
}

/** It is quay.io, with the images that the tests pull, and one that cannot be started. */
async function startRegistry(): Promise<void> {
  appendFileSync(certificates, readFileSync('/mnt/images/tls/ca.crt'))
  cpSync('/mnt/images/registry', registry, { recursive: true })
  const tls = { certificate: '/mnt/images/tls/quay.crt', key: '/mnt/images/tls/quay.key' }
  const configuration = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: registry } },
    http: { addr: '127.0.0.1:443', tls },
  }
  writeFileSync(`${registry}.yml`, JSON.stringify(configuration))
  execFileSync('systemd-run', ['--quiet', '--unit=quay', '/usr/bin/docker-registry', 'serve', `${registry}.yml`])
  const ask = ['-s', '--retry', '60', '--retry-delay', '1', '--retry-connrefused', 'https://quay.io/v2/']
  execFileSync('curl', ask)
  const copy = ['copy', '-q', 'oci-archive:/mnt/images/broken.tar']
  const { status, stderr } = spawnSync('skopeo', [...copy, 'docker://quay.io/libpod/autoupdatebroken:latest'], {
    encoding: 'utf8',
  })
  if (status !== 0) note(`no broken image: ${stderr}`)
}
