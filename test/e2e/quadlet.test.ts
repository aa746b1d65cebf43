// bin/quadlet as systemd calls it, and the services that it writes: systemd accepts them, and their commands do what the quadlet says.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName as busybox } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { runUnit } from '../support/run-unit.ts'

const test = requires('root', 'runc', 'overlay', 'systemd-analyze')
const boxed = busyboxBox()
const program = resolve(import.meta.dirname, '..', '..', 'bin', 'quadlet')

describe('quadlet', () => {
  test('writes services that systemd accepts, and that run what they say', async () => {
    const { box } = boxed
    const made = generate({
      'data.volume': '[Volume]\nLabel=a=b\n',
      'web.container': `
        [Container]
        Image=${busybox}
        Volume=data.volume:/data
        Environment="GREETING=50%% of $$HOME"
        Network=none
        StopSignal=KILL
        CgroupsMode=no-conmon
        Exec=sh -c 'echo "$$GREETING" > /data/said; sleep 1000'
        [Install]
        WantedBy=multi-user.target`,
      'shop.pod': '[Pod]\nNetwork=none\n',
      'one.container': `
        [Container]
        Image=${busybox}
        Pod=shop.pod
        StopSignal=KILL
        CgroupsMode=no-conmon
        Exec=sleep 1000`,
    })
    expect(made.stderr).toBe('')
    const services = ['data-volume.service', 'one.service', 'shop-pod.service', 'web.service']
    expect(
      readdirSync(made.folder)
        .filter((name) => name.endsWith('.service'))
        .sort(),
    ).toEqual(services)
    expect(readlinkSync(join(made.folder, 'multi-user.target.wants/web.service'))).toBe('../web.service')
    execFileSync('systemd-analyze', ['verify', '--man=no', ...services.map((name) => join(made.folder, name))], {
      stdio: 'pipe',
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${made.folder}:` },
    })
    const [data, one, shop, web] = services.map((service) => ({
      box,
      service,
      text: readFileSync(join(made.folder, service), 'utf8'),
    })) as [Unit, Unit, Unit, Unit]
    for (const unit of [data, data, web]) await runUnit(unit, 'ExecStart')
    expect(
      await box.ok(['exec', 'systemd-web', 'sh', '-c', 'until [ -s /data/said ]; do :; done; cat /data/said']),
    ).toBe('50% of $HOME')
    const { Config } = (await box.inspect('systemd-web')) as unknown as { Config: { Labels: object } }
    expect(Config.Labels).toMatchObject({ PODMAN_SYSTEMD_UNIT: 'web.service' })
    for (const key of ['ExecStop', 'ExecStopPost']) await runUnit(web, key)
    for (const key of ['ExecStartPre', 'ExecStart']) await runUnit(shop, key)
    await runUnit(one, 'ExecStart')
    expect(await box.ok(['ps', '--format', '{{.Names}}', '--sort', 'names'])).toBe('systemd-one\nsystemd-shop-infra')
    for (const key of ['ExecStop', 'ExecStopPost']) await runUnit(shop, key)
    expect(await box.ok(['ps', '-aq'])).toBe('')
    await box.ok(['volume', 'rm', 'systemd-data'])
  })

  test('tells what is wrong with a file by its line, and writes the others', () => {
    const { stderr, code, folder, sources } = generate({
      'bad.container': '[Container]\nImage=localhost/x\nNoSuchKey=1\n',
      'good.container': '[Container]\nImage=localhost/x\n',
      'short.image': '[Image]\nImage=short\n',
    })
    expect(code).toBe(1)
    expect(stderr).toContain(
      `converting "bad.container": unsupported key 'NoSuchKey' in group 'Container' in ${sources}/bad.container:3\n`,
    )
    expect(stderr).toContain('Warning: short.image specifies the image "short"')
    expect(readdirSync(folder).sort()).toEqual(['good.service', 'short-image.service'])
  })

  test('is a generator of users by the name of its link, and prints with -dryrun; without quadlets it is content', () => {
    const sources = { 'web.container': '[Container]\nImage=localhost/x\n' }
    const link = join(boxed.box.folder, 'gantry-user-generator')
    symlinkSync(program, link)
    const user = generate(sources, { called: link })
    expect(readFileSync(join(user.folder, 'web.service'), 'utf8')).toContain(
      'After=gantry-user-wait-network-online.service\n',
    )
    expect(existsSync(join(user.folder, 'gantry-user-wait-network-online.service'))).toBe(true)
    const dry = generate(sources, { flags: ['-dryrun'] })
    expect(dry.stdout).toContain('---web.service---\n')
    expect(dry.stderr).toContain('Loading source unit file')
    expect(readdirSync(dry.folder)).toEqual([])
    const none = generate({}, { flags: ['-dryrun'] })
    expect([none.code, none.stdout, none.stderr]).toEqual([0, '', expect.stringContaining('No files parsed from [')])
  })
})

interface Unit {
  readonly box: typeof boxed.box
  readonly service: string
  readonly text: string
}

/** Into an empty folder, from one that holds just these. */
function generate(sources: Record<string, string>, { called = program, flags = [] as readonly string[] } = {}) {
  const { box } = boxed
  const base = join(box.folder, crypto.randomUUID())
  const [from, folder] = [join(base, 'from'), join(base, 'units')]
  for (const path of [from, folder]) mkdirSync(path, { recursive: true })
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(from, name), text.replaceAll(/^ +/gm, ''))
  const env = { ...process.env, PODMAN: box.argv.join(' ').replaceAll(/(--\w+) /g, '$1='), QUADLET_UNIT_DIRS: from }
  const words = ['-no-kmsg-log', ...flags, folder]
  const { status, stdout, stderr } = spawnSync(called, words, { env, encoding: 'utf8' })
  return { code: status, stdout, stderr, folder, sources: from }
}
