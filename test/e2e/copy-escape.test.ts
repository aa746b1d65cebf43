// cp and hostile containers: links, tars and swapped folders that would lead out, by the numbers of the holes that others had.

import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')

describe('no way out of the container', () => {
  let box: Box
  let host: string

  beforeAll(async () => {
    box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    host = mkdtempSync(join(box.folder, 'host-'))
  })
  afterAll(async () => box[Symbol.asyncDispose]())

  test('links of a container lead nowhere on the host', async () => {
    writeFileSync(join(host, 'secret'), 'of the host')
    const script = `ln -s ${host}/secret /file; ln -s ${host} /folder; ln -s / /root-link; mkdir /sub; ln -s ${host} /sub/inner`
    await box.ok(['run', '--name', 'links', '--network', 'none', busybox, 'sh', '-c', script])
    for (const path of ['/file', '/folder/secret', '/../../../..' + host + '/secret', `/root-link${host}/secret`]) {
      expect((await box.try(['cp', `links:${path}`, join(host, 'stolen')])).stderr).toContain('could not be found')
    }
    writeFileSync(join(host, 'f'), 'mine')
    expect((await box.try(['cp', join(host, 'f'), 'links:/folder/planted'])).code).toBe(125)
    await box.ok(['cp', 'links:/sub', host])
    expect(lstatSync(join(host, 'sub/inner')).isSymbolicLink()).toBe(true)
    expect(readdirSync(host).sort()).toEqual(['f', 'secret', 'sub'])
    await box.ok(['rm', 'links'])
  })

  test('a tar with names that lead out stays in its folder', async () => {
    await box.ok(['run', '-d', '--name', 'tar', '--network', 'none', busybox, 'sleep', '1000'])
    mkdirSync(join(host, 'in'))
    writeFileSync(join(host, 'in/f'), 'x')
    const tar = execFileSync('tar', [
      '-C',
      join(host, 'in'),
      '--transform',
      's,^,../../../../escaped-by-test/,',
      '-Pcf',
      '-',
      'f',
    ])
    await box.ok(['cp', '-', 'tar:/tmp'], { stdin: tar })
    expect(existsSync('/escaped-by-test')).toBe(false)
    expect(await box.ok(['exec', 'tar', 'find', '/', '-name', 'escaped-by-test'])).toContain('escaped-by-test')
    await box.ok(['rm', '-f', '-t', '0', 'tar'])
  })

  test('CVE-2018-15664: a folder that is swapped for a link to / while cp runs', async () => {
    const marker = mkdtempSync('/tmp/gantry-cve-')
    writeFileSync(join(marker, 'secret'), 'of the host')
    const name = marker.slice(1)
    // The container has the same path, so that a look-up that is led out would find something, too.
    const script = `mkdir -p /d/real/${name}; echo of the container >/d/real/${name}/secret; ln -s / /d/link; cp -r /d/real /d/x; touch /ready
      while :; do mv -T /d/x /d/y; ln -s / /d/x; rm /d/x; mv -T /d/y /d/x; done`
    await box.ok(['run', '-d', '--name', 'swap', '--network', 'none', busybox, 'sh', '-c', script])
    await box.ok(['exec', 'swap', 'sh', '-c', 'until [ -e /ready ]; do :; done'])
    writeFileSync(join(host, 'planted'), 'by cp')
    const seen: string[] = []
    // The folder is in its place for a part of the time: somewhen a copy meets it.
    for (let round = 0; round < 40 || (seen.length === 0 && round < 400); round++) {
      const out = join(host, `out-${round}`)
      await box.try(['cp', `swap:/d/x/${name}/secret`, out], { isChecked: false })
      if (existsSync(out)) seen.push(readFileSync(out, 'utf8'))
      await box.try(['cp', join(host, 'planted'), `swap:/d/x/${name}/planted-${round}`], { isChecked: false })
    }
    expect(seen.filter((text) => text !== 'of the container\n')).toEqual([])
    expect(seen.length).toBeGreaterThan(0)
    expect(readdirSync(marker)).toEqual(['secret'])
    expect(readFileSync(join(marker, 'secret'), 'utf8')).toBe('of the host')
    execFileSync('rm', ['-r', marker])
    await box.ok(['rm', '-f', '-t', '0', 'swap'])
  })

  test('CVE-2018-15664: an overwritten folder that is swapped takes nothing of the host with it', async () => {
    const marker = mkdtempSync('/tmp/gantry-cve-')
    const name = marker.slice(1)
    writeFileSync(join(marker, 'precious'), 'x')
    const script = `touch /ready; while :; do mkdir -p /d/x/${name}; mv -T /d/x /d/y; ln -s / /d/x; rm -f /d/x; rm -rf /d/y; done`
    await box.ok(['run', '-d', '--name', 'swap', '--network', 'none', busybox, 'sh', '-c', script])
    await box.ok(['exec', 'swap', 'sh', '-c', 'until [ -e /ready ]; do :; done'])
    writeFileSync(join(host, 'x'), 'a file')
    for (let round = 0; round < 30; round++) {
      await box.try(['cp', '--overwrite', join(host, 'x'), 'swap:/d/x'], { isChecked: false })
    }
    expect(readdirSync(marker)).toEqual(['precious'])
    execFileSync('rm', ['-r', marker])
    await box.ok(['rm', '-f', '-t', '0', 'swap'])
  })

  test('CVE-2019-14271: nothing of the container is loaded or executed', async () => {
    // Whoever chroots into it and looks up names would load libnss_files from there.
    const script = `mkdir -p /lib/x86_64-linux-gnu /etc; for l in /lib /lib64 /lib/x86_64-linux-gnu; do mkdir -p $l; printf '#!/bin/sh\\ntouch /loaded\\n' >$l/libnss_files.so.2; chmod 755 $l/libnss_files.so.2; done; printf '#!/bin/sh\\ntouch /executed\\n' >/bin/tar; chmod 755 /bin/tar; echo x >/x`
    await box.ok(['run', '--name', 'nss', '--network', 'none', busybox, 'sh', '-c', script])
    const trace = join(host, 'trace')
    const words = [
      '-f',
      '-qq',
      '-e',
      'trace=execve,execveat,chroot,setns,openat,openat2,open',
      '-o',
      trace,
      ...box.argv,
    ]
    if (execFileSync('sh', ['-c', 'command -v strace || true']).length === 0) return
    execFileSync('strace', [...words, 'cp', 'nss:/x', join(host, 'x-out')], { env: box.env as never })
    execFileSync(
      'strace',
      [...words.map((word) => (word === trace ? `${trace}2` : word)), 'cp', join(host, 'x-out'), 'nss:/y'],
      {
        env: box.env as never,
      },
    )
    const calls = readFileSync(trace, 'utf8') + readFileSync(`${trace}2`, 'utf8')
    expect(calls).toContain('x-out')
    expect(calls.split('\n').filter((line) => /chroot\(|setns\(|libnss|merged\/.*execve/.test(line))).toEqual([])
    const programs = calls.split('\n').filter((line) => /execve(at)?\(/.test(line) && !line.includes('= -1'))
    expect(programs.filter((line) => line.includes(box.root + '/containers'))).toEqual([])
    expect((await box.ok(['diff', 'nss'])).split('\n').filter((line) => /loaded|executed/.test(line))).toEqual([])
    await box.ok(['rm', 'nss'])
  })
})
