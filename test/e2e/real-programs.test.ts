// Programs that people run: nginx under load through a published port, PostgreSQL that is killed, two containers that find
// each other by name; out of a real Debian, as root and as an ordinary user, on a host of the test's own.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { debianArchive } from '../support/debian-image.ts'
import { documents, manifest, podManifest } from '../support/kube.ts'
import { openNetwork, type TestNetwork } from '../support/network.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const realTest = requires('root', 'runc', 'nft', 'overlay', 'pasta', 'aardvark-dns')
const image = 'localhost/debian-programs'
const cluster = '/var/lib/postgresql/15/main'
const postgres = '/usr/lib/postgresql/15/bin/postgres'

let archive: string

beforeAll(() => {
  archive = debianArchive({
    name: 'debian-programs',
    packages: ['nginx-light', 'wrk', 'postgresql'],
    // Half of the size, and nothing that runs here: the compiler that PostgreSQL would load for long queries, and what people read.
    without: ['usr/lib/*/libLLVM*', 'usr/share/doc', 'usr/share/locale', 'usr/share/man'],
  })
}, 600_000)

const server = [
  ...['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', postgres, '-D', cluster],
  ...[
    'config_file=/etc/postgresql/15/main/postgresql.conf',
    'hba_file=/conf/pg_hba.conf',
    'external_pid_file=',
  ].flatMap(setting),
  ...['listen_addresses=*', 'unix_socket_directories=/tmp'].flatMap(setting),
]

function setting(text: string): string[] {
  return ['-c', text]
}

/** A web server and its database, as Kubernetes has them. */
const pair = documents(
  manifest('PersistentVolumeClaim', { metadata: { name: 'rows' }, spec: { accessModes: ['ReadWriteOnce'] } }),
  manifest('ConfigMap', { metadata: { name: 'trust' }, data: { 'pg_hba.conf': 'host all all all trust\n' } }),
  podManifest('db', {
    containers: [
      {
        ...{ name: 'postgres', image, imagePullPolicy: 'Never', command: server },
        volumeMounts: [
          { name: 'rows', mountPath: '/var/lib/postgresql' },
          { name: 'trust', mountPath: '/conf' },
        ],
      },
    ],
    volumes: [
      { name: 'rows', persistentVolumeClaim: { claimName: 'rows' } },
      { name: 'trust', configMap: { name: 'trust' } },
    ],
    terminationGracePeriodSeconds: 20,
  }),
  podManifest('shop', {
    containers: [
      {
        ...{ name: 'web', image, imagePullPolicy: 'Never', command: ['nginx', '-g', 'daemon off;'] },
        ports: [{ containerPort: 80, hostPort: 8080 }],
      },
    ],
  }),
)

/** Every process of every container, and their monitors first. */
async function killAll(box: Box): Promise<void> {
  const shown = await box.ok(['ps', '--format', '{{.ID}}'])
  const pids = await box.ok(['inspect', '--format', '{{.State.ConmonPid}} {{.State.Pid}}', ...shown.split('\n')])
  for (const pid of pids.split(/\s+/)) process.kill(Number(pid), 'SIGKILL')
}

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  let network: TestNetwork
  let box: Box

  beforeAll(async () => {
    network = openNetwork()
    box = openBox({ network, ...(who === 'root' ? {} : { user: testUser('gantry-network') }) })
    await box.ok(['load', '-q', '-i', archive])
    return async () => {
      await box.ok(['system', 'reset', '--force'])
      await box[Symbol.asyncDispose]()
      network[Symbol.dispose]()
    }
  })

  afterEach(async () => {
    await box.ok(['rm', '--all', '--force', '--time', '0'])
  })

  realTest('nginx answers ten thousand requests through a published port', { timeout: 300_000 }, async () => {
    mkdirSync(join(box.folder, 'www'), { mode: 0o755 })
    writeFileSync(join(box.folder, 'www', 'index.html'), 'x'.repeat(4096))
    const nginx = ['nginx', '-g', 'daemon off;']
    await box.ok([
      'run',
      '-d',
      '--name',
      'web',
      '-p',
      '8080:80',
      '-v',
      `${box.folder}/www:/var/www/html:ro`,
      image,
      ...nginx,
    ])
    const url = `http://${network.hostAddress}:8080/`
    await eventually(async () => network.host('curl', '-s', '--max-time', '3', url).length === 4096)
    const report = await box.ok(['run', '--rm', '--network', 'host', image, 'wrk', '-t2', '-c20', '-d3s', url])
    expect(report).not.toMatch(/Non-2xx|Socket errors/)
    expect(Number(/(\d+) requests in/.exec(report)?.[1])).toBeGreaterThan(10_000)
    expect((await box.inspect('web')).State).toMatchObject({ Status: 'running' })
  })

  realTest('PostgreSQL on a named volume has its rows after a kill -9', { timeout: 300_000 }, async () => {
    const start = [postgres, '-D', cluster, '-c', 'config_file=/etc/postgresql/15/main/postgresql.conf']
    await box.ok(['run', '-d', '--name', 'db', '-u', 'postgres', '-v', 'rows:/var/lib/postgresql', image, ...start])
    const sql = (text: string) => box.ok(['exec', 'db', 'psql', '-h', '/var/run/postgresql', '-Atc', text])
    await eventually(async () => (await sql('select 1')) === '1')
    await sql('create table kept (n int); insert into kept select generate_series(1, 1000)')
    const { Pid } = (await box.inspect('db')).State
    process.kill(Number(Pid), 'SIGKILL')
    await eventually(async () => (await box.inspect('db')).State['Status'] === 'exited')
    await box.ok(['start', 'db'])
    await eventually(async () => (await sql('select 1')) === '1')
    expect(await sql('select count(*), sum(n) from kept')).toBe('1000|500500')
    // The volume outlives its container.
    await box.ok(['rm', '-f', 'db'])
    await box.ok(['run', '-d', '--name', 'db', '-u', 'postgres', '-v', 'rows:/var/lib/postgresql', image, ...start])
    await eventually(async () => (await sql('select count(*) from kept')) === '1000')
    await box.ok(['rm', '-f', 'db'])
    await box.ok(['volume', 'rm', 'rows'])
  })

  realTest(
    'a pair of pods keeps its rows over down and play, a kill -9 of all and a reboot',
    { timeout: 300_000 },
    async () => {
      const reboot = join(box.folder, 'boot-id')
      const playing = async (flags: string[] = [], env = {}) => {
        await box.ok(['kube', 'play', '-q', ...flags, '-'], {
          stdin: pair,
          env,
          isChecked: Object.keys(env).length === 0,
        })
      }
      const sql = (text: string, env = {}) =>
        box.ok(['exec', 'shop-web', 'psql', '-h', 'postgres', '-U', 'postgres', '-Atc', text], {
          env,
          isChecked: Object.keys(env).length === 0,
        })
      const seen = (env = {}) => eventually(async () => (await sql('select sum(n) from kept', env)) === '500500')
      await playing()
      await eventually(async () => (await sql('select 1')) === '1')
      await sql('create table kept (n int); insert into kept select generate_series(1, 1000)')
      expect(network.host('curl', '-s', '--max-time', '3', `http://${network.hostAddress}:8080/`)).toContain('nginx')
      await box.ok(['kube', 'down', '-'], { stdin: pair })
      await playing()
      await seen()
      await killAll(box)
      await playing(['--replace'])
      await seen()
      await killAll(box)
      writeFileSync(reboot, `${crypto.randomUUID()}\n`, { mode: 0o644 })
      const env = { GANTRY_BOOT_ID_FILE: reboot }
      await playing(['--replace'], env)
      await seen(env)
      await box.ok(['kube', 'down', '--force', '-'], { stdin: pair, env, isChecked: false })
      expect(await box.ok(['volume', 'ls', '-q'])).toBe('')
    },
  )

  realTest('a client finds the server by its name on a network of theirs', { timeout: 300_000 }, async () => {
    await box.ok(['network', 'create', 'inner'])
    const nginx = ['nginx', '-g', 'daemon off;']
    await box.ok(['run', '-d', '--name', 'web', '--network', 'inner', image, ...nginx])
    const wrk = ['wrk', '-t1', '-c4', '-d1s', 'http://web/']
    await eventually(async () => /requests in/.test(await box.ok(['run', '--rm', '--network', 'inner', image, ...wrk])))
    await box.ok(['rm', '-f', '-t', '0', 'web'])
    await box.ok(['network', 'rm', 'inner'])
  })
})

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    if (await isSo().catch(() => false)) return
    if (Date.now() > deadline) throw new Error('it never came')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
