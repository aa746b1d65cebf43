// What others on the machine, or in the next container, can learn of a container's environment and secrets, and which sockets of ours they reach.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'
import { testUser } from '../../support/user.ts'

const test = requires('root', 'runc', 'overlay')
const testStrace = requires('root', 'runc', 'overlay', 'strace')
const none = ['--network', 'none']
const said = 'correct-horse-battery'
const env = { TOLD: said }

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  let box: Box

  beforeAll(async () => {
    box = openBox(who === 'root' ? {} : { user: testUser() })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    await box.ok(['secret', 'create', 'pw', '-'], { stdin: said })
  })
  afterAll(async () => box[Symbol.asyncDispose]())

  /** By name only, from the environment of whoever calls. */
  const telling = ['-e', 'TOLD', '--secret', 'pw', '--secret', 'pw,type=env,target=PW']

  testStrace('no process of ours or of the runtime’s has a variable or a secret in its argv', async () => {
    const trace = join(box.folder, 'trace')
    writeFileSync(trace, '', { mode: 0o666 })
    const strace = ['-f', '-qq', '-s', '4096', '-e', 'trace=execve', '-e', 'abbrev=none', '-A', '-o', trace]
    const [program = '', ...words] = box.argv
    const call = (...more: string[]) =>
      execFileSync('strace', [...strace, program, ...words, ...more], {
        env: { ...box.env, ...env },
        encoding: 'utf8',
        timeout: 60_000,
      })
    const show = ['sh', '-c', 'echo $TOLD; cat /run/secrets/pw']
    if (who === 'root') {
      await box.ok(['run', '-d', '--name', 'traced', ...none, busybox, 'sleep', '1000'])
      expect(call('run', '--rm', ...none, ...telling, busybox, ...show)).toBe(`${said}\n${said}`)
      // strace stays until the monitor has ended, too.
      call('run', '-d', '--rm', ...none, ...telling, busybox, 'true')
      call('exec', '-e', 'TOLD', 'traced', 'true')
      await box.ok(['rm', '-f', '-t', '0', 'traced'])
      const argvs = [...readFileSync(trace, 'utf8').matchAll(/execve\("[^"]*", (\[.*?\])/g)].map(
        ([, argv = '']) => argv,
      )
      expect(argvs.some((argv) => argv.includes('runc'))).toBe(true)
      expect(argvs.filter((argv) => argv.includes(said))).toEqual([])
    } else {
      // strace would take the setuid bits of newuidmap away: what is there while it runs is looked at.
      await box.ok(['run', '-d', '--name', 'seen', ...none, ...telling, busybox, 'sleep', '1000'], { env })
      expect(allArguments()).not.toContain(said)
      await box.ok(['rm', '-f', '-t', '0', 'seen'])
    }
  })

  test('logs, events and the journal do not tell them, nor does the monitor’s environment', async () => {
    await box.ok(['run', '-d', '--name', 'c', ...none, ...telling, busybox, 'sleep', '1000'], { env })
    await box.ok(['exec', '-e', 'TOLD', 'c', 'true'], { env })
    expect(await box.ok(['--log-level', 'debug', 'exec', 'c', 'true'], { env })).not.toContain(said)
    const { stderr } = await box.try(['--log-level', 'debug', 'exec', '-e', 'TOLD', 'c', 'true'], {
      env: { ...env, GANTRY_TRACE: 'exec,lock,state' },
    })
    expect(stderr).not.toContain(said)
    expect(await box.ok(['events', '--stream=false', '--format', 'json'])).not.toContain(said)
    expect(await box.ok(['ps', '-a', '--format', 'json'])).not.toContain(said)
    const monitor = String((await box.inspect('c')).State['ConmonPid'])
    expect(readFileSync(`/proc/${monitor}/environ`, 'utf8')).not.toContain(said)
    expect(readFileSync(`/proc/${monitor}/cmdline`, 'utf8')).not.toContain(said)
    await box.ok(['rm', '-f', '-t', '0', 'c'])
  })

  test('CVE-2020-14370 and CVE-2021-4024: the next container knows nothing of the last one’s', async () => {
    const words = ['run', '--rm', ...none, busybox, 'sh', '-c', 'env; ls -A /run/secrets 2>/dev/null']
    await box.ok(['create', '--name', 'first', ...none, ...telling, busybox, 'true'], { env })
    await box.ok(['start', '-a', 'first'], { env })
    const { stdout } = await box.try(words, { env })
    expect(stdout).not.toContain(said)
    expect(stdout).not.toMatch(/^(TOLD|PW)=/m)
    await box.ok(['rm', 'first'])
  })

  test('CVE-2020-15257: no socket of ours is in the abstract namespace, and none is open to others', async () => {
    const abstract = () => readFileSync('/proc/net/unix', 'utf8').match(/@\S*(?:gantry|runc|monitor)\S*/g) ?? []
    await box.ok(['run', '-d', '-it', '--name', 'near', '--network', 'host', busybox, 'sleep', '1000'])
    await box.ok(['exec', '-d', 'near', 'sleep', '1000'])
    expect(abstract()).toEqual([])
    const inside = await box.ok(['exec', 'near', 'sh', '-c', 'cut -d" " -f8- /proc/net/unix; find / -xdev -type s'])
    expect(inside.split('\n').filter((line) => line.startsWith('@') && /gantry|runc/.test(line))).toEqual([])
    // Whoever is neither the owner nor root is stopped at the run folder, if not at the socket.
    expect(statSync(box.run).mode & 0o077).toBe(0)
    const sockets = execFileSync('find', [box.run, '-type', 's'], { encoding: 'utf8' }).trim().split('\n')
    expect(sockets.length).toBeGreaterThan(0)
    await box.ok(['rm', '-f', '-t', '0', 'near'])
  })
})

/** Of every process, as anybody can read it. */
function allArguments(): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(readArguments).join('\n')
}

function readArguments(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
