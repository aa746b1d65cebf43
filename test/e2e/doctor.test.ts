// doctor: it says whose a path is and what helps, and what it says helps does.

import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const test = requires('root', 'runc', 'overlay')

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  const isRoot = who === 'root'
  let box: Box

  beforeAll(async () => {
    box = openBox(isRoot ? {} : { user: testUser() })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
  })
  afterAll(async () => box[Symbol.asyncDispose]())

  /** A folder that only its owner gets into: the user itself, or as root user 1000. */
  function closedFolder(name: string): string {
    const folder = join(box.folder, name)
    mkdirSync(folder)
    writeFileSync(join(folder, 'file'), 'closed\n')
    const owner = isRoot ? 1000 : testUser().uid
    for (const path of [folder, join(folder, 'file')]) chownSync(path, owner, owner)
    chmodSync(folder, 0o700)
    return folder
  }

  test('a bind of a folder that is closed to the process, and the flag that opens it', async () => {
    const folder = closedFolder('closed')
    const mount = ['-v', `${folder}:/data`]
    const read = async (flags: readonly string[]) =>
      box.try(['run', '--rm', '--network', 'none', ...flags, ...mount, busybox, 'cat', '/data/file'])
    const flags = ['--user', '999:999']
    expect((await read(flags)).stderr).toContain('Permission denied')
    await box.ok(['create', '--name', 'c', '--network', 'none', ...flags, ...mount, busybox, 'sleep', '1000'])
    const { code, stdout } = await box.try(['doctor', '--json', 'c', '/data/file'])
    expect(code).toBe(1)
    const report = JSON.parse(stdout) as { denied: string[]; remedy: { words: string } }
    const owner = isRoot ? 1000 : testUser().uid
    expect(report).toMatchObject({
      hostPath: join(folder, 'file'),
      denied: [`search ${folder}`],
      owner: { onHost: { uid: owner }, inContainer: { uid: isRoot ? 1000 : 0 } },
      process: { inContainer: { uid: 999, gid: 999 } },
    })
    expect(report.remedy.words).toBe(isRoot ? '--user 1000:1000' : '--userns keep-id:uid=999,gid=999')
    const helped = await read([...(isRoot ? [] : flags), ...report.remedy.words.split(' ')])
    expect(helped.stdout).toBe('closed\n')
    await box.ok(['start', 'c'])
    expect((await box.try(['doctor', 'c', '/data'])).stdout).toContain(
      '/data in container c: denied: read, write, search',
    )
    await box.ok(['rm', '-f', '-t', '0', 'c'])
  })

  test('a mount that is read-only, what is fine, and what is not there', async () => {
    const folder = closedFolder('fine')
    chmodSync(folder, 0o755)
    await box.ok(['create', '--name', 'r', '-v', `${folder}:/data:ro`, busybox])
    const readOnly = await box.try(['doctor', 'r', '/data/file'])
    expect(readOnly.code).toBe(1)
    expect(readOnly.stdout).toContain('denied: write')
    expect(readOnly.stdout).toContain(`-v ${folder}:/data:rw`)
    const fine = await box.try(['doctor', 'r', '/etc/passwd'])
    expect(fine).toMatchObject({ code: 0 })
    expect(fine.stdout).toContain('nothing is denied')
    const missing = await box.try(['doctor', 'r', '/nowhere'])
    expect(missing).toMatchObject({ code: 125, stderr: "Error: container 'r' has no '/nowhere'\n" })
    await box.ok(['rm', 'r'])
  })
})
