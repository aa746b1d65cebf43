// doctor: it says whose a path is and what helps, and what it says helps does.

import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
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

  test('the host, with a remedy for all that is amiss', async () => {
    const { code, stdout } = await box.try(['doctor', '--json'])
    const findings = JSON.parse(stdout) as { subject: string; status: string; message: string; remedy?: string }[]
    const subjects = new Set(findings.map(({ subject }) => subject))
    const wanted = ['kernel', 'control groups', 'storage', 'state', 'runtime', 'DNS', 'registries', 'time']
    for (const subject of [...wanted, ...(isRoot ? ['firewall'] : ['subordinate ids', 'network'])]) {
      expect(subjects).toContain(subject)
    }
    expect(findings.find(({ subject }) => subject === 'runtime')).toMatchObject({ status: 'ok' })
    expect(findings.find(({ subject }) => subject === 'state')).toMatchObject({ status: 'ok' })
    expect(code).toBe(findings.some(({ status }) => status === 'problem') ? 1 : 0)
    const left = join(box.root, 'volumes/.0123456789ab.tmp')
    mkdirSync(left, { recursive: true })
    const damaged = await box.try(['doctor'], { isChecked: false })
    expect(damaged.code).toBe(1)
    expect(damaged.stdout).toContain(`problem  state             '${left}' was left by a process that was killed\n`)
    expect(damaged.stdout).toContain('→ gantry system check --repair')
    rmSync(join(box.root, 'volumes'), { recursive: true })
  })

  test('doctor and info look for programs where containers.conf has them', async () => {
    const conf = join(box.folder, 'helpers.conf')
    const helper = join(box.folder, 'aardvark-dns')
    writeFileSync(helper, '#!/bin/sh\necho aardvark-dns 9.9\n', { mode: 0o755 })
    const network = '[network]\ndefault_rootless_network_cmd = "slirp4netns"\n'
    writeFileSync(conf, `[engine]\nhelper_binaries_dir = ["${box.folder}"]\n${network}`)
    const env = { CONTAINERS_CONF: conf }
    const { host } = JSON.parse(await box.ok(['info', '--format', 'json'], { env })) as { host: object }
    expect(host).toMatchObject({ networkBackendInfo: { dns: { path: helper } }, rootlessNetworkCmd: 'slirp4netns' })
    const findings = JSON.parse((await box.try(['doctor', '--json'], { env })).stdout) as { message: string }[]
    expect(findings.map(({ message }) => message)).toContain(`${helper}, aardvark-dns 9.9`)
  })

  test('a container: why it ended, and what it may not use', async () => {
    await box.ok(['run', '-d', '--name', 'ended', '--network', 'none', busybox, 'sh', '-c', 'exit 3'])
    await box.ok(['wait', 'ended'])
    const ended = await box.try(['doctor', 'ended'])
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain("ended with exit code 3, which is its program's own\n")
    expect(ended.stdout).toContain('→ gantry logs --tail 20 ended')
    const mount = ['-v', `${closedFolder('shut')}:/data`]
    await box.ok([
      'run',
      '-d',
      '--name',
      'runs',
      '--network',
      'none',
      '--user',
      '999',
      ...mount,
      busybox,
      'sleep',
      '1000',
    ])
    const runs = await box.try(['doctor', 'runs'])
    expect(runs.stdout).toMatch(/^ok {7}state +runs since/)
    expect(runs.stdout).toMatch(/^problem {2}mount +\/data: denied: read, write, search$/m)
    await box.ok(['rm', '-f', '-t', '0', 'ended', 'runs'])
  })
})
