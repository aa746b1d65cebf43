// --hooks-dir: programs at the stages of a container's life, seen by what they leave.

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect } from 'vitest'
import { openBox } from '../../support/box.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxArchive, busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'
import { testUser } from '../../support/user.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
let folder: string

beforeEach(() => {
  folder = join(world.box.folder, 'hooks')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
})

const stages = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop']

/** Writes down its name and the state that it reads. */
function addHook(name: string, { stages = ['prestart'], when = { always: true } as object, into = folder } = {}) {
  const program = join(folder, `${name}.sh`)
  writeFileSync(program, `#!/bin/sh\nset -e; state=$(cat); echo "$1 $WORD $state" >> ${folder}/log\n`)
  chmodSync(program, 0o755)
  const hook = { path: program, args: [name, name], env: ['WORD=x', 'PATH=/bin:/usr/bin'], timeout: 5 }
  writeFileSync(join(into, `${name}.json`), JSON.stringify({ version: '1.0.0', hook, when, stages }))
}

function lines(): string[] {
  const path = join(folder, 'log')
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
}

const run = (...words: string[]) => world.box.try(['--hooks-dir', folder, 'run', '--rm', '--network', 'none', ...words])

describe('stages', () => {
  realTest('each is run, in its order, with the state to read', async () => {
    for (const stage of stages.filter((each) => each !== 'startContainer')) addHook(stage, { stages: [stage] })
    expect((await run(busyboxName, 'true')).stderr).toBe('')
    expect(lines().map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'createRuntime x',
      'prestart x',
      'createContainer x',
      'poststart x',
      'poststop x',
    ])
    const [first = ''] = lines()
    const state = JSON.parse(first.slice(first.indexOf('{')))
    expect(state).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{64}$/), bundle: expect.any(String) })
  })

  realTest('startContainer is run inside', async () => {
    const hook = { path: '/bin/touch', args: ['touch', '/started'] }
    const text = JSON.stringify({ version: '1.0.0', hook, when: { always: true }, stages: ['startContainer'] })
    writeFileSync(join(folder, 'inside.json'), text)
    expect(await run(busyboxName, 'ls', '/started')).toMatchObject({ code: 0, stdout: '/started\n' })
  })

  realTest('poststop comes at each end, of a detached one too, and with its --hooks-dir after a restart', async () => {
    addHook('last', { stages: ['poststop'] })
    const words = ['--restart', 'on-failure:1', '--network', 'none', '--name', 'detached', busyboxName, 'false']
    await world.box.ok(['--hooks-dir', 'hooks', 'run', '-d', ...words])
    await world.box.ok(['wait', '--condition', 'exited', 'detached'])
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(2)
    await world.box.ok(['rm', '-f', 'detached'])
  })

  realTest('one that fails stops the start', async () => {
    addHook('bad')
    writeFileSync(join(folder, 'bad.sh'), '#!/bin/sh\necho no way >&2; exit 3\n')
    const { code, stderr } = await run(busyboxName, 'true')
    expect([code, stderr]).toEqual([126, expect.stringMatching(/hook.*no way/s)])
    expect(await world.box.ok(['ps', '-aq'])).toBe('')
  })

  realTest('precreate may change what is made', async () => {
    addHook('pre', { stages: ['precreate'] })
    const program = join(folder, 'pre.sh')
    writeFileSync(program, `#!/bin/sh\nsed 's/"HOSTNAME=[^"]*"/"HOSTNAME=changed"/'\n`)
    expect((await run(busyboxName, 'sh', '-c', 'echo $HOSTNAME')).stdout).toBe('changed\n')
    writeFileSync(program, `#!/bin/sh\necho rubbish\n`)
    expect((await run(busyboxName, 'true')).stderr).toContain('pre.sh')
  })
})

realTest('an ordinary user’s containers have those that are asked for', async () => {
  await using box = openBox({ user: testUser('gantry-rootless') })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const mine = join(box.folder, 'hooks')
  mkdirSync(mine)
  const hook = { path: '/bin/touch', args: ['touch', '/started'] }
  const text = { version: '1.0.0', hook, when: { always: true }, stages: ['startContainer'] }
  writeFileSync(join(mine, 'inside.json'), JSON.stringify(text))
  const words = ['run', '--rm', '--network', 'none', busyboxName, 'ls', '/started']
  expect(await box.ok(['--hooks-dir', mine, ...words])).toBe('/started')
  expect((await box.try(words)).code).toBe(1)
})

describe('conditions', () => {
  realTest('annotations, commands and bind mounts', async () => {
    addHook('a', { when: { annotations: { '^my\\.key$': '(?i)YES' } } })
    addHook('b', { when: { commands: ['^/bin/tr', 'echo$'] } })
    addHook('c', { when: { hasBindMounts: true } })
    addHook('d', { when: { always: true, hasBindMounts: true, commands: ['false'] } })
    addHook('e', { when: {} })
    addHook('f', { when: { always: false, commands: ['.'] } })
    const names = async (...words: string[]) => {
      rmSync(join(folder, 'log'), { force: true })
      await run(...words)
      return lines().map((line) => line[0])
    }
    expect(await names(busyboxName, 'true')).toEqual([])
    expect(await names('--annotation', 'my.key=oh yes', busyboxName, 'true')).toEqual(['a'])
    expect(await names(busyboxName, '/bin/true')).toEqual(['b'])
    expect(await names('-v', '/etc:/x', busyboxName, 'true')).toEqual(['c'])
    expect(await names('-v', '/etc:/x', busyboxName, 'false')).toEqual(['c', 'd'])
    expect(await names('--tmpfs', '/x', busyboxName, 'true')).toEqual([])
    expect(await names('--mount', 'type=devpts,target=/x', busyboxName, 'true')).toEqual([])
  })

  realTest('a later folder’s file is in the place of an earlier one’s', async () => {
    const second = join(world.box.folder, 'hooks', 'second')
    mkdirSync(second)
    addHook('same')
    addHook('same', { into: second, when: { always: false } })
    const words = ['run', '--rm', '--network', 'none', busyboxName, 'true']
    await world.box.ok(['--hooks-dir', folder, '--hooks-dir', second, '--hooks-dir', '/nonexistent', ...words])
    expect(lines()).toEqual([])
    await world.box.ok(['--hooks-dir', second, '--hooks-dir', folder, ...words])
    expect(lines()).toHaveLength(1)
  })

  realTest('containers.conf names folders', async () => {
    addHook('configured')
    const conf = join(folder, 'containers.conf')
    writeFileSync(conf, `[engine]\nhooks_dir = ["${folder}"]\n`)
    await world.box.ok(['run', '--rm', '--network', 'none', busyboxName, 'true'], { env: { CONTAINERS_CONF: conf } })
    expect(lines()).toHaveLength(1)
  })

  realTest.for([
    ['{"version":"0.1.0"}', '0.1.0'],
    ['{', 'JSON'],
    ['{"version":"1.0.0","stages":[],"hook":{"path":"/bin/sh"},"when":{"always":1}}', 'when.always'],
    ['{"version":"1.0.0","stages":["x"],"hook":{"path":"/bin/sh"},"when":{}}', 'stage "x"'],
    ['{"version":"1.0.0","stages":[],"hook":{"path":"/no/such"},"when":{}}', '/no/such'],
    ['{"version":"1.0.0","stages":[],"hook":{"path":"/bin/sh"},"when":{"commands":["["]}}', 'when.commands'],
  ])('a file that is wrong is named: %s', async ([text, reason]) => {
    writeFileSync(join(folder, 'wrong.json'), text as string)
    const { code, stderr } = await run(busyboxName, 'true')
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining('wrong.json')])
    expect(stderr).toContain(reason)
    expect(await world.box.ok(['ps', '-aq'])).toBe('')
  })
})
