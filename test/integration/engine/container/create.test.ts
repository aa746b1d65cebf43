// Creation: names, what it refuses, what it leaves when it dies.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../../../../src/base/ids.ts'
import { create } from '../../../../src/engine/container/create.ts'
import { openCradle } from '../../../../src/engine/container/nursery.ts'
import { sweepNursery } from '../../../../src/engine/container/nursery-leftovers.ts'
import { readStoredContainer } from '../../../../src/engine/container/stored-container.ts'
import { sweepPassingBy } from '../../../../src/engine/system/sweep-passing-by.ts'
import { tryClaim } from '../../../../src/state/claim.ts'
import { paths } from '../../../../src/state/layout.ts'
import { isLockHeld } from '../../../../src/state/lock.ts'
import { specOf } from '../../../support/container-spec.ts'
import { type TestEngine, testEngine } from '../../../support/engine.ts'

let box: TestEngine

beforeEach(() => {
  box = testEngine()
  mkdirSync(join(box.folder, 'rootfs'))
})

afterEach(() => box[Symbol.dispose]())

const spec = (...words: string[]) =>
  specOf([...words, '--rootfs', join(box.folder, 'rootfs'), 'true'], box.engine.settings)
const containers = () => readdirSync(paths.containers(box.engine.at))
const names = () => readdirSync(paths.claims(box.engine.at, 'container'))

describe('create', () => {
  test('is there, named and told of when it resolves', async () => {
    const { id, name } = await create(box.engine, spec('--name', 'web', '--label', 'a=b'))
    expect(name).toBe('web')
    expect(containers()).toEqual([id])
    expect(readlinkSync(paths.claim(box.engine.at, 'container', 'web'))).toBe(id)
    expect(readStoredContainer(box.engine.at, id)).toMatchObject({ name: 'web', live: { status: 'created' } })
    expect(box.events).toEqual([{ type: 'container', id, name: 'web', status: 'create', attributes: { a: 'b' } }])
    expect(isLockHeld(join(paths.container(box.engine.at, id), 'lock'))).toBe(false)
  })

  test('a random name is adjective_surname', async () => {
    const { name } = await create(box.engine, spec())
    expect(name).toMatch(/^[a-z]+_[a-z]+$/)
    expect(names()).toEqual([name])
  })

  test('a taken name is refused, and nothing is left', async () => {
    const { id } = await create(box.engine, spec('--name', 'web'))
    await expect(create(box.engine, spec('--name', 'web'))).rejects.toThrow(
      `the container name "web" is already in use by ${id}. You have to remove that container to be able to reuse that name: that name is already in use`,
    )
    expect(containers()).toEqual([id])
  })

  test('one of many racing for a name wins', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, async () => create(box.engine, spec('--name', 'web'))),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(containers()).toHaveLength(1)
  })

  test('--replace removes the old one', async () => {
    const old = await create(box.engine, spec('--name', 'web'))
    const { id } = await create(box.engine, spec('--name', 'web'), { isReplacing: true })
    expect(id).not.toBe(old.id)
    expect(containers()).toEqual([id])
  })

  test('the name of one who never came to be is taken over', async () => {
    tryClaim(box.engine.at, { kind: 'container', name: 'web', id: newId() })
    const { id } = await create(box.engine, spec('--name', 'web'))
    expect(readlinkSync(paths.claim(box.engine.at, 'container', 'web'))).toBe(id)
  })

  test('the name of one who is being made is not', async () => {
    const id = newId()
    using _cradle = await openCradle(box.engine, id)
    tryClaim(box.engine.at, { kind: 'container', name: 'web', id })
    await expect(create(box.engine, spec('--name', 'web'))).rejects.toThrow('is already in use by')
  })

  test('what contradicts itself is refused before the old one is replaced', async () => {
    const { id } = await create(box.engine, spec('--name', 'web'))
    const bad = spec('--name', 'web', '--uts', 'host', '--hostname', 'x')
    await expect(create(box.engine, bad, { isReplacing: true })).rejects.toThrow(
      'cannot set hostname when running in the host UTS namespace',
    )
    expect(containers()).toEqual([id])
    expect(names()).toEqual(['web'])
  })

  test('limits that nobody can set are warned of', async () => {
    const rootless = { ...box.engine, settings: { ...box.engine.settings, isRootless: true } }
    const { warnings } = await create(rootless, spec('--memory', '64m'))
    const isUnified = existsSync('/sys/fs/cgroup/cgroup.controllers')
    const wanted = isUnified
      ? /discarded$/
      : /^Resource limits are not supported and ignored on cgroups V1 rootless systems$/
    expect(warnings[0]).toMatch(wanted)
    expect(box.reports).toEqual([{ type: 'notice', message: warnings[0] }])
  })

  test('a seccomp profile that is not there, or none, is named before anything is made', async () => {
    const profile = join(box.folder, 'seccomp.json')
    await expect(create(box.engine, spec('--security-opt', `seccomp=${profile}`))).rejects.toThrow(
      `opening seccomp profile failed: open ${profile}: no such file or directory`,
    )
    writeFileSync(profile, '{"defaultAction":')
    await expect(create(box.engine, spec('--security-opt', `seccomp=${profile}`))).rejects.toThrow(
      `decoding seccomp profile failed: '${profile}'`,
    )
    expect(containers()).toEqual([])
  })

  test('a root file system that is not there is named', async () => {
    const words = ['--rootfs', '/no/such/tree', 'true']
    await expect(create(box.engine, specOf(words, box.engine.settings))).rejects.toThrow(
      '/no/such/tree is not a folder that exists',
    )
    expect(containers()).toEqual([])
  })
})

describe('sweepNursery', () => {
  test('leaves what is being made, removes what its maker left', async () => {
    const [living, dead] = [newId(), newId()]
    using _cradle = await openCradle(box.engine, living)
    const folder = `${paths.container(box.engine.at, dead)}.${deadPid()}.tmp`
    mkdirSync(join(folder, 'upper'), { recursive: true })
    tryClaim(box.engine.at, { kind: 'container', name: 'dead', id: dead })
    tryClaim(box.engine.at, { kind: 'container', name: 'living', id: living })
    expect(await sweepNursery(box.engine)).toHaveLength(2)
    expect(containers()).toEqual([expect.stringContaining(living)])
    expect(names()).toEqual(['living'])
  })

  test('is a part of what every changing command sweeps', async () => {
    mkdirSync(`${paths.container(box.engine.at, newId())}.${deadPid()}.tmp`)
    await sweepPassingBy(box.engine)
    expect(containers()).toEqual([])
  })
})

function deadPid(): number {
  return spawnSync('true').pid
}
