// What a container may find open when it starts: its own streams and nothing of ours, of the runtime's or of the caller's.

import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { withAttack } from '../../support/attack.ts'
import { type Box, finish, openBox } from '../../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../../support/busybox-image.ts'
import { layeredImage, layeredName } from '../../support/layered-image.ts'
import { requires } from '../../support/requires.ts'
import { testUser } from '../../support/user.ts'

const test = requires('root', 'runc', 'overlay')
const none = ['--network', 'none']
/** 7 and 8 are the caller's; the others what the runtime may have open itself. */
const numbers = [3, 6, 7, 8, 9]

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  let box: Box
  let host: string

  beforeAll(async () => {
    box = openBox(who === 'root' ? {} : { user: testUser() })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    host = mkdtempSync(join(box.folder, 'host-'))
    writeFileSync(join(host, 'secret'), 'of the host')
    await box.ok(['run', '-d', '--name', 'web', ...none, ...withAttack(), busybox, 'sleep', '1000'])
  })
  afterAll(async () => box[Symbol.asyncDispose]())

  /** With a folder of the host open as 7, a file as 8; what it prints. */
  async function called(words: readonly string[]): Promise<string> {
    const [folder, file] = [openSync(host, 'r'), openSync(join(host, 'secret'), 'r')]
    const [program = '', ...argv] = box.argv
    const stdio = ['pipe', 'pipe', 'pipe', 'ignore', 'ignore', 'ignore', 'ignore', folder, file] as const
    const child = spawn(program, [...argv, ...words], { env: box.env, stdio: [...stdio], cwd: host })
    child.stdin?.end()
    const { stdout } = await finish(child)
    for (const fd of [folder, file]) closeSync(fd)
    return stdout
  }

  const attached = [[], ['-i'], ['-t'], ['-it']]
  const run = (...flags: string[]) => ['run', ...none, ...withAttack(), ...flags, busybox]
  const numbersIn = (text: string) => (text.match(/^\d+/gm) ?? []).join(' ')

  test.for([
    ...attached.map((flags) => ['run', '--rm', ...flags]),
    ['run', '--rm', '--log-driver', 'passthrough'],
    ...attached.map((flags) => ['exec', ...flags]),
  ])('CVE-2024-21626: no descriptor leaks into %j', async ([verb, ...flags]) => {
    const found = await called([...(verb === 'run' ? run(...flags) : ['exec', ...flags, 'web']), '/attack', 'fds'])
    expect(numbersIn(found)).toBe('0 1 2')
    expect(found).not.toContain(host)
  })

  test('CVE-2024-21626: nor into what runs detached', async () => {
    await called([...run('-d', '--name', 'detached'), 'sh', '-c', '/attack fds >/found; exec sleep 1000'])
    const found = async (file: string) =>
      numbersIn(await box.ok(['exec', 'detached', 'sh', '-c', `until grep -q ^2 ${file}; do :; done; cat ${file}`]))
    expect(await found('/found')).toBe('0 1 2')
    await called(['exec', '-d', 'detached', 'sh', '-c', '/attack fds >/found-by-exec'])
    expect(await found('/found-by-exec')).toBe('0 1 2')
    await box.ok(['rm', '-f', '-t', '0', 'detached'])
  })

  test('CVE-2024-21626: a working folder that is a descriptor leads nowhere', async () => {
    // Whoever starts in a folder of the host reaches all of it by `..`.
    const climb = `cat ../../../../../../../../../..${host}/secret; cat secret`
    for (const fd of numbers) {
      const flags = ['-w', `/proc/self/fd/${fd}`]
      expect(await called([...run('--rm', ...flags), 'sh', '-c', climb])).not.toContain('of the host')
      expect(await called(['exec', ...flags, 'web', 'sh', '-c', climb])).not.toContain('of the host')
    }
    expect(await box.findings()).toEqual([])
  })

  test('CVE-2024-21626: nor does that of an image', async () => {
    for (const WorkingDir of ['/proc/self/fd/7', '/proc/self/fd/8/../../..', '/proc/1/cwd']) {
      await box.ok(['load', '-q', '-i', layeredImage(box.folder, [], { WorkingDir })])
      const words = ['run', '--rm', ...none, layeredName, 'sh', '-c', `cat ../../../../../..${host}/secret; cat secret`]
      expect(await called(words)).not.toContain('of the host')
    }
    expect(await box.findings()).toEqual([])
  })
})
