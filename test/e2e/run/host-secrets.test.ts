// mounts.conf: what the host gives to every container, as root and as an ordinary user.

import { chmodSync, chownSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../../support/box.ts'
import { busyboxArchive, busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'
import { testUser } from '../../support/user.ts'

const realTest = requires('root', 'runc', 'overlay')

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  let box: Box
  let keys: string
  let file: string

  beforeAll(async () => {
    const user = who === 'root' ? undefined : testUser()
    box = openBox(user === undefined ? {} : { user })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    keys = join(box.folder, 'keys')
    file = join(box.folder, 'mounts.conf')
    mkdirSync(join(keys, 'deep'), { recursive: true })
    chmodSync(keys, 0o755)
    writeFileSync(join(keys, 'key'), 'secret\n', { mode: 0o640 })
    if (user !== undefined) chownSync(join(keys, 'key'), user.uid, user.uid)
    writeFileSync(join(keys, 'deep', 'certificate'), 'deep\n')
    symlinkSync('key', join(keys, 'link'))
    symlinkSync('/nowhere', join(keys, 'dangling'))
    writeFileSync(file, `# comment\n/no/such/folder\n${keys}:/run/secrets\n${join(keys, 'key')}:/etc/pki/one\n`)
  })
  afterAll(async () => box[Symbol.asyncDispose]())

  const run = async (flags: readonly string[], script: string) =>
    box.ok(['--default-mounts-file', file, 'run', '--network', 'none', ...flags, busyboxName, 'sh', '-c', script])

  realTest('each container gets copies, which are its own', async () => {
    const script =
      'cd /run/secrets; cat key link deep/certificate /etc/pki/one; ls; stat -c "%a %u" key; echo mine >key'
    const content = ['secret', 'secret', 'deep', 'secret', 'deep', 'key', 'link', '640 0']
    expect(await run(['--rm'], script)).toBe(content.join('\n'))
    expect(readFileSync(join(keys, 'key'), 'utf8')).toBe('secret\n')
  })

  realTest('a later start has what the host has then; a mount of the user’s stays', async () => {
    await run(['--name', 'again'], 'cat /run/secrets/key')
    writeFileSync(join(keys, 'key'), 'renewed\n')
    expect(await box.ok(['--default-mounts-file', file, 'start', '-a', 'again'])).toBe('renewed')
    writeFileSync(join(keys, 'key'), 'secret\n')
    expect(await box.ok(['diff', 'again'])).not.toContain('secret')
    expect(await run(['--rm', '--tmpfs', '/run/secrets'], 'ls -A /run/secrets')).toBe('')
    await box.ok(['rm', 'again'])
  })

  realTest('a file that is missing, or empty, is none', async () => {
    for (const path of [join(box.folder, 'nosuch'), '/dev/null']) {
      const words = ['run', '--rm', '--network', 'none', busyboxName, 'echo', 'ran']
      expect(await box.try(['--default-mounts-file', path, ...words])).toMatchObject({ stdout: 'ran\n', stderr: '' })
    }
  })
})
