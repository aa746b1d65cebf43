// commit: what its layer holds, and what the image says; as root, as an ordinary user, and without a union.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const test = requires('root', 'runc', 'overlay')

describe.each(['root', 'an ordinary user', 'vfs'])('as %s', (who) => {
  let box: Box
  const isUser = who === 'an ordinary user'

  beforeAll(async () => {
    box = openBox(isUser ? { user: testUser() } : {})
    await box.ok([...(who === 'vfs' ? ['--storage-driver', 'vfs'] : []), 'load', '-q', '-i', busyboxArchive()])
  })
  afterAll(async () => {
    await box.ok(['rmi', '--all', '--force'])
    await box[Symbol.asyncDispose]()
  })

  const made = async (name: string, script: string, flags: readonly string[] = []) =>
    box.ok(['run', '--name', name, '--network', 'none', ...flags, busybox, 'sh', '-c', script])
  const seen = async (image: string, script: string) =>
    box.ok(['run', '--rm', '--network', 'none', '--entrypoint', '', image, 'sh', '-c', script])
  const config = async (image: string) =>
    (JSON.parse(await box.ok(['image', 'inspect', image])) as { Config: Record<string, unknown> }[])[0]?.Config ?? {}
  const layers = async (image: string) =>
    JSON.parse(await box.ok(['image', 'inspect', '-f', '{{json .RootFS.Layers}}', image])) as string[]
  /** Members of the image's highest layer. */
  const members = async (image: string) => {
    const folder = join(box.folder, `saved-${image}`)
    await box.ok(['save', '-q', '--uncompressed', '--format', 'oci-dir', '-o', folder, image])
    const blob = (digest: string) => join(folder, 'blobs/sha256', digest.slice(7))
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, never>
    const index = read(join(folder, 'index.json')) as { manifests?: { digest: string }[] }
    const manifest = read(blob(index.manifests?.[0]?.digest ?? '')) as { layers?: { digest: string }[] }
    const names = execFileSync('tar', ['-tf', blob(manifest.layers?.at(-1)?.digest ?? '')], { encoding: 'utf8' })
    return names.trim().split('\n')
  }

  test('the image holds what was written, removed and replaced', async () => {
    await made(
      'all',
      'echo a >/new; ln /new /hard; ln -s /new /soft; mkfifo /pipe; chown 5:6 /new; chmod 4751 /new; rm /bin/[; ' +
        'rm -r /root; mkdir /root; echo b >/root/b; mkdir -p /deep/er; touch -d @1000000000 /deep/er; ' +
        'dd if=/dev/zero of=/sparse bs=1 count=1 seek=64M 2>/dev/null; rmdir /home 2>/dev/null; echo file >/home',
    )
    const id = await box.ok(['commit', '-q', 'all', 'committed'])
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    const script =
      'stat -c "%n %F %a %u:%g %h" /new /hard /pipe; readlink /soft; ls /bin/[ 2>&1; ls -A /root; cat /home; ' +
      'stat -c %Y /deep/er; stat -c "%s %b" /sparse'
    const lines = (await seen('committed', script)).split('\n')
    expect(lines.slice(0, 6)).toEqual([
      '/new regular file 4751 5:6 2',
      '/hard regular file 4751 5:6 2',
      '/pipe fifo 644 0:0 1',
      '/new',
      'ls: /bin/[: No such file or directory',
      'b',
    ])
    expect(lines.slice(6, 8)).toEqual(['file', '1000000000'])
    const [size, blocks] = (lines[8] ?? '').split(' ').map(Number)
    expect(size).toBe(64 * 2 ** 20 + 1)
    // A copy of the layers, which is what vfs has, fills holes.
    if (who !== 'vfs') expect(blocks).toBeLessThan(1000)
    const [base, both] = [await layers(busybox), await layers('committed')]
    expect(both.slice(0, base.length)).toEqual(base)
    expect(both).toHaveLength(base.length + 1)
    await box.ok(['rm', 'all'])
  })

  test('nothing of a mount gets into it, nor of a secret', async () => {
    writeFileSync(join(box.folder, 'secret'), 'hidden\n')
    mkdirSync(join(box.folder, 'bind'), { recursive: true })
    execFileSync('chmod', ['a+rX', box.folder, join(box.folder, 'secret'), join(box.folder, 'bind')])
    await box.ok(['secret', 'create', 'sesame', join(box.folder, 'secret')])
    await made(
      'mounts',
      'echo x >/bound/x; echo x >/vol/x; echo x >/scratch/x; cat /run/secrets/sesame; echo kept >/kept',
      [
        ...['-v', `${join(box.folder, 'bind')}:/bound`, '-v', 'vol:/vol', '--tmpfs', '/scratch', '--secret', 'sesame'],
        ...['--secret', 'sesame,type=env,target=SESAME', '--mount', 'type=tmpfs,dst=/very/deep/place'],
        ...(isUser ? ['--user', '0'] : []),
      ],
    )
    await box.ok(['commit', '-q', 'mounts', 'plain'])
    const names = (await members('plain')).map((name) => name.replace(/^\.\/|\/$/g, ''))
    expect(names.filter((name) => !['', 'etc', 'run', 'dev', 'proc', 'sys', 'tmp'].includes(name))).toEqual(['kept'])
    expect(JSON.stringify(await config('plain'))).not.toContain('hidden')
    await box.ok(['rm', 'mounts'])
    await box.ok(['secret', 'rm', 'sesame'])
    await box.ok(['volume', 'rm', 'vol'])
  })

  test('owners and capabilities are those inside the user namespace', async () => {
    if (isUser) return
    const flags = ['--uidmap', '0:100000:65536', '--gidmap', '0:200000:65536']
    await made('mapped', 'echo x >/mine; chown 7:8 /mine', flags)
    await box.ok(['commit', '-q', 'mapped', 'unmapped'])
    expect(await seen('unmapped', 'stat -c %u:%g /mine /bin')).toBe('7:8\n0:0')
    await box.ok(['rm', 'mapped'])
  })

  test('the configuration is the run, changed', async () => {
    await box.ok([
      ...['create', '--name', 'configured', '--env', 'A=1', '--label', 'l=1', '--user', '5', '--expose', '80'],
      ...['--workdir', '/', '-v', '/anonymous', '-v', 'named:/named', busybox, 'echo', 'hi'],
    ])
    const iidfile = join(box.folder, 'iid')
    const args = ['--author', 'me', '-m', 'why', '--iidfile', iidfile, 'configured']
    const refused = await box.try(['commit', '-q', ...args, 'with:tag'])
    expect(refused).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('only compatible with the docker image'),
    })
    const id = await box.ok(['commit', '-q', '--format', 'docker', ...args, 'with:tag'])
    if (!isUser) expect(readFileSync(iidfile, 'utf8')).toBe(id)
    const [image] = JSON.parse(await box.ok(['image', 'inspect', 'with:tag'])) as [Record<string, unknown>]
    expect(image).toMatchObject({
      Id: id,
      Author: 'me',
      Comment: 'why',
      ManifestType: expect.stringContaining('docker'),
    })
    const first = await config('with:tag')
    expect(first).toMatchObject({ Cmd: ['echo', 'hi'], User: '5', Labels: { l: '1' }, ExposedPorts: { '80/tcp': {} } })
    expect(first['Env']).toContain('A=1')
    expect(first['Volumes']).toEqual({ '/anonymous': {} })
    const changes = [
      'ENTRYPOINT ["/bin/a", "b=c"]',
      'ENV A=2',
      'LABEL m=2',
      'EXPOSE 81',
      'WORKDIR /x',
      'USER 6',
      'VOLUME /v',
    ]
    const flags = changes.flatMap((change) => ['-c', change])
    await box.ok(['commit', '-q', '--include-volumes', ...flags, '--change', 'STOPSIGNAL=9', 'configured', 'changed'])
    expect(await config('changed')).toMatchObject({
      ...{ Entrypoint: ['/bin/a', 'b=c'], User: '6', WorkingDir: '/x', Labels: { l: '1', m: '2' }, StopSignal: '9' },
      ...{ ExposedPorts: { '80/tcp': {}, '81/tcp': {} }, Volumes: { '/v': {}, '/named': {}, '/anonymous': {} } },
    })
    const file = join(box.folder, 'config.json')
    writeFileSync(file, JSON.stringify({ Cmd: ['from', 'file'], Env: ['B=3'] }))
    await box.ok(['container', 'commit', '-q', '--config', file, '-c', 'ENV B=4', 'configured', 'filed'])
    const filed = await config('filed')
    expect(filed).toMatchObject({ Cmd: ['from', 'file'] })
    expect(filed['Env']).toEqual(expect.arrayContaining(['A=1', 'B=4']))
    const history = await box.ok(['history', '--format', '{{.Comment}}', 'with:tag'])
    expect(history.split('\n')[0]).toBe('why')
    await box.ok(['rm', '-v', 'configured'])
    await box.ok(['volume', 'rm', 'named'])
  })

  test('--squash makes one layer of all', async () => {
    await made('squashed', 'rm /bin/[; echo x >/x')
    await box.ok(['commit', '-q', '--squash', 'squashed', 'one'])
    expect(await layers('one')).toHaveLength(1)
    expect(await seen('one', 'cat /x; ls /bin/[ 2>&1; true')).toBe('x\nls: /bin/[: No such file or directory')
    await box.ok(['rm', 'squashed'])
  })

  test('a running container goes on, paused or not', async () => {
    await made('running', 'echo x >/x; while :; do echo y >/y; done', ['-d'])
    for (const flags of isUser ? [[]] : [[], ['--pause']]) {
      await box.ok(['commit', '-q', ...flags, 'running', 'live'])
      expect(await seen('live', 'cat /x')).toBe('x')
      expect((await box.inspect('running')).State).toMatchObject({ Status: 'running' })
    }
    await box.ok(['rm', '-f', '-t', '0', 'running'])
  })

  test('what cannot be is refused, and leaves nothing', async () => {
    await box.ok(['create', '--name', 'refused', busybox, 'true'])
    const before = await box.ok(['images', '--all', '--quiet', '--no-trunc'])
    const refused = async (...args: string[]) => (await box.try(['commit', '-q', ...args])).stderr
    expect(await refused('nobody')).toContain('no container with name or ID "nobody" found')
    expect(await refused('--change', 'BOGUS=foo', 'refused')).toContain('invalid instruction BOGUS')
    expect(await refused('--format', 'zip', 'refused')).toContain('it is oci or docker')
    expect(await refused('--iidfile', '/nowhere/iid', 'refused')).toContain("'/nowhere' is not a folder")
    expect(await refused('--config', '/nowhere', 'refused')).toContain("cannot read '/nowhere'")
    expect(await refused('refused', 'UPPER')).toContain('must be lowercase')
    expect(await box.ok(['images', '--all', '--quiet', '--no-trunc'])).toBe(before)
    await box.ok(['rm', 'refused'])
  })

  test('killed half-way it leaves nothing', async () => {
    if (isUser || who === 'vfs') return
    await made('large', 'dd if=/dev/urandom of=/big bs=1M count=100 2>/dev/null')
    const before = await box.ok(['images', '--all', '--quiet', '--no-trunc'])
    for (const waitMs of [150, 300, 450, 700]) {
      const child = box.start(['commit', '-q', 'large', 'torn'])
      const exit = new Promise((resolve) => child.once('exit', resolve))
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      child.kill('SIGKILL')
      await exit
      await box.ok(['container', 'prune', '--force', '--filter', 'label=none'])
      expect(existsSync(join(box.root, 'staging')) ? readdirSync(join(box.root, 'staging')) : []).toEqual([])
    }
    if ((await box.ok(['images', '--all', '--quiet', '--no-trunc'])) === before)
      await box.ok(['commit', '-q', 'large', 'torn'])
    expect(statSync(join(box.root, 'layers')).isDirectory()).toBe(true)
    expect(await seen('torn', 'stat -c %s /big')).toBe(String(100 * 2 ** 20))
    await box.ok(['rm', 'large'])
  })
})
