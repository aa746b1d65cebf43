// bin/docker, found on PATH by a link in another folder: what docker's users type and read.

import { spawn } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, expect } from 'vitest'
import { type CommandOptions, finish, type Result } from '../support/box.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName as busybox } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const shim = resolve(import.meta.dirname, '..', '..', 'bin', 'docker')
const boxed = busyboxBox()

beforeAll(() => {
  mkdirSync(join(boxed.box.folder, 'path'))
  symlinkSync(shim, join(boxed.box.folder, 'real-docker'))
  symlinkSync('../real-docker', join(boxed.box.folder, 'path', 'docker'))
})

async function docker(args: readonly string[], { stdin, env = {} }: CommandOptions = {}): Promise<Result> {
  const { box } = boxed
  const child = spawn('docker', [...box.argv.slice(1), ...args], {
    env: { ...box.env, PATH: `${join(box.folder, 'path')}:${box.env['PATH']}`, ...env },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    cwd: box.folder,
  })
  child.stdin?.end(stdin)
  const result = await finish(child)
  expect(await box.findings()).toEqual([])
  return result
}

async function out(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await docker(args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trimEnd()
}

const jsonLines = async (...args: string[]) =>
  (await out(...args)).split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)

test('docker has a version, a server too', async () => {
  expect(await out('--version')).toMatch(/^Docker version \d+\.\d+\.\d+, build gantry$/)
  expect(await out('version')).toMatch(/^Client: .*\n\nServer: /s)
  const version = await out('version', '--format', '{{.Server.Version}}')
  expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  expect(JSON.parse(await out('version', '--format', 'json'))).toMatchObject({ Server: { Version: version } })
})

test('docker speaks of itself as docker', async () => {
  expect(await out('run', '--help')).toContain('Usage:\n  docker run [options]')
  const { code, stderr } = await docker(['secret', 'create', 'twice', '-'], { stdin: 'x' })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect((await docker(['secret', 'create', 'twice', '-'], { stdin: 'x' })).stderr).toContain(': docker secret create')
})

test('docker rm -f kills, and does not wait for what does not heed SIGTERM', async () => {
  await out('run', '-d', '--name', 'stubborn', busybox, 'sleep', '1000')
  expect(await out('rm', '-f', 'stubborn')).toBe('stubborn')
})

test('docker run passes exit codes on, and has its own', async () => {
  expect((await docker(['run', '--rm', busybox, 'sh', '-c', 'exit 7'])).code).toBe(7)
  expect((await docker(['run', '--bogus', busybox])).code).toBe(125)
  expect((await docker(['run', '--rm', busybox, '/etc'])).code).toBe(126)
  expect((await docker(['run', '--rm', busybox, 'no-such-program'])).code).toBe(127)
  expect(await docker(['run', '--rm', '-it', busybox, 'echo', 'hi'])).toMatchObject({ code: 0, stdout: 'hi\r\n' })
  const asked = await docker(['run', '--rm', '--env-host', busybox, 'env'])
  expect(asked.stdout).not.toContain('_GANTRY')
})

test('docker lists containers, also as a line of JSON each', async () => {
  const id = await out(
    'run',
    '-d',
    '--stop-signal',
    'KILL',
    '--name',
    'listed',
    '--label',
    'a=1',
    '--label',
    'b=2',
    busybox,
    'sleep',
    '1000',
  )
  for (const words of [['ps'], ['container', 'ls'], ['container', 'list']]) {
    expect(await out(...words, '--no-trunc', '-q')).toBe(id)
  }
  expect(await out('ps', '-a', '--format', '{{.Names}}')).toBe('listed')
  for (const format of ['json', '{{json .}}']) {
    const lines = await jsonLines('ps', '--format', format)
    expect(lines).toEqual([
      expect.objectContaining({ ID: id.slice(0, 12), Names: 'listed', State: 'running', Labels: 'a=1,b=2' }),
    ])
    expect(Object.values(lines[0] as object).every((value) => typeof value === 'string')).toBe(true)
  }
  expect((await jsonLines('stats', '--no-stream', '--no-reset', '--format', 'json'))[0]).toMatchObject({
    Name: 'listed',
    MemUsage: expect.stringContaining(' / '),
  })
  expect(await out('stats', '--no-stream', 'listed')).toContain('MEM USAGE / LIMIT')
  expect(JSON.parse(await out('inspect', '--type', 'container', 'listed'))).toMatchObject([{ Id: id }])
  expect(await docker(['inspect', '--type=image', 'listed'])).toMatchObject({ code: 125, stdout: '[]\n' })
  await out('rm', '-f', 'listed')
})

test('docker exec -d says nothing, and does it', async () => {
  await out('run', '-d', '--stop-signal', 'KILL', '--name', 'host', busybox, 'sleep', '1000')
  expect(await out('exec', '-d', 'host', 'sh', '-c', 'echo done >/tmp/it')).toBe('')
  await out('exec', 'host', 'sh', '-c', 'until [ -s /tmp/it ]; do :; done')
  expect((await docker(['exec', 'host', 'no-such-program'])).code).toBe(127)
  expect((await docker(['exec', 'host', 'sh', '-c', 'exit 9'])).code).toBe(9)
  await out('rm', '-f', 'host')
})

test('docker cp takes and gives archives, and follows links with -L', async () => {
  const { box } = boxed
  await out('create', '--name', 'copied', busybox, 'true')
  writeFileSync(join(box.folder, 'target'), 'text')
  symlinkSync('target', join(box.folder, 'link'))
  await out('cp', '-q', '-L', 'link', 'copied:/tmp/file')
  await out('cp', 'copied:/tmp/file', 'back')
  expect(lstatSync(join(box.folder, 'back')).isFile()).toBe(true)
  expect(readFileSync(join(box.folder, 'back'), 'utf8')).toBe('text')
  const archive = await docker(['cp', 'copied:/tmp/file', '-'])
  expect(archive.stdout).toContain('text')
  expect(await docker(['cp', '-', 'copied:/root'], { stdin: archive.stdout })).toMatchObject({ code: 0 })
  await out('cp', 'copied:/root/file', 'again')
  expect(existsSync(join(box.folder, 'again'))).toBe(true)
  await out('rm', 'copied')
})

test("docker logs -n is the number of lines, podman's is the name", async () => {
  await out('run', '--name', 'spoke', busybox, 'sh', '-c', 'echo 1; echo 2; echo 3')
  expect(await out('logs', '-n', '2', 'spoke')).toBe('2\n3')
  expect(await out('container', 'logs', '--tail', 'all', 'spoke')).toBe('1\n2\n3')
  expect((await docker(['logs', '-n', 'many', 'spoke'])).stderr).toContain('"-n, --tail"')
  expect(await out('logs', '--help')).toContain('-n, --tail')
  expect(await boxed.box.ok(['logs', '-n', 'spoke'])).toBe('1\n2\n3')
  await out('rm', 'spoke')
})

test('docker volume prune and system prune --volumes leave named volumes, unless all are meant', async () => {
  const names = async () => (await out('volume', 'ls', '-q')).split('\n')
  const [kept] = await Promise.all([
    out('volume', 'create', 'kept'),
    out('create', '--name', 'user', '-v', '/v', busybox),
  ])
  expect(await names()).toHaveLength(2)
  expect(await jsonLines('volume', 'ls', '--format', 'json')).toContainEqual(
    expect.objectContaining({ Name: 'kept', Driver: 'local', Scope: 'local', Size: 'N/A' }),
  )
  await out('rm', 'user')
  await out('volume', 'prune', '-f')
  expect(await names()).toEqual([kept])
  await out('create', '--name', 'user', '-v', '/v', busybox)
  await out('system', 'prune', '-f', '--volumes')
  expect(await names()).toEqual([kept])
  await out('volume', 'prune', '-f', '--all')
  expect(await names()).toEqual([''])
})

test('docker images, networks and rmi', async () => {
  for (const words of [['images'], ['image', 'ls']]) {
    expect(await jsonLines(...words, '--format', 'json')).toEqual([
      expect.objectContaining({
        Repository: 'localhost/busybox',
        Tag: 'latest',
        ID: expect.stringMatching(/^\w{12}$/),
      }),
    ])
  }
  expect(await jsonLines('network', 'ls', '--format', 'json')).toContainEqual(
    expect.objectContaining({ Name: 'podman', Driver: 'bridge', Scope: 'local', Internal: 'false' }),
  )
  await out('tag', busybox, 'localhost/other:1')
  await out('rmi', 'localhost/other:1')
  expect(await out('image', 'ls', '-q', '--no-trunc')).toMatch(/^sha256:\w{64}$/)
})

test('docker of another machine, and what docker alone has, is refused by name', async () => {
  for (const words of [['-H', 'tcp://elsewhere'], ['--host=ssh://elsewhere'], ['--context', 'elsewhere']]) {
    const refused = await docker([...words, 'ps'])
    expect(refused).toMatchObject({ code: 125, stdout: '' })
    expect(refused.stderr).toMatch(/^Error: --(host|context)\S* is not supported: .*service/)
  }
  expect((await docker(['ps'], { env: { DOCKER_HOST: 'tcp://elsewhere' } })).stderr).toContain(
    'DOCKER_HOST=tcp://elsewhere is not supported',
  )
  expect((await docker(['ps'], { env: { DOCKER_HOST: 'unix:///var/run/docker.sock' } })).code).toBe(0)
  expect((await docker(['swarm', 'init'])).stderr).toBe('Error: docker swarm is not supported: there is no swarm\n')
  expect((await docker(['run', '--link', 'a', busybox])).stderr).toContain('--link is not supported: containers of one')
  expect((await docker(['--tlsverify', 'ps'])).stderr).toContain('--tlsverify is not supported')
})

test('docker build and commit write docker’s images, which know health checks and comments', async () => {
  const dockerfile = `FROM ${busybox}\nHEALTHCHECK --interval=7s CMD true\n`
  for (const command of [['build'], ['buildx', 'build'], ['image', 'build']]) {
    const { code, stderr } = await docker([...command, '-q', '-t', 'healthy', '-'], { stdin: dockerfile })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(await out('inspect', '--format', '{{.HealthCheck.Interval}}', 'healthy')).toBe('7s')
    await out('rmi', 'healthy')
  }
  await out('create', '--name', 'said', busybox)
  expect((await docker(['commit', '-m', 'why', 'said', 'commented'])).code).toBe(0)
  expect(await out('inspect', '--format', '{{.Comment}}', 'commented')).toBe('why')
})
