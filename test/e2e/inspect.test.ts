// inspect: podman's document of a container, its templates, and what is said of objects that are not there.

import { expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')

async function filledBox(): Promise<Box> {
  const box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const limits = ['--memory', '64m', '--cpus', '1.5', '--pids-limit', '50', '--ulimit', 'nofile=100:200']
  const rest = ['-v', '/tmp:/data:ro,Z', '--tmpfs', '/scratch', '--cap-add', 'NET_RAW', '--cap-drop', 'CHOWN']
  const start = ['run', '-d', '--name', 'web', '--label', 'a.b=c', '--hostname', 'h1', '--user', '1000', '-i']
  await box.ok([...start, ...limits, ...rest, busyboxName, 'sleep', '1000'])
  return box
}

realTest('inspect tells what a container was asked to be', async () => {
  await using box = await filledBox()
  const document = await box.inspect('web')
  expect(document).toMatchObject({
    Name: 'web',
    Path: 'sleep',
    Args: ['1000'],
    ImageName: busyboxName,
    State: { Status: 'running', Running: true, ExitCode: 0, FinishedAt: '0001-01-01T00:00:00Z' },
    Config: { Hostname: 'h1', User: '1000', Cmd: ['sleep', '1000'], OpenStdin: true, StopSignal: 'SIGTERM' },
    HostConfig: {
      Memory: 64 << 20,
      MemorySwap: 128 << 20,
      NanoCpus: 1_500_000_000,
      CpuQuota: 150_000,
      PidsLimit: 50,
      CapAdd: ['CAP_NET_RAW'],
      CapDrop: ['CAP_CHOWN'],
      NetworkMode: 'none',
      Tmpfs: { '/scratch': expect.stringContaining('nosuid') },
      Binds: [expect.stringMatching(/^\/tmp:\/data:ro,/)],
    },
    Mounts: [{ Type: 'bind', Source: '/tmp', Destination: '/data', Mode: 'Z', RW: false, Propagation: 'rprivate' }],
  })
  const { Ulimits } = document['HostConfig'] as { Ulimits: unknown[] }
  expect(Ulimits).toContainEqual({ Name: 'RLIMIT_NOFILE', Soft: 100, Hard: 200 })
  expect(document['Config']).toHaveProperty(['Labels', 'a.b'], 'c')
})

realTest('inspect follows a container through its life', async () => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const state = async () => box.ok(['inspect', '--format', '{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}}', 'c'])
  await box.ok(['create', '--name', 'c', busyboxName, 'sh', '-c', 'exit 7'])
  expect(await state()).toBe('created 0 0')
  expect((await box.try(['start', '-a', 'c'])).code).toBe(7)
  expect(await state()).toBe('exited 7 0')
})

realTest('inspect prints templates in Go’s words', async () => {
  await using box = await filledBox()
  const shown = async (format: string) => box.ok(['inspect', '--format', format, 'web'])
  expect(await shown('{{index .Config.Labels "a.b"}} {{.Config.Labels}}')).toBe('c map[a.b:c]')
  expect(await shown('{{.Config.Entrypoint}} {{json .Config.Entrypoint}} {{.State.Health}}')).toBe('[] null <nil>')
  expect(await shown('{{range .Mounts}}{{.Src}}:{{.Dst}}{{end}}')).toBe('/tmp:/data')
  expect(await shown('{{.Id}}')).toBe((await box.inspect('web')).Id)
  expect(await shown('{{.State.StartedAt}}')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4} \S+$/)
  const ofImage = async (format: string) => box.ok(['image', 'inspect', '--format', format, busyboxName])
  expect(await ofImage('{{.Config.Labels}} {{.Config.Entrypoint}} {{.Config.User}}|{{json .Config}}')).toMatch(
    /^map\[\] \[\] \|\{"Env":\[.*\],"Cmd":\["sh"\]\}$/,
  )
  expect(await ofImage('{{range .History}}{{.Comment}}{{.EmptyLayer}}{{end}}')).toBe('false')
  const { code, stderr } = await box.try(['inspect', '--format', '{{.State.Nope}}', 'web'])
  expect(code).toBe(125)
  expect(stderr).toContain("can't evaluate field Nope in type *define.InspectContainerState")
})

realTest('inspect prints what it found and names what it did not', async () => {
  await using box = await filledBox()
  const { code, stdout, stderr } = await box.try(['inspect', 'nope', 'web', busyboxName, 'gone'])
  expect(code).toBe(125)
  expect((JSON.parse(stdout) as { Id: string }[]).map(({ Id }) => Id)).toHaveLength(2)
  expect(stderr).toBe('no such object: "gone"\nError: no such object: "nope"\n')
  // No image can be called so, which says nothing of the others.
  await box.ok(['volume', 'create', 'Capital'])
  expect(await box.ok(['inspect', '--format', '{{.Name}}', 'Capital'])).toBe('Capital')
  expect(await box.try(['inspect', 'No one'])).toMatchObject({
    stdout: '[]\n',
    stderr: 'Error: no such object: "No one"\n',
  })
  expect(await box.try(['container', 'inspect', busyboxName])).toEqual({
    code: 125,
    stdout: '[]\n',
    stderr: `Error: no such container ${busyboxName}\n`,
  })
  expect((await box.try(['inspect', '--type', 'image', 'web'])).stderr).toBe('Error: web: image not known\n')
  expect((await box.try(['inspect', '--type', 'fish', 'web'])).stderr).toContain('invalid type "fish"')
  expect((await box.try(['inspect', '--type', 'pod', 'web'])).stderr).toBe(
    'Error: no pod with name or ID web found: no such pod\n',
  )
})

realTest('inspect --size counts what was written', async () => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  await box.ok(['run', '--name', 'c', busyboxName, 'dd', 'if=/dev/zero', 'of=/file', 'bs=1000', 'count=1000'])
  const sizes = await box.ok(['inspect', '--size', '--format', '{{.SizeRw}} {{.SizeRootFs}}', 'c'])
  const [written = 0, whole = 0] = sizes.split(' ').map(Number)
  expect(written).toBeGreaterThanOrEqual(1_000_000)
  expect(written).toBeLessThan(1_010_000)
  expect(whole).toBeGreaterThan(written)
})
