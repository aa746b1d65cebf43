import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseReference } from '../../../src/image/reference.ts'
import { openGate } from '../../../src/signature/policy.ts'

const accept = [{ type: 'insecureAcceptAnything' }]
const reject = [{ type: 'reject' }]
let folder: string
let path: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-policy-'))
  path = join(folder, 'policy.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function verdict(policy: unknown, name: string, transport = 'docker'): Promise<string> {
  writeFileSync(path, typeof policy === 'string' ? policy : JSON.stringify(policy))
  try {
    const gate = openGate(path, { transport, scope: transport === 'docker' ? parseReference(name) : name })
    await gate.admit({ manifest: Buffer.from('{}'), readSignatures: async () => [] })
    return 'accepted'
  } catch (error) {
    return (error as { code: string }).code
  }
}

const docker = (scopes: Record<string, unknown>) => ({ default: reject, transports: { docker: scopes } })

describe('openGate', () => {
  test.each([
    ['the reference itself', 'h.example.com:5000/a/b/c:1'],
    ['the repository', 'h.example.com:5000/a/b/c'],
    ['its namespace', 'h.example.com:5000/a/b'],
    ['the outer namespace', 'h.example.com:5000/a'],
    ['the host with its port', 'h.example.com:5000'],
    ['the domain', '*.example.com'],
    ['the outer domain', '*.com'],
    ['the whole transport', ''],
  ])('takes %s as a scope', async (_, scope) => {
    expect(await verdict(docker({ [scope]: accept }), 'h.example.com:5000/a/b/c:1')).toBe('accepted')
  })

  test('the narrower scope counts, whatever the wider ones say', async () => {
    const wide = [
      'h.example.com:5000/a/b/c:1',
      'h.example.com:5000/a/b/c',
      'h.example.com:5000/a/b',
      'h.example.com:5000/a',
      'h.example.com:5000',
      '*.example.com',
      '*.com',
      '',
    ]
    for (const [at, scope] of wide.entries()) {
      const others = Object.fromEntries(wide.slice(at + 1).map((each) => [each, accept]))
      expect(await verdict(docker({ ...others, [scope]: reject }), 'h.example.com:5000/a/b/c:1')).toBe('policy-rejects')
    }
    expect(await verdict({ default: accept, transports: { docker: { '': reject } } }, 'h.example.com/a:1')).toBe(
      'policy-rejects',
    )
  })

  test.each([
    ['a tag of the same beginning', 'h.example.com/a:1', 'h.example.com/a:12'],
    ['a repository of the same beginning', 'h.example.com/a', 'h.example.com/ab:1'],
    ['a host without its port', 'h.example.com', 'h.example.com:5000/a:1'],
    ['the domain itself', '*.example.com', 'example.com/a:1'],
    ['another tag', 'h.example.com/a:1', 'h.example.com/a:2'],
  ])('does not take %s for the scope', async (_, scope, name) => {
    expect(await verdict(docker({ [scope]: accept }), name)).toBe('policy-rejects')
  })

  test('short names of docker.io are meant in full', async () => {
    expect(await verdict(docker({ 'docker.io/library/busybox': accept }), 'docker.io/library/busybox:1')).toBe(
      'accepted',
    )
  })

  test('the default counts for a transport that is not named; paths are matched folder by folder', async () => {
    const policy = { default: reject, transports: { dir: { '/srv/images': accept } } }
    expect(await verdict(policy, '/srv/images/one', 'dir')).toBe('accepted')
    expect(await verdict(policy, '/srv/images2', 'dir')).toBe('policy-rejects')
    expect(await verdict(policy, '/srv/images/one', 'oci')).toBe('policy-rejects')
  })

  test('all requirements of the scope must be met', async () => {
    expect(await verdict({ default: [...accept, ...reject] }, 'h.example.com/a')).toBe('policy-rejects')
  })

  test.each([
    ['signedBy', { keyType: 'GPGKeys', keyData: 'AAAA' }],
    ['sigstoreSigned', { keyData: 'AAAA' }],
    ['signedBaseLayer', { baseLayerIdentity: { type: 'matchExact' } }],
  ])('does not skip the requirement %s, which an image without signatures does not meet', async (type, rest) => {
    expect(await verdict({ default: [{ type, ...rest }, ...accept] }, 'h.example.com/a:1')).toBe('policy-rejects')
    expect(await verdict({ default: [...accept, { type, ...rest }] }, 'h.example.com/a:1')).toBe('policy-rejects')
  })

  test.each([
    ['no default', {}],
    ['an empty list', { default: [] }],
    ['no list', { default: 'reject' }],
    ['a scope without requirements', docker({ 'h.example.com/a': [] })],
  ])('refuses a policy with %s', async (_, policy) => {
    expect(await verdict(policy, 'h.example.com/a')).toBe('policy-malformed')
  })

  test('refuses what is not JSON, and a file that is not there', async () => {
    expect(await verdict('{', 'h.example.com/a')).not.toBe('accepted')
    expect(() => openGate(join(folder, 'nosuch'), { transport: 'dir', scope: '/a' })).toThrow(/nosuch/)
  })
})
