// search, of a real registry and of one in this process that knows the older search, too.

import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxArchive } from '../support/busybox-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'docker-registry', 'skopeo', 'htpasswd')
const user = { name: 'maria', password: 'se:cret' }
const creds = `${user.name}:${user.password}`
const quick = { isChecked: false }
let registry: RealRegistry

beforeAll(async () => {
  registry = await startDockerRegistry({ user })
  for (const name of ['team/app:1', 'team/app:2', 'app:1', 'other:1']) {
    const place = `docker://${registry.address}/${name}`
    const flags = ['copy', '-q', '--dest-tls-verify=false', '--dest-creds', creds]
    execFileSync('skopeo', [...flags, `docker-archive:${busyboxArchive()}`, place])
  }
})
afterAll(async () => registry[Symbol.asyncDispose]())

describe('search', () => {
  rootTest('the catalogue of a registry: what is meant exactly first, and only for those who may', async () => {
    await using box = openBox()
    const found = async (...args: string[]) => (await box.ok(['search', '--creds', creds, ...args], quick)).split('\n')
    const names = (await found(`${registry.address}/app`)).map((line) => line.trim().split(/ +/)[0])
    expect(names).toEqual(['NAME', `${registry.address}/app`, `${registry.address}/team/app`])
    expect(await found('--format', '{{.Name}}', '--limit', '1', `${registry.address}/`)).toHaveLength(1)
    expect(await found('--filter', 'stars=1', `${registry.address}/app`)).toEqual([''])
    const json = JSON.parse((await found('--format', 'json', `${registry.address}/other`)).join('\n'))
    expect(json).toMatchObject([{ Index: registry.address, Name: `${registry.address}/other`, Stars: 0 }])
    const denied = await box.try(['search', `${registry.address}/app`], quick)
    expect(denied.code).toBe(125)
    expect(denied.stderr).toMatch(/^Error: couldn't search registry ".*": .*authentication required/)
  })

  rootTest('--list-tags', async () => {
    await using box = openBox()
    const tags = ['search', '--list-tags', '--creds', creds]
    const table = await box.ok([...tags, `${registry.address}/team/app`], quick)
    const column = table.split('\n').map((line) => line.trim().split(/ +/)[1] ?? '')
    expect(column.sort()).toEqual(['1', '2', 'TAG'])
    const json = await box.ok([...tags, '--format', 'json', '--limit', '1', `${registry.address}/team/app`], quick)
    expect(JSON.parse(json)).toEqual([
      { Name: `${registry.address}/team/app`, Tags: [expect.stringMatching(/^[12]$/)] },
    ])
    expect((await box.try([...tags, `${registry.address}/nosuch`], quick)).code).toBe(125)
    const both = await box.try([...tags, '--filter', 'stars=1', `${registry.address}/app`], quick)
    expect(both.stderr).toContain('filters are not applicable')
  })

  rootTest('a registry that is not there is asked once', async () => {
    await using box = openBox()
    for (const words of [['search'], ['search', '--list-tags'], ['login', '-u', 'a', '-p', 'b']]) {
      const { code, stderr } = await box.try([...words, '127.0.0.1:1/a'], quick)
      expect([words, code, stderr]).toEqual([words, 125, expect.stringMatching(/^Error: .*: connection refused\n$/)])
    }
  })

  rootTest('a registry with the older search: stars, official, and no control characters', async () => {
    await using box = openBox()
    await using old = await startRegistry()
    old.hook = ({ url = '' }, response) => {
      if (!url.startsWith('/v1/search?q=bus&n=25')) return false
      const results = [
        { name: 'busybox', description: `tiny\u001b[2J${'x'.repeat(60)}`, star_count: 7, is_official: true },
        { name: 'me/busybox', description: 'mine', star_count: 1 },
      ]
      return response.end(JSON.stringify({ results })) !== undefined
    }
    const wide = await box.ok(['search', '--compatible', '--filter', 'is-official', `${old.address}/bus`], quick)
    expect(wide.split('\n')[0]).toMatch(/^NAME +DESCRIPTION +STARS +OFFICIAL +AUTOMATED/)
    expect(wide).toMatch(/busybox +tiny \[2Jx+\.\.\. +7 +\[OK\]/)
    expect(wide).not.toContain('me/busybox')
    const whole = await box.ok(['search', '--no-trunc', '--filter', 'stars=2', `${old.address}/bus`], quick)
    expect(whole).toContain('x'.repeat(60))
    expect((await box.try(['search', '--filter', 'x=1', `${old.address}/bus`], quick)).code).toBe(125)
  })
})
