// Secrets: kept, given to containers, and to be found nowhere else; as root and as an ordinary user.

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const test = requires('root', 'runc', 'overlay')
const said = 'correct-horse-battery'

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  let box: Box
  const isRoot = who === 'root'

  beforeAll(async () => {
    box = openBox(isRoot ? {} : { user: testUser() })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    await box.ok(['secret', 'create', 'pw', '-'], { stdin: said })
  })
  afterAll(async () => box[Symbol.asyncDispose]())

  const out = async (flags: readonly string[], script: string) =>
    box.ok(['run', '--rm', '--network', 'none', ...flags, busybox, 'sh', '-c', script])

  /** Files of the state that hold the secret as it is. */
  function tellTales(): string {
    const folders = [box.root, box.run]
    const words = ['-rlaF', '--devices=skip', said, ...folders]
    const { status, stdout, stderr } = spawnSync('grep', words, { encoding: 'utf8' })
    // 1: it has looked at all of them and found nothing.
    return status === 1 ? '' : `${stdout}${stderr}`
  }

  test('create from standard input, a file and a variable; ls, inspect, exists, rm', async () => {
    const file = join(box.folder, 'file')
    writeFileSync(file, 'from a file')
    chmodSync(file, 0o644)
    const id = await box.ok(['secret', 'create', '--label', 'a=b', 'of-file', file])
    expect(id).toMatch(/^[0-9a-f]{25}$/)
    await box.ok(['secret', 'create', '--env', 'of-env', 'MINE'], { env: { MINE: 'from a variable' } })
    expect(await box.ok(['secret', 'ls', '--format', '{{.Name}} {{.Driver}}'])).toBe(
      'of-env file\nof-file file\npw file',
    )
    const [document] = JSON.parse(await box.ok(['secret', 'inspect', 'of-file'])) as object[]
    expect(document).toMatchObject({ ID: id, Spec: { Name: 'of-file', Driver: { Name: 'file' }, Labels: { a: 'b' } } })
    expect(document).not.toHaveProperty('SecretData')
    const show = ['secret', 'inspect', '--showsecret', '-f', '{{.SecretData}}']
    expect(await box.ok([...show, 'of-file', 'of-env'])).toBe('from a file\nfrom a variable')
    expect((await box.try(['secret', 'exists', 'of-env'])).code).toBe(0)
    expect(await box.ok(['secret', 'rm', id.slice(0, 8)])).toBe(id)
    await box.ok(['secret', 'rm', 'of-env'])
    expect((await box.try(['secret', 'exists', 'of-env'])).code).toBe(1)
    const missing = await box.try(['secret', 'rm', 'of-env'])
    expect(missing).toMatchObject({ code: 125, stderr: 'Error: no secret with name or id "of-env": no such secret\n' })
  })

  test('a name is taken once, unless it is replaced', async () => {
    await box.ok(['secret', 'create', 'twice', '-'], { stdin: 'one' })
    const again = await box.try(['secret', 'create', 'twice', '-'], { stdin: 'two' })
    expect(again.stderr).toContain('Error: twice: secret name in use')
    await box.ok(['secret', 'create', '--replace', 'twice', '-'], { stdin: 'two' })
    expect(await out(['--secret', 'twice'], 'cat /run/secrets/twice')).toBe('two')
    await box.ok(['secret', 'rm', 'twice'])
  })

  test('in a container it is a file in memory, as it was asked for, or a variable', async () => {
    const flags = ['--secret', 'pw', '--secret', 'pw,target=/etc/pw,uid=5,gid=6,mode=0440']
    expect(await out(flags, 'cat /run/secrets/pw; stat -c " %u:%g:%a" /run/secrets/pw /etc/pw')).toBe(
      `${said} 0:0:444\n 5:6:440`,
    )
    expect(await out(flags, 'grep -c " /etc/pw tmpfs " /proc/mounts')).toBe('1')
    expect(await out(['--secret', 'pw,type=env,target=PW'], 'echo $PW')).toBe(said)
    const owner = ['--userns', isRoot ? 'host' : 'keep-id', '--secret', 'pw,mode=0400,uid=0']
    expect(await out(['--user', '0', ...owner], 'cat /run/secrets/pw')).toBe(said)
  })

  test('it is told nowhere: not at rest, in inspect, logs, events or the image of the container', async () => {
    const flags = ['--secret', 'pw', '--secret', 'pw,type=env,target=PW']
    await box.ok(['run', '-d', '--name', 'c', '--network', 'none', ...flags, busybox, 'sleep', '1000'])
    expect(await box.ok(['exec', 'c', 'sh', '-c', 'cat /run/secrets/pw; echo -$PW'])).toBe(`${said}-${said}`)
    const whole = await box.ok(['inspect', 'c'])
    expect(whole).not.toContain(said)
    expect(whole).toContain('"Name": "pw"')
    expect(await box.ok(['events', '--stream=false', '--format', 'json'])).not.toContain(said)
    expect(await box.ok(['ps', '-a', '--format', 'json'])).not.toContain(said)
    await box.ok(['stop', '-t', '0', 'c'])
    expect(tellTales()).toBe('')
    await box.ok(['start', 'c'])
    expect(await box.ok(['exec', 'c', 'cat', '/run/secrets/pw'])).toBe(said)
    await box.ok(['rm', '-f', '-t', '0', 'c'])
    expect(tellTales()).toBe('')
    expect(readFileSync(join(box.folder, 'home/secret.key')).length).toBe(32)
  })

  test('a container keeps it when it is removed', async () => {
    await box.ok(['secret', 'create', 'short-lived', '-'], { stdin: 'still here' })
    await box.ok([
      'create',
      '--name',
      'keeper',
      '--network',
      'none',
      '--secret',
      'short-lived',
      busybox,
      'cat',
      '/run/secrets/short-lived',
    ])
    await box.ok(['secret', 'rm', 'short-lived'])
    expect(await box.ok(['start', '--attach', 'keeper'])).toBe('still here')
    await box.ok(['rm', 'keeper'])
  })

  test('what does not exist or is malformed is refused before anything is made', async () => {
    const before = await box.ok(['ps', '-aq'])
    const missing = await box.try(['create', '--secret', 'nothing', busybox])
    expect(missing.stderr).toContain('no secret with name or id "nothing": no such secret')
    expect((await box.try(['create', '--secret', 'pw,mode=9', busybox])).stderr).toContain(
      'mode 9 invalid: parsing secret',
    )
    expect((await box.try(['secret', 'create', 'a/b', '-'], { stdin: 'x' })).stderr).toContain('invalid secret name')
    expect((await box.try(['secret', 'create', 'empty', '-'], { stdin: '' })).stderr).toContain(
      'secret data must be larger than 0 and less than 512000 bytes',
    )
    expect(await box.ok(['ps', '-aq'])).toBe(before)
  })

  test('driver shell runs the commands that it is given', async () => {
    const folder = join(box.folder, 'home')
    const options = [
      `list=ls ${folder}`,
      `lookup=cat ${folder}/$SECRET_ID.kept`,
      `store=cat >${folder}/$SECRET_ID.kept`,
      `delete=rm ${folder}/$SECRET_ID.kept`,
    ]
    const words = options.flatMap((option) => ['--driver-opts', option])
    const binary = Buffer.from([0, 200, 10])
    const id = await box.ok(['secret', 'create', '-d', 'shell', ...words, 'outside', '-'], { stdin: binary })
    expect(readFileSync(join(folder, `${id}.kept`))).toEqual(binary)
    expect(await out(['--secret', 'outside'], 'od -An -tx1 /run/secrets/outside')).toBe(' 00 c8 0a')
    await box.ok(['secret', 'rm', 'outside'])
    const bare = await box.try(['secret', 'create', '-d', 'shell', 'x', '-'], { stdin: 'x' })
    expect(bare.stderr).toContain('missing config value for list')
  })

  test('driver file keeps them sealed in the folder of option path, and no driver passes over an option that it lacks', async () => {
    const folder = join(box.folder, 'home/kept/here')
    const create = ['secret', 'create', '--driver-opts', 'path=home/kept/here']
    const id = await box.ok([...create, 'placed', '-'], { stdin: said })
    expect(readdirSync(folder)).toEqual([`${id}.json`])
    expect(await box.ok(['secret', 'inspect', '-f', '{{.Spec.Driver.Options}}', 'placed'])).toBe(`map[path:${folder}]`)
    expect(await out(['--secret', 'placed'], 'cat /run/secrets/placed')).toBe(said)
    expect(tellTales()).toBe('')
    const next = await box.ok([...create, '--replace', 'placed', '-'], { stdin: 'two' })
    expect(readdirSync(folder)).toEqual([`${next}.json`])
    expect(await box.ok(['secret', 'inspect', '--showsecret', '-f', '{{.SecretData}}', 'placed'])).toBe('two')
    await box.ok(['secret', 'rm', 'placed'])
    expect(readdirSync(folder)).toEqual([])
    for (const [driver, option, reason] of [
      ['file', 'pth=/x', "driver file has no option 'pth': it has path"],
      ['file', 'path=', "option 'path' of driver file is empty"],
      ['pass', 'pth=/x', "driver pass has no option 'pth': it has root, key, gpghomedir"],
      ['shell', 'pth=/x', "driver shell has no option 'pth': it has list, lookup, store, delete"],
    ] as const) {
      const refused = await box.try(['secret', 'create', '-d', driver, '--driver-opts', option, 'x', '-'], {
        stdin: 'x',
      })
      expect(refused).toMatchObject({ code: 125, stderr: `Error: ${reason}\n` })
    }
    expect((await box.try(['secret', 'exists', 'x'])).code).toBe(1)
  })

  test('driver pass keeps them with gpg, in a password store', async () => {
    const ids = isRoot ? {} : { uid: testUser().uid, gid: testUser().uid }
    const own = { ...ids, cwd: box.folder, encoding: 'utf8', env: { PATH: process.env['PATH'] } } as const
    const gpgHome = join(box.folder, 'gnupg')
    const store = join(box.folder, 'store')
    execFileSync('mkdir', ['-m', '700', gpgHome, store], own)
    try {
      const gpg = (...words: string[]) =>
        execFileSync('gpg', ['--homedir', gpgHome, '--batch', '--quiet', ...words], own)
      gpg('--passphrase', '', '--quick-generate-key', 'box@example.org')
      const opts = ['--driver-opts', `root=${store},gpghomedir=${gpgHome}`]
      const create = ['secret', 'create', '-d', 'pass', ...opts]
      const keyless = await box.try([...create, 'kept', '-'], { stdin: said })
      expect(keyless.stderr).toContain(`whose key is used: option key, or ${store}/.gpg-id`)
      execFileSync('sh', ['-c', `echo box@example.org >${store}/.gpg-id`], own)
      const id = await box.ok([...create, 'kept', '-'], { stdin: said })
      expect(gpg('--decrypt', join(store, `${id}.gpg`))).toBe(said)
      expect(await out(['--secret', 'kept'], 'cat /run/secrets/kept')).toBe(said)
      expect(await box.ok(['secret', 'inspect', '--showsecret', '-f', '{{.SecretData}}', 'kept'])).toBe(said)
      expect(tellTales()).toBe('')
      await box.ok(['secret', 'rm', 'kept'])
      expect(existsSync(join(store, `${id}.gpg`))).toBe(false)
      const stranger = await box.try([...create, '--driver-opts', 'key=nobody@example.org', 'lost', '-'], {
        stdin: said,
      })
      expect(stranger.stderr).toMatch(/^Error: .*gpg.*nobody@example.org.*\n$/)
      expect((await box.try(['secret', 'exists', 'lost'])).code).toBe(1)
    } finally {
      const killAgent = ['gpgconf', '--homedir', gpgHome, '--kill', 'all']
      execFileSync(killAgent[0] as string, killAgent.slice(1), own)
      // Inside the user's namespace gpg is root, and has an agent of its own.
      if (!isRoot) await box.ok(['unshare', ...killAgent])
    }
  })
})
