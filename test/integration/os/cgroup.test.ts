import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { cgroupControllers, isUnifiedCgroup, killCgroup, oomCounterFile } from '../../../src/os/cgroup.ts'
import { requires } from '../../support/requires.ts'

const test = requires('root')
const mountPoint = '/sys/fs/cgroup'
const roots = isUnifiedCgroup() ? [mountPoint] : [join(mountPoint, 'pids'), join(mountPoint, 'freezer')]

test('controllers are named one by one', () => {
  expect(cgroupControllers()).toEqual(expect.arrayContaining(['memory', 'pids', 'cpu']))
  expect(cgroupControllers().filter((name) => /[, ]|^$|systemd|unified/.test(name))).toEqual([])
})

test('killCgroup kills what is frozen, in groups below, and forking; and removes them all', async () => {
  const group = `/gantry-test-${process.pid}`
  const folders = roots.flatMap((root) => [join(root, group), join(root, group, 'below')])
  for (const folder of folders) mkdirSync(folder)
  const forking = spawn('sh', ['-c', 'while :; do sleep 0.001; done'], { stdio: 'ignore' })
  const sleeping = spawn('sleep', ['100'], { stdio: 'ignore' })
  for (const root of roots) {
    writeFileSync(join(root, group, 'below/cgroup.procs'), String(forking.pid))
    writeFileSync(join(root, group, 'cgroup.procs'), String(sleeping.pid))
  }
  freeze(group)
  const ended = Promise.all([endOf(forking), endOf(sleeping)])
  await killCgroup(group)
  expect(await ended).toEqual(['SIGKILL', 'SIGKILL'])
  expect(folders.filter((folder) => existsSync(folder))).toEqual([])
  await killCgroup(group)
})

test('killCgroup tells of a group that it cannot empty', async ({ skip }) => {
  skip(isUnifiedCgroup(), 'cgroup.kill reaches what is frozen')
  const [name, frozen] = [`/gantry-test-${process.pid}`, join(mountPoint, 'freezer', `gantry-cold-${process.pid}`)]
  const group = join(mountPoint, 'pids', name)
  const sleeping = spawn('sleep', ['100'], { stdio: 'ignore' })
  for (const folder of [group, frozen]) {
    mkdirSync(folder)
    writeFileSync(join(folder, 'cgroup.procs'), String(sleeping.pid))
  }
  // In another group's freezer, where killCgroup does not look.
  writeFileSync(join(frozen, 'freezer.state'), 'FROZEN')
  const program = `import { killCgroup } from './src/os/cgroup.ts'; await killCgroup('${name}')`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  expect(stderr).toContain(`level=warning msg="control group is still in use"`)
  expect(stderr).toContain(`group=${name} pids="[${sleeping.pid}]"`)
  const ended = endOf(sleeping)
  writeFileSync(join(frozen, 'freezer.state'), 'THAWED')
  await ended
  for (const folder of [group, frozen]) rmdirSync(folder)
})

test('killCgroup takes no mere folder for a control group', async () => {
  const sleeping = spawn('sleep', ['100'], { stdio: 'ignore' })
  const program = `
    import { mkdirSync, writeFileSync } from 'node:fs'
    import { groupsBelow, killCgroup } from './src/os/cgroup.ts'
    mkdirSync('${mountPoint}/unified/left/behind', { recursive: true })
    writeFileSync('${mountPoint}/unified/left/behind/cgroup.procs', '${sleeping.pid}')
    await killCgroup('/left/behind')
    console.log(groupsBelow('/left'))`
  const words = [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-ec',
    `mount -t tmpfs none ${mountPoint}; exec "$@"`,
    'sh',
  ]
  const run = [process.execPath, '--input-type=module', '-e', program]
  const { stdout, stderr } = spawnSync('unshare', [...words, ...run], { encoding: 'utf8' })
  expect([stdout, stderr]).toEqual(['[]\n', ''])
  expect(sleeping.kill('SIGTERM')).toBe(true)
  expect(await endOf(sleeping)).toBe('SIGTERM')
})

test('killCgroup refuses the root and what leads out', async () => {
  for (const group of ['/', '', '/..', '/a/../..', 'relative', '/.']) {
    await expect(killCgroup(group)).rejects.toThrow('killCgroup of')
  }
})

test('the counter of out-of-memory kills is a file of the memory controller', () => {
  const group = `/gantry-test-oom-${process.pid}`
  const folder = dirname(oomCounterFile(group))
  mkdirSync(folder)
  try {
    expect(readFileSync(oomCounterFile(group), 'utf8')).toMatch(/^oom_kill 0$/m)
  } finally {
    rmdirSync(folder)
  }
})

function freeze(group: string): void {
  if (isUnifiedCgroup()) writeFileSync(join(mountPoint, group, 'cgroup.freeze'), '1')
  else writeFileSync(join(mountPoint, 'freezer', group, 'freezer.state'), 'FROZEN')
}

async function endOf(child: ChildProcess): Promise<unknown> {
  return ((await once(child, 'exit')) as unknown[])[1]
}
