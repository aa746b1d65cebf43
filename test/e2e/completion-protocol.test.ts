// `__complete`: what completion scripts that were made for podman ask, answered from the real state.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect } from 'vitest'
import { commandTable } from '../../src/cli/command-table.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()

async function answer(
  verb: string,
  words: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string }> {
  const [program = '', ...globals] = world.box.argv
  return execa(program, [verb, ...globals, ...words], { env: { ...world.box.env, ...extra }, stripFinalNewline: false })
}

/** Candidates, and the directive's number. */
async function ask(...words: readonly string[]): Promise<{ offered: string[]; directive: number }> {
  const { stdout } = await answer('__completeNoDesc', words)
  const lines = stdout.trimEnd().split('\n')
  return { offered: lines.slice(0, -1), directive: Number(lines.at(-1)?.slice(1)) }
}

/** Of every command whose --format is a template. */
async function declaredFields(): Promise<[path: string, fields: readonly string[]][]> {
  const commands = await Promise.all(
    Object.entries(commandTable).map(async ([path, { load }]) => [path, (await load()).default] as const),
  )
  return commands.flatMap(([path, { options }]) => {
    const fields = options?.['format']?.fields
    return fields === undefined ? [] : [[path, fields.split(' ')]]
  })
}

describe('names', () => {
  realTest('of commands, with what they are for', async () => {
    const { stdout, stderr } = await answer('__complete', ['container', 'pa'])
    expect(stdout).toBe('pause\tPause all the processes in one or more containers\n:4\n')
    expect(stderr).toBe('Completion ended with directive: ShellCompDirectiveNoFileComp\n')
    expect((await ask('vol')).offered).toEqual(['volume'])
    expect((await ask('help', 'container', 'pau')).offered).toEqual(['pause'])
  })

  realTest('of flags that may still come, and of their values', async () => {
    expect((await ask('run', '--cgroup')).offered).toEqual([
      '--cgroup-conf',
      '--cgroup-manager',
      '--cgroup-parent',
      '--cgroupns',
      '--cgroups',
    ])
    expect((await ask('run', '--cgroups', 'split', '--cgroups')).offered).toEqual([])
    expect((await ask('run', '--systemd', 'a')).offered).toEqual(['always'])
    expect((await ask('run', '--systemd=a')).offered).toEqual(['always'])
    expect((await ask('run', busyboxName, '--sys')).offered).toEqual([])
  })

  realTest('of containers, images, volumes, networks, secrets', async () => {
    const { box } = world
    await box.ok(['create', '--network', 'none', '--name', 'made', busyboxName])
    await box.ok(['run', '-d', '--network', 'none', '--name', 'awake', busyboxName, 'sleep', '1000'])
    await box.ok(['volume', 'create', 'store'])
    await box.ok(['secret', 'create', 'word', '-'], { stdin: 'x' })
    const { Id } = await box.inspect('made')
    expect((await ask('rm', '')).offered.sort()).toEqual(['awake', 'made'])
    expect((await ask('rm', 'ma')).offered).toEqual(['made'])
    expect((await ask('rm', Id.slice(0, 5))).offered).toEqual([Id.slice(0, 12)])
    expect(await ask('stop', '')).toEqual({ offered: ['awake'], directive: 4 })
    expect((await ask('rmi', '')).offered).toEqual([busyboxName])
    expect((await ask('rmi', 'busy')).offered).toEqual(['busybox:latest'])
    expect((await ask('volume', 'rm', '')).offered).toEqual(['store'])
    expect((await ask('secret', 'rm', '')).offered).toEqual(['word'])
    expect((await ask('network', 'rm', '')).offered).toContain('podman')
    expect((await ask('inspect', 'st')).offered).toEqual(['store'])
    await box.ok(['rm', '-f', '-t', '0', 'made', 'awake'])
    await box.ok(['volume', 'rm', 'store'])
    await box.ok(['secret', 'rm', 'word'])
  })

  realTest('of the fields of what is to be inspected', async () => {
    const { box } = world
    await box.ok(['create', '--network', 'none', '--name', 'known', busyboxName])
    await box.ok(['volume', 'create', 'kept'])
    expect((await ask('inspect', '-f', '{{.Ar')).offered).toEqual(['{{.Args}}'])
    expect((await ask('inspect', 'known', '--format={{.Id}} {{.State.Pi')).offered).toEqual(['{{.Id}} {{.State.Pid}}'])
    expect(await ask('container', 'inspect', 'known', '-f', '{{.State')).toEqual({
      offered: ['{{.State.'],
      directive: 6,
    })
    expect((await ask('inspect', busyboxName, '-f', '{{json .Diges')).offered).toEqual(['{{json .Digest}}'])
    expect((await ask('volume', 'inspect', 'kept', '-f', '{{.Anon')).offered).toEqual(['{{.Anonymous}}'])
    expect((await ask('inspect', 'podman', '-f', '{{.DNSE')).offered).toEqual(['{{.DNSEnabled}}'])
    expect((await ask('network', 'inspect', 'podman', '-f', '{{.Cre')).offered).toEqual(['{{.Created}}'])
    expect((await ask('inspect', 'none-such', '-f', '{{.')).offered).toEqual([])
    await box.ok(['tag', busyboxName, 'begun:1'])
    expect((await ask('inspect', 'begun', '-f', '{{.Diges')).offered).toEqual(['{{.Digest}}'])
    expect((await ask('image', 'inspect', 'beg', '-f', '{{.Diges')).offered).toEqual(['{{.Digest}}'])
    await box.ok(['untag', 'begun:1', 'begun:1'])
    await box.ok(['rm', 'known'])
    await box.ok(['volume', 'rm', 'kept'])
  })

  realTest('of the fields of what commands print, which a template may all name', async () => {
    const { box } = world
    const updated = ['--label', 'io.containers.autoupdate=local']
    await box.ok(['run', '-d', '--name', 'shown', '-v', 'kept:/kept', ...updated, busyboxName, 'sleep', '1000'])
    await box.ok(['pod', 'create', '--network', 'none', '--name', 'shared'])
    await box.ok(['pod', 'start', 'shared'])
    await box.ok(['secret', 'create', 'word', '-'], { stdin: 'x' })
    await box.ok(['buildah', 'from', '--name', 'worked-on', busyboxName])
    const rest: Readonly<Record<string, readonly string[]>> = {
      'container inspect': ['shown'],
      'container stats': ['--no-stream'],
      events: ['--stream=false'],
      history: [busyboxName],
      'image history': [busyboxName],
      'image inspect': [busyboxName],
      inspect: ['shown'],
      'network inspect': ['podman'],
      'pod inspect': ['shared'],
      'pod stats': ['--no-stream'],
      'secret inspect': ['word'],
      stats: ['--no-stream'],
      'system events': ['--stream=false'],
      'volume inspect': ['kept'],
    }
    const formats = await declaredFields()
    expect(formats.map(([path]) => path)).toEqual(
      expect.arrayContaining(['ps', 'images', 'info', ...Object.keys(rest)]),
    )
    await box.ok(['run', '--rm', '--network', 'none', busyboxName, 'true'])
    for (const [path, fields] of formats) {
      const words = path.split(' ')
      const offered = fields.map((field) => (field.includes('.') ? `{{.${field.split('.')[0]}.` : `{{.${field}}}`))
      if (words.at(-1) !== 'inspect' || words[0] === 'secret') {
        expect((await ask(...words, '--format', '{{.')).offered, path).toEqual([...new Set(offered)])
      }
      // Needs a registry: see search.test.ts.
      if (words.at(-1) === 'search') continue
      const template = fields.map((field) => `{{.${field}}}`).join(' ')
      const printed = await box.ok([...words, '--format', template, ...(rest[path] ?? [])])
      if (path !== 'system connection list') expect(printed, path).not.toBe('')
    }
    expect((await ask('volume', 'inspect', '-f', '{{.Anon')).offered).toEqual(['{{.Anonymous}}'])
    expect((await ask('ps', '--format', '{{.ID}} {{.Namespaces.P')).offered).toEqual(['{{.ID}} {{.Namespaces.PIDNS}}'])
    await box.ok(['buildah', 'rm', 'worked-on'])
    await box.ok(['rm', '-f', '-t', '0', 'shown'])
    await box.ok(['pod', 'rm', '-f', '-t', '0', 'shared'])
    await box.ok(['volume', 'rm', 'kept'])
    await box.ok(['secret', 'rm', 'word'])
  })

  realTest('of nothing, where files or nothing may come', async () => {
    expect(await ask('import', '')).toEqual({ offered: [], directive: 0 })
    expect(await ask('run', '--env-file', '')).toEqual({ offered: [], directive: 0 })
    expect(await ask('info', '')).toEqual({ offered: [], directive: 4 })
    expect(await ask('no-such-command', '')).toEqual({ offered: [], directive: 1 })
    expect(await ask('healthcheck', 'run', 'any', '')).toEqual({ offered: [], directive: 4 })
    expect(await ask('pod', 'create', 'any', '')).toEqual({ offered: [], directive: 4 })
  })

  realTest('of images where they can be restored or copied to, of registries where people log in', async () => {
    const { box } = world
    expect((await ask('container', 'restore', '')).offered).toContain(busyboxName)
    expect((await ask('copy', 'any', '')).offered).toContain(busyboxName)
    const conf = join(box.folder, 'registries.conf')
    writeFileSync(conf, 'unqualified-search-registries = ["quay.io"]')
    const env = { CONTAINERS_REGISTRIES_CONF: conf }
    for (const verb of ['login', 'logout'])
      expect((await answer('__completeNoDesc', [verb, ''], env)).stdout).toBe('quay.io\n:4\n')
  })
})

describe('paths inside', () => {
  beforeAll(async () => {
    const script = [
      'mkdir -p /tree/empty /tree/full /big && touch /tree/full/one /tree/full/two /tree/file',
      'ln -s /tree/full /tree/link && ln -s ../../../../../../../etc /tree/out && touch "/tree/bad\nname"',
      'ln -s /var/lib /tree/host',
    ]
    await world.box.ok(['run', '--network', 'none', '--name', 'base', busyboxName, 'sh', '-c', script.join(' && ')])
    await world.box.ok(['commit', '-q', 'base', 'localhost/tree'])
    await world.box.ok(['rm', 'base'])
  })

  realTest('an image: links are followed in it, and what would disturb a terminal is left out', async () => {
    const paths = async (typed: string) => ask('run', 'localhost/tree', typed)
    expect(await paths('/tr')).toEqual({ offered: ['/tree/'], directive: 2 })
    expect((await paths('/tree/')).offered).toEqual([
      '/tree/empty/',
      '/tree/file',
      '/tree/full/',
      '/tree/host',
      '/tree/link/',
      '/tree/out/',
    ])
    expect((await paths('/tree/link/')).offered).toEqual(['/tree/link/one', '/tree/link/two'])
    expect((await paths('/tree/full')).offered).toEqual(['/tree/full/one', '/tree/full/two'])
    expect((await paths('/tree/empty')).offered).toEqual(['/tree/empty/'])
    expect((await paths('../../tr')).offered).toEqual(['../../tree/'])
    expect((await paths('tr')).offered).toEqual(['tree/'])
    expect((await ask('create', 'localhost/tree', '/tree/fu')).offered).toEqual(['/tree/full/'])
  })

  realTest('an image: a link out leads to its own files, not to the host’s', async () => {
    expect((await ask('run', 'localhost/tree', '/tree/host/')).offered).toEqual([])
    expect((await ask('run', 'localhost/tree', '/tree/out/../tree/fi')).offered).toEqual(['/tree/out/../tree/file'])
  })

  realTest('a container that runs and one that does not, with their volumes', async () => {
    const { box } = world
    writeFileSync(join(box.folder, 'bound'), '')
    const flags = ['--network', 'none', '-v', `${box.folder}/bound:/big/bound`, '-v', 'vol:/vol']
    await box.ok(['create', ...flags, '--name', 'still', 'localhost/tree'])
    await box.ok(['run', '-d', ...flags, '--name', 'awake', 'localhost/tree', 'sleep', '1000'])
    await box.ok(['exec', 'awake', 'touch', '/vol/late'])
    expect(await ask('cp', '')).toEqual({ offered: ['awake:', 'still:'], directive: 2 })
    for (const name of ['awake', 'still']) {
      expect((await ask('cp', `${name}:/big/`)).offered).toEqual(name === 'awake' ? ['awake:/big/bound'] : [])
      expect((await ask('cp', `${name}:/vol/`)).offered).toEqual([`${name}:/vol/late`])
      expect((await ask('cp', '/etc/hosts', `${name}:/tree/out/..`)).directive).toBe(2)
      expect((await ask('doctor', name, '/tree/full')).offered).toEqual(['/tree/full/one', '/tree/full/two'])
    }
    expect(await ask('cp', 'none:/')).toEqual({ offered: [], directive: 0 })
    expect(await box.findings()).toEqual([])
    await box.ok(['rm', '-f', '-t', '0', 'still', 'awake'])
    await box.ok(['volume', 'rm', 'vol'])
  })
})
