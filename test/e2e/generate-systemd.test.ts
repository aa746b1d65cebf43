// generate systemd: units that systemd accepts, and whose commands do what they say when they are run as systemd would.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName as busybox } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { runUnit, unitValue } from '../support/run-unit.ts'

const test = requires('root', 'runc', 'overlay', 'systemd-analyze')
const boxed = busyboxBox()
/** Ends at once when it is stopped. */
const sleeper = ['--stop-signal', 'KILL', busybox, 'sleep', '1000']

describe('generate systemd', () => {
  test('names the container that is there, and a start in the service leaves the pid that systemd looks for', async () => {
    const { box } = boxed
    await box.ok(['create', '--name', 'web', ...sleeper])
    const unit = await generate(['--name', '--restart-sec', '7', '--wants', 'a.service', '--wants', 'b.service', 'web'])
    expect(unit).toContain('\n# User-defined dependencies\nWants=a.service b.service\n')
    expect(unit).toContain('\nRestartSec=7\n')
    await runUnit({ box, text: unit, service: 'container-web.service' }, 'ExecStart')
    const { State } = await box.inspect('web')
    const pid = readFileSync(unitValue({ box, text: unit, service: '' }, 'Service', 'PIDFile'), 'utf8').trim()
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toMatch(/monitor/)
    expect(readFileSync(`/proc/${State['Pid']}/stat`, 'utf8').split(' ')[3]).toBe(pid)
    await runUnit({ box, text: unit, service: 'container-web.service' }, 'ExecStop')
    expect(existsSync(unitValue({ box, text: unit, service: '' }, 'Service', 'PIDFile'))).toBe(false)
    await box.ok(['rm', 'web'])
  })

  test('--new makes the container by its own command, and marks it with its service', async () => {
    const { box } = boxed
    const odd = ['-e', 'ODD=50% of $HOME "and\tmore"', '-e', 'GIVEN', '--label', 'tier=web']
    await box.ok(['create', '--name', 'web', '--restart', 'on-failure:4', ...odd, ...sleeper], {
      env: { GIVEN: 'from here' },
    })
    const unit = await generate(['--new', '--name', 'web'])
    expect(unit).toMatch(/\nRestart=on-failure\nStartLimitBurst=4\n/)
    expect(unit).toContain('Environment="GIVEN=from here"')
    await runUnit({ box, text: unit, service: 'container-web.service' }, 'ExecStart', { GIVEN: 'from here' })
    const { Config } = (await box.inspect('web')) as unknown as { Config: { Env: string[]; Labels: object } }
    expect(Config.Env).toEqual(expect.arrayContaining(['ODD=50% of $HOME "and\tmore"', 'GIVEN=from here']))
    expect(Config.Labels).toEqual({ tier: 'web', PODMAN_SYSTEMD_UNIT: 'container-web.service' })
    await runUnit({ box, text: unit, service: 'container-web.service' }, 'ExecStop')
    await runUnit({ box, text: unit, service: 'container-web.service' }, 'ExecStopPost')
    expect((await box.try(['container', 'exists', 'web'])).code).toBe(1)
  })

  test('of a pod there is one of the pod and one a container, which come and go with it', async () => {
    const { box } = boxed
    await box.ok(['pod', 'create', 'shop'])
    for (const name of ['one', 'two']) await box.ok(['create', '--pod', 'shop', '--name', name, ...sleeper])
    const folder = join(box.folder, 'units')
    mkdirSync(folder, { recursive: true })
    const paths = await generateFiles(folder, ['--new', '--name', 'shop'])
    expect(paths.map((path) => basename(path)).sort()).toEqual([
      'container-one.service',
      'container-two.service',
      'pod-shop.service',
    ])
    execFileSync('systemd-analyze', ['verify', '--man=no', ...paths], { stdio: 'pipe' })
    const [pod, one] = ['pod-shop', 'container-one'].map((name) =>
      readFileSync(join(folder, `${name}.service`), 'utf8'),
    )
    expect(pod).toContain('Wants=container-one.service container-two.service\n')
    expect(one).toContain('BindsTo=pod-shop.service\n')
    await box.ok(['pod', 'rm', '-f', 'shop'])
    await runUnit({ box, text: pod as string, service: 'pod-shop.service' }, 'ExecStartPre')
    await runUnit({ box, text: pod as string, service: 'pod-shop.service' }, 'ExecStart')
    await runUnit({ box, text: one as string, service: 'container-one.service' }, 'ExecStart')
    expect(await box.ok(['ps', '--filter', 'pod=shop', '--format', '{{.Names}}'])).toContain('one')
    await runUnit({ box, text: pod as string, service: 'pod-shop.service' }, 'ExecStop')
    await runUnit({ box, text: pod as string, service: 'pod-shop.service' }, 'ExecStopPost')
    expect((await box.try(['pod', 'exists', 'shop'])).code).toBe(1)
    expect(await box.ok(['ps', '-aq'])).toBe('')
  })

  test('a template numbers its containers; what makes no unit is refused by name', async () => {
    const { box } = boxed
    await box.ok(['create', '--name', 'web', '--restart', 'always', busybox, 'true'])
    expect(await generate(['--template', '--name', 'web'], 'x@.service')).toContain('--name=web-%i ')
    await box.ok(['pod', 'create', '--name', 'alone', '--infra=false'])
    const refusals: [string[], string][] = [
      [['--new=false', '--template', 'web'], '--template cannot be set'],
      [['--restart-policy', 'bogus', 'web'], 'bogus is not a valid restart policy'],
      [['-t', '3', '--stop-timeout', '4', 'web'], 'redundant'],
      [['--template', 'alone'], '--template is not supported for pods'],
      [['alone'], 'has no infra container'],
      [['none'], 'none does not refer to a container or pod'],
    ]
    for (const [args, words] of refusals) {
      const { code, stderr } = await box.try(['generate', 'systemd', ...args])
      expect([code, stderr]).toEqual([125, expect.stringContaining(words)])
    }
    expect((await box.try(['generate', 'systemd', 'web'])).stderr).toContain('has restart policy "always"')
    await box.ok(['pod', 'rm', 'alone'])
    await box.ok(['rm', 'web'])
  })
})

/** The unit, after systemd has accepted it. */
async function generate(args: readonly string[], name = 'x.service'): Promise<string> {
  const unit = await boxed.box.ok(['generate', 'systemd', ...args])
  const path = join(boxed.box.folder, name)
  writeFileSync(path, unit)
  execFileSync('systemd-analyze', ['verify', '--man=no', path], { stdio: 'pipe' })
  return unit
}

/** Into `folder`; their paths. */
async function generateFiles(folder: string, args: readonly string[]): Promise<string[]> {
  const { box } = boxed
  const words = ['-C', folder, ...box.argv, 'generate', 'systemd', '--files', '--format', 'json', ...args]
  const printed = execFileSync('env', words, { env: { ...process.env, ...box.env }, encoding: 'utf8', stdio: 'pipe' })
  return Object.values(JSON.parse(printed) as Record<string, string>)
}
