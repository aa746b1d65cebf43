// build: what a Dockerfile becomes, what the cache gives again, what stays behind; as root, as an ordinary user, and without a union.

import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
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

  const context = (name: string, files: Readonly<Record<string, string>>) => {
    const folder = join(box.folder, name)
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    return folder
  }
  const built = async (folder: string, flags: readonly string[] = []) =>
    box.ok(['build', '--network', 'none', ...flags, folder])
  const seen = async (image: string, script: string) =>
    box.ok(['run', '--rm', '--network', 'none', '--entrypoint', '', image, 'sh', '-c', script])

  test('steps change files and configuration, and a second build takes all from the cache', async () => {
    const folder = context('all', {
      Dockerfile: [
        `FROM ${busybox} AS tools`,
        'RUN echo tool >/tool && chmod 4755 /tool',
        `FROM ${busybox}`,
        'ARG WORD=none',
        'ENV PLACE=/srv/app',
        'RUN echo "$WORD" >/word; rm /bin/[; mkdir -p /deep/er; ln -s /word /link; ln /word /hard; chown 5:6 /word',
        'WORKDIR $PLACE',
        'COPY --chown=7:8 files ./',
        'COPY --from=tools /tool /usr/bin/',
        'RUN pwd >/where; cat a b/c >/both; rm -r b; test ! -e /bin/[',
        'USER 9',
        'CMD ["cat", "/word"]',
        'ENTRYPOINT []',
      ].join('\n'),
      'files/a': 'a\n',
      'files/b/c': 'c\n',
      'files/d/e': 'e\n',
      other: 'x',
      '.dockerignore': 'other',
    })
    const first = await built(folder, ['-t', 'all', '--build-arg', 'WORD=given'])
    expect(first).toContain('[2/2] STEP 4/11: RUN echo "$WORD"')
    const script =
      'cat /word /where /both; ls -A /srv/app; stat -c "%n %a %u:%g %h" /word /hard /srv/app/a /usr/bin/tool; readlink /link; id -u'
    expect((await seen('all', script)).split('\n')).toEqual([
      ...['given', '/srv/app', 'a', 'c', 'a', 'd'],
      '/word 644 5:6 2',
      '/hard 644 5:6 2',
      '/srv/app/a 644 7:8 1',
      '/usr/bin/tool 4755 0:0 1',
      '/word',
      '9',
    ])
    const second = await built(folder, ['-t', 'again', '--build-arg', 'WORD=given'])
    expect(second.split('\n').at(-1)).toBe(first.split('\n').at(-1))
    expect(second.match(/Using cache/g)).toHaveLength(11)
    const third = await built(folder, ['--build-arg', 'WORD=other'])
    expect(third.match(/Using cache/g)).toHaveLength(3)
    utimesSync(join(folder, 'files/a'), 1, 1)
    expect((await built(folder, ['--build-arg', 'WORD=given'])).match(/Using cache/g)).toHaveLength(11)
    writeFileSync(join(folder, 'files/a'), 'changed\n')
    expect((await built(folder, ['--build-arg', 'WORD=given'])).match(/Using cache/g)).toHaveLength(5)
  })

  test('a step that fails ends the build with its code and its place, and leaves nothing', async () => {
    const folder = context('fails', { Dockerfile: `FROM ${busybox}\nRUN echo before\nRUN exit 7\n` })
    const { code, stderr } = await box.try(['build', '--network', 'none', '-t', 'never', folder])
    expect(code).toBe(7)
    expect(stderr).toContain('building at STEP "RUN exit 7": while running runtime: exit status 7')
    expect((await box.try(['image', 'exists', 'never'])).code).toBe(1)
    expect(readdirSync(join(box.root, 'containers'))).toEqual([])
  })
})
