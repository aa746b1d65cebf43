// build: what steps see beside their files, what an image says of itself, where results go, and what a kill leaves.

import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')

let box: Box

beforeAll(async () => {
  box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
})
afterAll(async () => {
  await box.ok(['rmi', '--all', '--force'])
  await box[Symbol.asyncDispose]()
})

function context(name: string, lines: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  const folder = join(box.folder, name)
  for (const [path, content] of Object.entries({ ...files, Dockerfile: `${lines.join('\n')}\n` })) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

async function built(folder: string, flags: readonly string[] = []): Promise<string> {
  return box.ok(['build', '--network', 'none', ...flags, folder])
}

async function inspect<T>(image: string, format: string): Promise<T> {
  return JSON.parse(await box.ok(['image', 'inspect', '--format', `{{json ${format}}}`, image])) as T
}

test('mounts show folders, stages, caches, secrets and memory, and nothing of them gets into a layer', async () => {
  const folder = context(
    'mounts',
    [
      `FROM ${busybox} AS one`,
      'RUN echo of a stage >/stage',
      `FROM ${busybox}`,
      'RUN --mount=type=bind,source=dir,target=/b --mount=type=bind,from=one,target=/s cat /b/f /s/stage; ! touch /b/x',
      'RUN --mount=type=bind,rw,target=/b echo new >/b/dir/new',
      'RUN --mount=type=cache,target=/c echo line >>/c/log; wc -l </c/log',
      'RUN --mount=type=secret,id=key --mount=type=secret,id=key,env=KEY test "$(cat /run/secrets/key)" = "$KEY"',
      'RUN --mount=type=tmpfs,target=/t touch /t/x; grep -q " /t tmpfs" /proc/mounts',
      'RUN <<END\nset -e\necho one >/one\nEND',
      'RUN <<END\n#!/bin/cat\ntext of a program\nEND',
      'COPY <<END /heredoc\n$PATH\nEND',
    ],
    { 'dir/f': 'of the context\n' },
  )
  writeFileSync(join(box.folder, 'key'), 'a-secret-key')
  const flags = ['--secret', `id=key,src=${join(box.folder, 'key')}`, '-t', 'mounts']
  const first = await built(folder, flags)
  for (const text of ['of the context', 'of a stage', 'text of a program']) expect(first).toContain(text)
  expect((await built(folder, ['--no-cache', ...flags])).split('\n')).toContain('2')
  expect(readdirSync(join(folder, 'dir'))).toEqual(['f'])
  const names = await box.ok([
    'run',
    '--rm',
    '--network',
    'none',
    'mounts',
    'sh',
    '-c',
    'ls -A / /run; cat /one /heredoc',
  ])
  for (const gone of ['/b', '/c', '/s', '/t', 'secrets']) expect(names.split('\n')).not.toContain(gone.replace('/', ''))
  expect(names).toContain('/usr/bin')
  const files = readdirSync(box.root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  expect(texts.some((text) => text.includes('a-secret-key'))).toBe(false)
})

test('a mount’s relative target is below the working directory, and never the root', async () => {
  const lines = [
    `FROM ${busybox}`,
    'WORKDIR /app/sub',
    'RUN --mount=type=bind,source=dir/f,target=f --mount=type=cache,target=../kept cat f; touch ../kept/x; grep " /app/" /proc/mounts',
    'RUN --mount=type=bind,rw,target=. --mount=type=tmpfs,target=./t touch t/x new; cat dir/f; test "$PWD" = /app/sub',
    'RUN --mount=type=secret,id=key,target=key cat key',
    'RUN ls -A /app/sub | wc -l',
  ]
  const folder = context('relative', lines, { 'dir/f': 'of the context\n', key: 'of the secret\n' })
  const said = await built(folder, ['--secret', `id=key,src=${join(folder, 'key')}`])
  for (const text of ['of the context', 'of the secret', ' /app/sub/f ', ' /app/kept ']) expect(said).toContain(text)
  expect(said.split('\n')).toContain('0')
  const atRoot = context('at-root', [`FROM ${busybox}`, 'RUN --mount=type=tmpfs,target=. true'])
  const refused = await box.try(['build', '--network', 'none', atRoot])
  expect(refused).toMatchObject({ code: 125, stderr: expect.stringContaining("invalid mount target '/'") })
})

test('WORKDIR’s folder is its user’s, whichever step makes it', async () => {
  const lines = [
    `FROM ${busybox} AS base`,
    'RUN echo app:x:1000:1001::/:/bin/sh >>/etc/passwd',
    'USER app',
    'WORKDIR /made/by-run',
    'RUN touch x; stat -c "%n %u:%g" /made /made/by-run',
    'WORKDIR /made-by-copy',
    `FROM base`,
    'COPY --chown=app Dockerfile ./',
    'USER root',
    'RUN stat -c "%n %u:%g" /made-by-copy',
    'WORKDIR /root-s',
    'USER app',
    'COPY Dockerfile sub/',
    'RUN stat -c "%n %u:%g" /root-s',
    'USER nobody-knows',
    'WORKDIR /unknown-s',
    'COPY Dockerfile ./',
  ]
  const said = (await built(context('workdir', lines))).split('\n')
  const owners = ['/made 1000:1001', '/made/by-run 1000:1001', '/made-by-copy 1000:1001', '/root-s 0:0']
  expect(said).toEqual(expect.arrayContaining(owners))
})

test('a bind mount’s files decide whether its step is done again', async () => {
  const folder = context('bound', [`FROM ${busybox}`, 'RUN --mount=type=bind,source=dir,target=/b cat /b/f'], {
    'dir/f': 'first\n',
  })
  await built(folder)
  expect(await built(folder)).toContain('Using cache')
  writeFileSync(join(folder, 'dir/f'), 'second\n')
  expect(await built(folder)).toContain('second')
})

test('an image says what it is as buildah has it say that', async () => {
  const lines = [
    `FROM ${busybox}`,
    'ARG WORD=x',
    'RUN echo $WORD >/word',
    'ENV A=1 B="two words"',
    'EXPOSE 80 90/udp',
    'VOLUME /data',
    'LABEL one=1',
    'HEALTHCHECK --interval=5s CMD true',
    'SHELL ["/bin/sh", "-ec"]',
    'CMD echo hello',
    'ENTRYPOINT ["/bin/echo"]',
    'STOPSIGNAL SIGUSR1',
    'ONBUILD RUN echo later',
  ]
  const folder = context('says', lines)
  await built(folder, [
    '-t',
    'says',
    '--identity-label=false',
    '--label',
    'two=2',
    '--annotation',
    'note=n',
    '--env',
    'C=3',
  ])
  expect(await inspect('says', '.Config')).toEqual({
    ExposedPorts: { '80/tcp': {}, '90/udp': {} },
    Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'C=3', 'A=1', 'B=two words'],
    Entrypoint: ['/bin/echo'],
    Cmd: ['/bin/sh', '-ec', 'echo hello'],
    Volumes: { '/data': {} },
    Labels: { one: '1', two: '2' },
    StopSignal: 'SIGUSR1',
  })
  expect(await inspect('says', '.Annotations')).toMatchObject({ note: 'n' })
  const history = await inspect<{ created_by: string; comment?: string }[]>('says', '.History')
  expect(history.slice(-12, -8).map((entry) => entry.created_by)).toEqual([
    '/bin/sh -c #(nop) ARG WORD',
    '|1 WORD=x /bin/sh -c echo $WORD >/word',
    '/bin/sh -c #(nop) ENV A=1 B="two words"',
    '/bin/sh -c #(nop) EXPOSE 80 90/udp',
  ])
  expect(history.at(-12)?.comment).toBe('FROM localhost/busybox:latest')
  const { stderr } = await box.try(['build', '--network', 'none', '--format', 'docker', '-t', 'docker', folder])
  expect(stderr).not.toContain('not supported')
  const child = await built(context('child', ['FROM docker']), ['--format', 'docker'])
  expect(child).toContain('RUN echo later\nlater')
})

test('what stages are called, what they start with and what their steps find is as buildah has it', async () => {
  const lines = [
    'ARG NAME=first',
    'FROM scratch AS tree/$NAME',
    'COPY a.txt *.none /',
    `FROM ${busybox}`,
    'RUN ln -s /var/lib/deep/ /workdir; ln -s ../gone /volume',
    'WORKDIR /workdir',
    'VOLUME /volume/one',
    'RUN --mount=type=bind,from=tree/first,target=/b --mount=type=bind,target=/c stat -c %a /volume/one/. /gone; pwd; cat /b/a.txt',
    'VOLUME /last',
  ]
  const folder = context('found', lines, { 'a.txt': 'of the first stage' })
  expect(await built(folder, ['-t', 'found'])).toContain('755\n755\n/var/lib/deep\nof the first stage')
  const history = await inspect<{ created_by: string }[]>('found', '.History')
  expect(history.at(-2)?.created_by).toMatch(/a\.txt:sha256:[0-9a-f]{64}$/)
  await built(folder, ['--target', 'tree/first', '-t', 'first'])
  expect(await inspect('first', '.Config')).toMatchObject({ WorkingDir: '/' })
  await built(context('nothing', ['FROM scratch']), ['-t', 'nothing'])
  expect(await inspect('nothing', '.History')).toMatchObject([{ created_by: '/bin/sh', empty_layer: true }])
  const { stderr } = await box.try(['build', context('none', ['FROM scratch', 'COPY *.none b.txt /'], { 'a.txt': '' })])
  expect(stderr).toContain('no items matching "/b.txt" in the build context')
})

test('one time for all gives the same image in another folder, on another day', async () => {
  const lines = [
    `FROM ${busybox}`,
    'RUN echo a >/a; mkdir /b; ln -s a /c',
    'COPY dir /dir',
    'RUN rm -r /dir/d; touch /b/x',
  ]
  const files = { 'dir/f': 'f', 'dir/d/e': 'e' }
  const ids = []
  for (const name of ['once', 'twice']) {
    ids.push((await built(context(name, lines, files), ['--no-cache', '--timestamp', '1700000000'])).split('\n').at(-1))
    await delay(1100)
  }
  expect(ids[0]).toBe(ids[1])
  expect(await inspect(ids[0] ?? '', '.Created')).toBe('2023-11-14T22:13:20Z')
  const epochs = []
  for (const name of ['once', 'twice']) {
    const flags = ['--no-cache', '--source-date-epoch', '1700000000', '--rewrite-timestamp']
    epochs.push((await built(join(box.folder, name), flags)).split('\n').at(-1))
  }
  expect(epochs[0]).toBe(epochs[1])
})

test('layers are as many as were asked for', async () => {
  const folder = context('squash', [`FROM ${busybox}`, 'RUN echo a >/a; rm /bin/[', 'RUN rm /a; echo b >/b'])
  const counts = []
  for (const flag of ['--layers', '--squash', '--squash-all', '--layers=false']) {
    const id = (await built(folder, [flag])).split('\n').at(-1) ?? ''
    counts.push((await inspect<string[]>(id, '.RootFS.Layers')).length)
    const seen = await box.ok(['run', '--rm', '--network', 'none', id, 'sh', '-c', 'ls /a /bin/[ 2>/dev/null; cat /b'])
    expect(seen).toBe('b')
  }
  expect(counts).toEqual([3, 2, 1, 2])
})

test('results go where they are asked for', async () => {
  const folder = context('results', [`FROM ${busybox}`, 'COPY f /f'], { f: 'content' })
  const at = (name: string) => join(box.folder, name)
  const outputs = [
    '-o',
    at('out'),
    '-o',
    `type=tar,dest=${at('out.tar')}`,
    '-o',
    `type=docker,dest=${at('out.docker')}`,
  ]
  const files = ['--iidfile', at('iid'), '--metadata-file', at('metadata'), '--logfile', at('log')]
  expect(await built(folder, [...outputs, ...files])).toBe('')
  expect(readFileSync(at('out/f'), 'utf8')).toBe('content')
  expect(existsSync(at('out.tar')) && existsSync(at('out.docker'))).toBe(true)
  const id = readFileSync(at('iid'), 'utf8')
  expect(JSON.parse(readFileSync(at('metadata'), 'utf8'))).toMatchObject({ 'containerimage.config.digest': id })
  expect(readFileSync(at('log'), 'utf8')).toContain('STEP 2/2: COPY f /f')
})

test('several platforms make a list', async () => {
  const folder = context('platforms', ['FROM scratch', 'ARG TARGETARCH', 'LABEL arch=$TARGETARCH'])
  await built(folder, ['--platform', 'linux/amd64,linux/arm64', '--manifest', 'several'])
  const list = JSON.parse(await box.ok(['manifest', 'inspect', 'several'])) as { manifests: { platform: object }[] }
  expect(list.manifests.map(({ platform }) => platform)).toEqual([
    { architecture: 'amd64', os: 'linux' },
    { architecture: 'arm64', os: 'linux' },
  ])
})

test('a killed build leaves what the next one goes on with, and nothing else', async () => {
  const folder = context('killed', [`FROM ${busybox}`, 'RUN echo done >/done', 'RUN echo started; sleep 600'])
  const child = box.start(['build', '--network', 'none', folder])
  await new Promise<void>((resolve) => {
    let text = ''
    child.stdout?.on('data', (data) => {
      text += String(data)
      if (text.includes('\nstarted\n')) resolve()
    })
  })
  await delay(300)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(readdirSync(join(box.root, 'containers'))).toHaveLength(1)
  writeFileSync(join(folder, 'Dockerfile'), `FROM ${busybox}\nRUN echo done >/done\nRUN cat /done\n`)
  expect(await built(folder)).toMatch(/Using cache[^]*\ndone\n/)
  expect(readdirSync(join(box.root, 'containers'))).toEqual([])
})

test('modes of COPY may be symbolic; an owner without a user is refused', async () => {
  const folder = context(
    'modes',
    [`FROM ${busybox}`, 'COPY --chmod=u=rwX,go=rX dir /dir', 'RUN stat -c %a /dir /dir/f'],
    {
      'dir/f': '',
    },
  )
  chmodSync(join(folder, 'dir'), 0o700)
  expect(await built(folder)).toContain('755\n644\n')
  for (const [flag, reason] of [
    ['--chmod=u+q', '--chmod takes an octal number or a symbolic mode'],
    ['--chown=:', '--chown takes USER or USER:GROUP'],
  ] as const) {
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${busybox}\nCOPY ${flag} dir /\n`)
    expect((await box.try(['build', folder])).stderr).toContain(reason)
  }
})

test('a build that is cancelled while it copies ends at once', async () => {
  const folder = context('cancelled', [`FROM ${busybox}`, 'COPY large /'], { large: '' })
  truncateSync(join(folder, 'large'), 2 ** 38)
  const child = box.start(['build', '--network', 'none', folder])
  await new Promise<void>((resolve) => child.stdout?.on('data', (data) => /COPY/.test(String(data)) && resolve()))
  await delay(500)
  const cancelledAt = performance.now()
  const said = text(child.stderr as Readable)
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([130, null])
  expect(performance.now() - cancelledAt).toBeLessThan(5000)
  expect(await said).toBe('Error: the build was interrupted\n')
  expect(readdirSync(join(box.root, 'containers'))).toEqual([])
})

test('what builds keep is counted, and given back but for what images have', async () => {
  const folder = context('kept', [
    `FROM ${busybox}`,
    'RUN --mount=type=cache,target=/c dd if=/dev/zero of=/c/x bs=1M count=3',
  ])
  await built(folder, ['-t', 'kept'])
  expect(await box.ok(['system', 'df', '--format', '{{.Type}} {{.Active}}'])).toContain('Build Cache 0')
  expect(await box.ok(['builder', 'prune', '--force'])).toMatch(/Total reclaimed space: [3-9][\d.]*MB/)
  expect(await box.ok(['system', 'df', '--format', '{{.Type}}'])).not.toContain('Build Cache')
  expect(await box.ok(['run', '--rm', '--network', 'none', 'kept', 'echo', 'runs'])).toBe('runs')
})

test('lines of stages that run at once say whose they are', async () => {
  const said = (name: string) => `RUN for at in 1 2 3; do printf "${name} "; sleep 0.3; echo $at; done; printf end`
  const lines = [`FROM ${busybox} AS a`, said('one'), `FROM ${busybox} AS b`, said('two'), `FROM ${busybox}`]
  const folder = context('at-once', [...lines, 'COPY --from=a /bin /a', 'COPY --from=b /bin /b'])
  const both = await built(folder, ['--no-cache'])
  for (const [at, name] of ['one', 'two'].entries()) {
    // The last to end may be alone by then.
    const own = both.split('\n').filter((line) => line.includes(`${name} `) && !/STEP|-->/.test(line))
    expect(own, both).toHaveLength(3)
    expect(own.slice(0, 2), both).toEqual([1, 2].map((n) => `[${at + 1}/3] ${name} ${n}`))
  }
  const alone = await built(folder, ['--no-cache', '--jobs', '1'])
  expect(alone).toContain('\none 1\none 2\none 3\nend')
})

test('$PATH of a base that has none is the usual one', async () => {
  await built(context('pathless', [`FROM ${busybox}`]), ['--unsetenv', 'PATH', '-t', 'pathless'])
  expect(JSON.parse(await box.ok(['image', 'inspect', 'pathless']))[0].Config.Env ?? []).toEqual([])
  await built(context('pathed', ['FROM pathless', 'ENV PATH=/x:$PATH', 'RUN ls /']), ['-t', 'pathed'])
  const usual = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  expect(await inspect<string[]>('pathed', '.Config.Env')).toEqual([`PATH=/x:${usual}`])
})

test('--compat-volumes drops what RUN changes in volumes, and keeps what COPY puts there', async () => {
  const lines = [
    `FROM ${busybox}`,
    'VOLUME ["/data", "/etc/sub"]',
    'COPY kept /data/',
    'RUN touch /data/made /plain; rm /data/kept',
  ]
  const folder = context('volumes', [...lines, 'RUN ls /data'], { kept: '' })
  expect(await built(folder, ['--compat-volumes', '-t', 'dropping'])).toContain('\nkept\n')
  expect(await built(folder, ['-t', 'writing'])).toContain('\nmade\n')
  const layers = async (image: string) => box.ok(['run', '--rm', '--network', 'none', image, 'ls', '/data', '/plain'])
  expect(await layers('dropping')).toBe('/plain\n\n/data:\nkept')
  expect(await layers('writing')).toBe('/plain\n\n/data:\nmade')
})

test('ONBUILD of a stage is done by the stage that begins with it, and --env is there from the first step on', async () => {
  const lines = [
    `FROM ${busybox} AS base`,
    'ONBUILD RUN echo "$WORD" >/triggered',
    'FROM base',
    'RUN cat /triggered',
    'ENV WORD=over MORE=$WORD',
  ]
  const said = await built(context('triggers', lines), ['--format', 'docker', '--env', 'WORD=given', '-t', 'triggered'])
  expect(said).toMatch(/STEP 2\/4: RUN echo "\$WORD" >\/triggered\n[^]*\ngiven\n/)
  const config = await inspect<{ Env: string[]; OnBuild?: string[] }>('triggered', '.Config')
  expect(config.Env.slice(-2).sort()).toEqual(['MORE=given', 'WORD=over'])
  expect(config.OnBuild ?? []).toEqual([])
  await built(context('bare', [`FROM ${busybox}`]), ['--env', 'WORD=given', '-t', 'bare'])
  expect(await inspect<string[]>('bare', '.Config.Env')).toContain('WORD=given')
})

test('what an instruction asks for is done or refused', async () => {
  const refused: readonly (readonly [string, string])[] = [
    ['ADD --checksum=sha256:abc f /', '--checksum is of what is fetched'],
    ['STOPSIGNAL nonsense', 'invalid signal: nonsense'],
    ['ADD http://127.0.0.1:1/f /', 'downloading http://127.0.0.1:1/f: connect: connection refused'],
  ]
  for (const [line, message] of refused) {
    const { code, stderr } = await box.try(['build', context('refused', [`FROM ${busybox}`, line], { f: '' })])
    expect(code, line).toBe(125)
    expect(stderr).toContain(`Error: building at STEP "${line}": ${message}`)
  }
})
