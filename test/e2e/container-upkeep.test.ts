// exists, rename, prune and top.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { expect } from 'vitest'
import { type Box, finish, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')

async function loadedBox(): Promise<Box> {
  const box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  return box
}

realTest('container exists answers by its exit code', async () => {
  await using box = await loadedBox()
  const id = await box.ok(['create', '--name', 'c', busyboxName])
  for (const name of ['c', '/c', id, id.slice(0, 8)]) {
    expect(await box.try(['container', 'exists', name])).toEqual({ code: 0, stdout: '', stderr: '' })
  }
  // No hexadecimal digit: the beginning of an id is a name, too.
  expect(await box.try(['container', 'exists', 'x'])).toEqual({ code: 1, stdout: '', stderr: '' })
})

realTest('rename moves the name of a running container', async () => {
  await using box = await loadedBox()
  const id = await box.ok(['run', '-d', '--name', 'old', busyboxName, 'sleep', '1000'])
  await box.ok(['rename', 'old', 'new'])
  expect(await box.ok(['ps', '--no-trunc', '--format', '{{.ID}} {{.Names}}'])).toBe(`${id} new`)
  expect((await box.try(['container', 'exists', 'old'])).code).toBe(1)
  await box.ok(['create', '--name', 'old', busyboxName])
  const taken = await box.try(['rename', 'new', 'old'])
  expect(taken.code).toBe(125)
  expect(taken.stderr).toContain(`renaming container ${id}: name "old" is in use: container already exists`)
  expect((await box.try(['rename', 'new', '-x'])).code).toBe(125)
  expect((await box.try(['rename', 'new', 'a/b'])).stderr).toContain('names must match')
  await box.ok(['rename', 'new', 'new'])
  await box.ok(['rm', '-f', '-t', '0', 'new'])
})

realTest('/etc/hosts has the new name after a restart', async () => {
  await using box = await loadedBox()
  await box.ok(['run', '-d', '--name', 'old', '--network', 'none', busyboxName, 'sleep', '1000'])
  await box.ok(['rename', 'old', 'new'])
  await box.ok(['restart', '-t', '0', 'new'])
  const names = (await box.ok(['exec', 'new', 'cat', '/etc/hosts'])).split(/\s+/)
  expect(names).toContain('new')
  expect(names).not.toContain('old')
})

realTest('wait --condition running sees a run that ended between its looks', async () => {
  await using box = await loadedBox()
  await box.ok(['create', '--name', 'brief', '--network', 'none', busyboxName, 'true'])
  const waiting = box.start(['wait', '--condition', 'running', 'brief'])
  const answer = finish(waiting)
  const pid = await watcher(waiting.pid as number)
  process.kill(pid, 'SIGSTOP')
  await box.ok(['start', '--attach', 'brief'])
  process.kill(pid, 'SIGCONT')
  expect(await answer).toMatchObject({ code: 0, stdout: '-1\n' })
})

realTest('of eight that rename to one name, one wins', async () => {
  await using box = await loadedBox()
  const names = Array.from({ length: 8 }, (_, index) => `c${index}`)
  for (const name of names) await box.ok(['create', '--name', name, busyboxName])
  const outcomes = await Promise.all(
    names.map(async (name) => box.try(['rename', name, 'prize'], { isChecked: false })),
  )
  expect(outcomes.filter(({ code }) => code === 0)).toHaveLength(1)
  const left = (await box.ok(['ps', '-a', '--format', '{{.Names}}', '--sort', 'names'])).split('\n')
  expect(left).toHaveLength(8)
  expect(left.at(-1)).toBe('prize')
})

realTest('container prune asks, then removes what does not run', async () => {
  await using box = await loadedBox()
  await box.ok(['run', '-d', '--name', 'up', busyboxName, 'sleep', '1000'])
  const created = await box.ok(['create', '--name', 'created', '--label', 'keep', busyboxName])
  await box.ok(['run', '--name', 'done', busyboxName, 'true'])
  const refused = await box.try(['container', 'prune'], { stdin: 'n\n' })
  expect(refused.stdout).toMatch(/^WARNING! This will remove all non running containers\.\nAre you sure/)
  expect(await box.ok(['container', 'prune', '--force', '--filter', 'until=1h'])).toBe('')
  expect((await box.ok(['container', 'prune', '--force', '--filter', 'label!=keep'])).split('\n')).toHaveLength(1)
  expect((await box.try(['container', 'prune', '--force', '--filter', 'name=up'])).code).toBe(125)
  expect((await box.ok(['container', 'prune'], { stdin: 'y\n' })).endsWith(created)).toBe(true)
  expect(await box.ok(['ps', '-a', '--format', '{{.Names}}'])).toBe('up')
})

realTest('top shows the processes as they are inside', async () => {
  await using box = await loadedBox()
  const program = 'sleep 1000 & exec sleep 2000'
  await box.ok(['run', '-d', '--name', 'c', '--user', 'user', busyboxName, 'sh', '-c', program])
  const rows = (await box.ok(['top', 'c'])).split('\n').map((line) => line.split(/ {2,}/))
  expect(rows[0]).toEqual(['USER', 'PID', 'PPID', '%CPU', 'ELAPSED', 'TTY', 'TIME', 'COMMAND'])
  expect(rows[1]?.slice(0, 4)).toEqual(['user', '1', '0', expect.stringMatching(/^\d\.\d{3}$/)])
  expect(
    rows
      .slice(1)
      .map((row) => row.at(-1))
      .sort(),
  ).toEqual(['sleep 1000', 'sleep 2000'])
  const pid = await box.ok(['inspect', '--format', '{{.State.Pid}}', 'c'])
  expect((await box.ok(['top', 'c', 'pid,hpid,huid', 'capeff', 'seccomp'])).split('\n').slice(0, 2)).toEqual([
    'PID         HPID        HUID        EFFECTIVE CAPS  SECCOMP',
    `1           ${pid.padEnd(12)}1000        none            filter`,
  ])
})

realTest('top leaves other arguments to ps(1), in the container’s processes', async () => {
  await using box = await loadedBox()
  await box.ok(['run', '-d', '--name', 'c', busyboxName, 'sleep', '1000'])
  const rows = (await box.ok(['top', 'c', '-eo', 'pid,comm'])).split('\n')
  expect(rows.slice(0, 2).map((row) => row.trim().split(/ +/))).toEqual([
    ['PID', 'COMMAND'],
    ['1', 'sleep'],
  ])
  expect((await box.try(['top', 'c', '--nonsense'])).stderr).toContain('ps(1) failed with exit code 1')
  // One that may trace gets its own ps: busybox knows no -f.
  await box.ok(['run', '-d', '--name', 'tracer', '--cap-add', 'SYS_PTRACE', busyboxName, 'sleep', '1000'])
  expect((await box.ok(['top', 'tracer', '-o', 'pid,args'])).split('\n')[1]?.trim()).toMatch(/^1 sleep 1000/)
})

realTest('top refuses a container that does not run', async () => {
  await using box = await loadedBox()
  await box.ok(['create', '--name', 'c', busyboxName])
  expect((await box.try(['top', 'c'])).stderr).toBe('Error: top can only be used on running containers\n')
  expect((await box.try(['top'])).stderr).toContain('you must provide the name or id of a running container')
})

/** Resolves when the process watches a folder, and has looked into it. */
async function watcher(pid: number): Promise<number> {
  const fds = () => readdirSync(`/proc/${pid}/fd`).map((fd) => target(`/proc/${pid}/fd/${fd}`))
  let idleLooks = 0
  while (idleLooks < 5) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    idleLooks = fds().includes('anon_inode:inotify') && isAsleep(pid) ? idleLooks + 1 : 0
  }
  return pid
}

function isAsleep(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')')).startsWith(') S')
}

function target(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}
