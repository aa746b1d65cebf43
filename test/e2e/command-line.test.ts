// What is said about a command line: by which name, what first, and which flags do not go together.

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const program = resolve(import.meta.dirname, '..', '..', 'bin', 'gantry')

describe('called as podman', () => {
  const podman = async (...args: readonly string[]) => {
    const folder = join(world.box.folder, 'bin')
    mkdirSync(folder, { recursive: true })
    const link = join(folder, 'podman')
    try {
      symlinkSync(program, link)
    } catch {
      // Of the test before.
    }
    const result = await execa(link, ['--root', world.box.root, '--runroot', world.box.run, ...args], { reject: false })
    return { code: result.exitCode, text: `${result.stdout}${result.stderr}` }
  }

  realTest('it is podman in help, hints and refusals', async () => {
    expect((await podman('run', '-h')).text).toContain("See 'podman run --help'")
    expect((await podman('--help')).text).toContain('Usage:\n  podman [options] [command]')
    const { text } = await podman('container', 'ps', '--help')
    expect(text).toContain('Usage:\n  podman container ps [options]')
    expect(text).toContain('Examples:\n  podman ps')
    expect(text).not.toContain('gantry ')
    expect((await podman('bad', '--invalid')).text).toBe("Error: unknown flag: --invalid\nSee 'podman --help'")
    expect((await podman('bad', '--log-level', 'info')).text).toContain('unrecognized command `podman bad`')
    expect((await podman('farm', 'create', '--name', 'x')).text).toContain('podman farm is not supported yet')
    expect((await podman('machine', 'init')).text).toContain('unrecognized command `podman machine`')
    expect((await podman('farm', 'list')).text).toBe(
      "Error: podman farm is not supported yet\nTry 'podman --help' for more information",
    )
    expect((await podman('--version')).text).toMatch(/^podman version /)
  })

  realTest('and hands the name on to nobody', async () => {
    const flags = ['--network', 'none', '--env-host']
    const { code, text } = await podman('run', '--rm', ...flags, busyboxName, 'env')
    expect([code, text]).toEqual([0, expect.not.stringContaining('_GANTRY')])
    expect((await world.box.try(['run', '-h'])).stderr).toContain("See 'gantry run --help'")
  })
})

describe('--module', () => {
  realTest('a file that is not there is named, before a command that is not there', async () => {
    const path = join(world.box.folder, 'none,such')
    const why = `Failed to obtain podman configuration: could not resolve module "${path}": faccessat ${path}: no such file or directory\n`
    for (const command of ['no-such-command', 'ps']) {
      const { code, stderr } = await world.box.try([`--module=${path}`, command])
      expect([code, stderr]).toEqual([1, why])
    }
    const { code, stderr } = await world.box.try(['--module', 'none-such', 'ps'])
    const folders = ['/etc', '/usr/share'].map((folder) => `${folder}/containers/containers.conf.modules/none-such`)
    expect(code).toBe(1)
    for (const one of folders) expect(stderr).toContain(`\n\t* faccessat ${one}: no such file or directory`)
  })
})

describe('--env-file', () => {
  realTest('is read for the container, not for us', async () => {
    const file = join(world.box.folder, 'variables')
    writeFileSync(file, 'NODE_OPTIONS=--no-such-flag\nGANTRY_TRACE=state\nINSIDE=yes\n')
    const { code, stdout, stderr } = await world.sh(['--env-file', file], 'echo $NODE_OPTIONS,$INSIDE')
    expect([code, stdout, stderr]).toEqual([0, '--no-such-flag,yes\n', ''])
    const missing = await world.sh(['--env-file', `${file}.not`], 'true')
    expect([missing.code, missing.stderr]).toEqual([125, `Error: open ${file}.not: no such file or directory\n`])
  })
})

describe('--runtime-flag', () => {
  realTest('is a flag of the runtime’s, with or without its dashes', async () => {
    const log = join(world.box.folder, 'runtime.log')
    const flags = ['--runtime-flag', 'debug', '--runtime-flag', `--log=${log}`]
    await world.box.ok([...flags, 'run', '--rm', '--network', 'none', busyboxName, 'true'])
    expect(readFileSync(log, 'utf8')).toContain('level=debug')
  })
})

describe('flags that do not go together', () => {
  realTest.for([
    [['create', '--userns', 'host', '--pod', 'foo', busyboxName], '--userns and --pod'],
    [['container', 'cleanup', '--exec', 'foo', '--rmi', 'bar'], '--exec and --rmi'],
    [['container', 'cleanup', '--exec', 'foo', '--all'], '--all and --exec'],
  ] as const)('%s', async ([words, flags]) => {
    const { code, stderr } = await world.box.try(words)
    expect([code, stderr]).toEqual([125, `Error: ${flags} cannot be set together\n`])
  })
})

describe('a command that takes its time', () => {
  realTest('is called by its name in lists of processes', async () => {
    const script = `"$@" events >/dev/null & for i in $(seq 100); do name=$(cat /proc/$!/comm); case $name in gantry) break; esac; sleep 0.1; done; kill $!; echo $name`
    const { stdout } = await execa('sh', ['-c', script, 'sh', ...world.box.argv])
    expect(stdout).toBe('gantry')
  })
})

describe('container cleanup', () => {
  realTest('--rmi removes the image too, unless a container uses it', async () => {
    const { box } = world
    for (const name of ['one', 'two']) await box.ok(['create', '--network', 'none', '--name', name, busyboxName])
    const { code, stderr } = await box.try(['container', 'cleanup', '--rm', '--rmi', 'one'])
    expect([code, stderr]).toEqual([125, expect.stringContaining('image is in use by a container')])
    expect(await box.ok(['ps', '-a', '--format', '{{.Names}}'])).toBe('two')
    await box.ok(['container', 'cleanup', '--rm', '--rmi', 'two'])
    expect(await box.ok(['images', '-q'])).toBe('')
    await box.ok(['load', '-q', '-i', busyboxArchive()])
  })
})
