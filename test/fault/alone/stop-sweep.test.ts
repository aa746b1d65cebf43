// A client that is stopped (Ctrl-Z, a frozen cgroup) anywhere inside `run -d` blocks no reading command and no command on another
// object. (podman 5.4.2: `ps -a` hangs at 5 of 5 points.)

import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { finish, openBox } from '../../support/box.ts'
import { busyboxArchive, busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const run = (name: string) => ['run', '-d', '--name', name, '--network', 'none', busyboxName, 'sleep', '1000']

requires('root', 'runc', 'overlay')('run -d stopped at 20 points blocks nobody', { timeout: 300_000 }, async () => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const startedAt = performance.now()
  await finish(box.start(run('first')))
  const duration = performance.now() - startedAt
  for (let point = 1; point <= 20; point += 1) {
    const child = box.start(run('stopped'))
    const ended = finish(child)
    await sleep((duration * point) / 20)
    child.kill('SIGSTOP')
    for (const args of [
      ['ps', '--all'],
      ['images'],
      ['inspect', 'first'],
      ['logs', 'first'],
      ['exec', 'first', 'true'],
      run('other'),
      ['rm', '-f', '-t', '0', 'other'],
    ]) {
      const before = performance.now()
      const result = await finish(box.start(args), 10_000)
      expect(result.code, `${args.join(' ')} at point ${point}: ${result.stderr}`).toBe(0)
      expect(performance.now() - before, `${args.join(' ')} at point ${point}`).toBeLessThan(5000)
    }
    child.kill('SIGCONT')
    expect((await ended).code, `point ${point}`).toBe(0)
    await box.ok(['rm', '-f', '-t', '0', 'stopped'])
  }
})
