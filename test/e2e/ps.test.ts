// ps as its users read it: what is listed, in which columns, order and words.

import { expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')

/** A running, an ended and a created container, made in this order. */
async function filledBox(): Promise<Box> {
  const box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  await box.ok(['run', '-d', '--name', 'up', '--label', 'tier=web', busyboxName, 'sleep', '1000'])
  await box.try(['run', '--name', 'down', busyboxName, 'sh', '-c', 'echo 1234 > /file; exit 3'])
  await box.ok(['create', '--name', 'new', '-v', '/tmp:/data', busyboxName, 'true'])
  return box
}

async function lines(box: Box, ...args: string[]): Promise<string[]> {
  return (await box.ok(['ps', ...args])).split('\n')
}

realTest('ps shows what runs, -a everything, oldest first', async () => {
  await using box = await filledBox()
  const [heading, ...rows] = await lines(box)
  expect(heading?.split(/ {2,}/)).toEqual(['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'])
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatch(/^[0-9a-f]{12} {2}localhost\/busybox:latest {2}sleep 1000 .* ago {2}Up .* up$/)
  const all = await lines(box, '-a', '--noheading')
  expect(all.map((row) => row.split(/ +/).at(-1))).toEqual(['up', 'down', 'new'])
  expect(all[1]).toMatch(/sh -c echo 1234 >\.\.\. .*Exited \(3\) .* ago/)
  expect(all[2]).toContain('Created')
})

realTest('a paused container is not among those that run', async () => {
  await using box = await filledBox()
  await box.ok(['pause', 'up'])
  expect(await lines(box, '-q')).toEqual([''])
  expect(await lines(box, '-a', '--filter', 'name=up', '--format', '{{.Status}}')).toEqual(['Paused'])
  await box.ok(['unpause', 'up'])
})

realTest('ps takes filters, --last, --latest and --sort', async () => {
  await using box = await filledBox()
  const names = async (...args: string[]) => lines(box, '--format', '{{.Names}}', ...args)
  expect(await names('--filter', 'label=tier=web')).toEqual(['up'])
  expect(await names('--filter', 'name=down')).toEqual([''])
  expect(await names('-a', '--filter', 'name=down')).toEqual(['down'])
  expect(await names('--filter', 'status=exited', '--filter', 'exited=3')).toEqual(['down'])
  expect(await names('--latest')).toEqual(['new'])
  expect(await names('-n', '2')).toEqual(['down', 'new'])
  expect(await names('-a', '--sort', 'names')).toEqual(['down', 'new', 'up'])
  expect(await names('-a', '--sort', 'command')).toEqual(['down', 'up', 'new'])
})

realTest('ps prints templates, tables and JSON', async () => {
  await using box = await filledBox()
  const id = await box.ok(['ps', '-q', '--no-trunc'])
  expect(id).toMatch(/^[0-9a-f]{64}$/)
  expect(await lines(box, '--format', '{{.ID}} {{.Label "tier"}} {{.Labels.tier}} {{.Pid | printf "%T"}}')).toEqual([
    `${id.slice(0, 12)} web web int`,
  ])
  expect(await lines(box, '-a', '--format', 'table {{.Names}} {{.State}} {{.Mounts}}')).toEqual([
    'NAMES       STATE       MOUNTS',
    'up          running     []',
    'down        exited      []',
    'new         created     [/data]',
  ])
  const rows = JSON.parse(await box.ok(['ps', '-a', '--size', '--format', 'json'])) as Record<string, unknown>[]
  expect(rows[1]).toMatchObject({ Names: ['down'], Exited: true, ExitCode: 3, State: 'exited', Pid: 0, Ports: null })
  expect((rows[1]?.['Size'] as { rwSize: number }).rwSize).toBeGreaterThanOrEqual(5)
})

realTest('ps --ns shows the namespaces of what runs', async () => {
  await using box = await filledBox()
  const [heading, row] = await lines(box, '--ns')
  expect(heading?.split(/ +/)).toEqual('CONTAINER ID NAMES PID CGROUPNS IPC MNT NET PIDNS USERNS UTS'.split(' '))
  expect(row?.split(/ +/).slice(3)).toEqual(Array.from({ length: 7 }, () => expect.stringMatching(/^\d{10}$/)))
})

realTest('ps refuses what contradicts itself', async () => {
  await using box = openBox()
  const message = async (...args: string[]) => (await box.try(['ps', ...args])).stderr.split('\n')[0]
  expect(await message('-l', '-n', '1')).toBe('Error: last and latest are mutually exclusive')
  expect(await message('-q', '-s')).toBe('Error: quiet conflicts with size and namespace')
  expect(await message('-s', '--ns')).toBe('Error: size and namespace options conflict')
  expect(await message('--format', '{{.Nope}}', '--filter', 'nope=x')).toBe('Error: nope is an invalid filter')
  expect(await message('--sort', 'colour')).toContain('"colour" is not a valid value')
})

realTest('ps --filter knows all of podman’s filters', async () => {
  await using box = await filledBox()
  const names = async (...filters: string[]) =>
    (await lines(box, '-a', '--format', '{{.Names}}', ...filters.flatMap((filter) => ['--filter', filter]))).join(' ')
  const id = (await box.inspect('down')).Id
  await box.ok(['create', '--name', 'kept', '--restart', 'always', '-v', 'vol:/v', busyboxName, 'true'])
  const cases: readonly (readonly [filter: string, expected: string])[] = [
    [`id=${id.slice(0, 6)}`, 'down'],
    [`id=${id.slice(0, 6)}.*$`, 'down'],
    ['name=^(up|new)$', 'up new'],
    ['label=tier', 'up'],
    ['label!=tier', 'down new kept'],
    ['exited=3', 'down'],
    ['status=created', 'new kept'],
    ['status=stopped', 'down'],
    ['ancestor=localhost/busybox', 'up down new kept'],
    ['ancestor=nobody', ''],
    ['before=down', 'up'],
    ['since=down', 'new kept'],
    ['volume=vol', 'kept'],
    ['volume=/data', 'new'],
    ['volume=/tmp:/data', 'new'],
    ['restart-policy=always', 'kept'],
    ['health=healthy', ''],
    ['pod=none', ''],
    ['network=podman', ''],
    ['until=1h', ''],
    ['until=2100-01-01', 'up down new kept'],
  ]
  for (const [filter, expected] of cases) expect(await names(filter), filter).toBe(expected)
  expect(await names('name=up', 'name=down', 'status=running')).toBe('up')
  for (const [filter, complaint] of [
    ['nothing=1', 'nothing is an invalid filter'],
    ['status=odd', 'unknown container state: odd'],
    ['exited=x', 'exited code out of range'],
    ['before=nobody', 'no container with name or ID "nobody"'],
    ['restart-policy=odd', 'odd invalid restart policy'],
  ] as const) {
    expect((await box.try(['ps', '--filter', filter])).stderr).toContain(complaint)
  }
  await box.ok(['rm', 'kept', '-v'])
  await box.ok(['volume', 'rm', 'vol'])
})

realTest('ps has columns for sizes and pods, and older names of its flags', async () => {
  await using box = await filledBox()
  const [sizes, , down] = await lines(box, '-a', '--size')
  expect(sizes).toMatch(/ NAMES +SIZE$/)
  expect(down).toMatch(/ down +\d+(\.\d+)?k?B \(virtual [\d.]+MB\)$/)
  expect((await lines(box, '--pod'))[0]).toMatch(/ NAMES +POD ID +PODNAME$/)
  expect((await lines(box, '--namespace', '--notruncate', '--storage', '--sync'))[1]).toMatch(/^[0-9a-f]{64} /)
  const bySize = await lines(box, '-a', '--sort', 'size', '--format', '{{.Names}}')
  expect(bySize.indexOf('new')).toBeLessThan(bySize.indexOf('down'))
})

realTest('ps --watch shows the list again and again, until interrupted', async () => {
  await using box = await filledBox()
  const child = box.start(['ps', '--watch', '1', '-q'])
  let shown = ''
  await new Promise<void>((done) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      shown += chunk.toString()
      if (shown.split('\n').length > 2) done()
    })
  })
  child.kill('SIGINT')
  const code = await new Promise((done) => child.once('close', done))
  expect(code).toBe(130)
  expect(shown.match(/[0-9a-f]{12}/g)?.length).toBeGreaterThan(1)
})
