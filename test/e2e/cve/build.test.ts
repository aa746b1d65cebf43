// Dockerfiles and contexts that want out: of the context, of the image, of a cache. By the numbers of what others had to mend.

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'
import { testUser } from '../../support/user.ts'

const test = requires('root', 'runc', 'overlay')

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  let box: Box
  let host: string

  beforeAll(async () => {
    box = openBox(who === 'root' ? {} : { user: testUser() })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    host = join(box.folder, 'host')
    mkdirSync(host)
    writeFileSync(join(host, 'secret'), 'of the host')
  })
  afterAll(async () => box[Symbol.asyncDispose]())

  const context = (name: string, dockerfile: string) => {
    const folder = join(box.folder, name)
    mkdirSync(join(folder, 'dir'), { recursive: true })
    writeFileSync(join(folder, 'dir/inside'), 'of the context')
    writeFileSync(join(folder, 'Dockerfile'), dockerfile)
    return folder
  }
  const build = async (folder: string, flags: readonly string[] = []) =>
    box.try(['build', '--network', 'none', ...flags, folder])

  test('CVE-2024-1753: a link in an image is no way for a bind mount to the host', async () => {
    const folder = context(
      'linked',
      [
        `FROM ${busybox} AS base`,
        'RUN ln -s / /way; ln -s ../../../../.. /up; echo own >/mark',
        `FROM ${busybox}`,
        `RUN --mount=type=bind,from=base,source=/way,target=/a,rw cat /a/mark; cat /a${host}/secret || true`,
        `RUN --mount=type=bind,from=base,source=/up,target=/a,rw cat /a/mark; cat /a${host}/secret; echo x >/a${host}/new || true`,
      ].join('\n'),
    )
    const { code, stdout } = await build(folder)
    expect(code).toBe(0)
    expect(stdout.match(/^own$/gm)).toHaveLength(2)
    expect(stdout).not.toContain('of the host')
    expect(existsSync(join(host, 'new'))).toBe(false)
  })

  test('CVE-2024-9407: propagation is one of the words that there are', async () => {
    const folder = context(
      'propagation',
      `FROM ${busybox}\nRUN --mount=type=bind,source=dir,target=/a,bind-propagation=rshared:O true\n`,
    )
    expect((await build(folder)).code).toBe(125)
  })

  test('CVE-2024-9675: the id of a cache is a name, not a path', async () => {
    const folder = context(
      'cache',
      [
        `FROM ${busybox}`,
        `RUN --mount=type=cache,id=../../../../../../../..${host},target=/a ls /a; cat /a/secret; echo x >/a/new`,
        `RUN --mount=type=cache,id=x,source=../../../../..${host},target=/a ls /a; cat /a/secret || true`,
      ].join('\n'),
    )
    const { stdout } = await build(folder)
    expect(stdout).not.toContain('of the host')
    expect(existsSync(join(host, 'new'))).toBe(false)
  })

  test('CVE-2024-9676: accounts of an image are files of it', async () => {
    const folder = context(
      'accounts',
      `FROM ${busybox}\nRUN rm /etc/passwd; ln -s ${host}/secret /etc/passwd; rm /etc/group; mkfifo /etc/group\nCOPY --chown=other dir /d\n`,
    )
    const { code, stderr } = await build(folder)
    expect(code).toBe(125)
    expect(stderr).not.toContain('of the host')
  })

  test('CVE-2024-11218: what a step writes to the context is seen by no other', async () => {
    const folder = context(
      'context',
      [
        `FROM ${busybox} AS a`,
        `RUN --mount=type=bind,target=/c,rw rm -r /c/dir; ln -s ${host} /c/dir; sleep 1`,
        `FROM ${busybox} AS b`,
        'RUN sleep 0.5',
        'RUN --mount=type=bind,source=dir,target=/d cat /d/inside; ls /d',
        'COPY dir /copied',
        `FROM ${busybox}`,
        'COPY --from=a / /a',
        'COPY --from=b /copied /b',
        'RUN ls /b',
      ].join('\n'),
    )
    const { code, stdout } = await build(folder, ['--jobs', '4'])
    expect(code).toBe(0)
    expect(stdout).not.toContain('secret')
    expect(readFileSync(join(folder, 'dir/inside'), 'utf8')).toBe('of the context')
  })

  test('CVE-2019-10152 and others: links of a context end in it, links of an image in that', async () => {
    const folder = context(
      'links',
      [
        `FROM ${busybox}`,
        'RUN ln -s / /out; ln -s /../../../.. /up',
        `COPY dir /out${host}/`,
        `COPY dir /up${host}/deeper/`,
        'COPY kept /kept',
        `RUN cat ${host}/inside; readlink /kept/away`,
      ].join('\n'),
    )
    mkdirSync(join(folder, 'kept'))
    symlinkSync(join(host, 'secret'), join(folder, 'kept/away'))
    symlinkSync(join(host, 'secret'), join(folder, 'away'))
    const { code, stdout } = await build(folder)
    expect(code).toBe(0)
    expect(stdout).toContain(`of the context`)
    expect(existsSync(join(host, 'inside'))).toBe(false)
    for (const source of ['away', '../host/secret', 'kept/away']) {
      writeFileSync(join(folder, 'Dockerfile'), `FROM ${busybox}\nCOPY ${source} /x\n`)
      const { stderr } = await build(folder)
      expect(stderr).toContain('no such file or directory')
    }
  })
})
