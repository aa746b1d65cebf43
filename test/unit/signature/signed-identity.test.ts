import { describe, expect, test } from 'vitest'
import { parseReference } from '../../../src/image/reference.ts'
import { isIdentityAccepted, parseSignedIdentity } from '../../../src/signature/signed-identity.ts'

const hex = 'a'.repeat(64)
const other = 'b'.repeat(64)

function isAccepted(identity: object, intended: string | undefined, signed: string): boolean {
  const reference = intended === undefined ? undefined : parseReference(intended)
  return isIdentityAccepted(parseSignedIdentity(identity, 'here'), reference, signed)
}

describe('isIdentityAccepted', () => {
  test.each([
    ['matchExact', 'h.io/a:1', 'h.io/a:1', true],
    ['matchExact', 'h.io/a:1', 'h.io/a:2', false],
    ['matchExact', 'h.io/a:1', 'h.io/a', false],
    ['matchExact', `h.io/a@sha256:${hex}`, 'h.io/a:1', false],
    ['matchExact', `h.io/a@sha256:${hex}`, `h.io/a@sha256:${hex}`, true],
    ['matchExact', 'docker.io/library/busybox:1', 'busybox:1', true],
    ['matchExact', undefined, 'h.io/a:1', false],
    ['matchRepoDigestOrExact', 'h.io/a:1', 'h.io/a:1', true],
    ['matchRepoDigestOrExact', 'h.io/a:1', 'h.io/a:2', false],
    ['matchRepoDigestOrExact', `h.io/a@sha256:${hex}`, 'h.io/a:7', true],
    ['matchRepoDigestOrExact', `h.io/a@sha256:${hex}`, `h.io/a@sha256:${other}`, true],
    ['matchRepoDigestOrExact', `h.io/a@sha256:${hex}`, 'h.io/b:7', false],
    ['matchRepoDigestOrExact', `h.io/a@sha256:${hex}`, 'h.io/a', false],
    ['matchRepoDigestOrExact', undefined, 'h.io/a:1', false],
    ['matchRepository', 'h.io/a:1', 'h.io/a:2', true],
    ['matchRepository', 'h.io/a:1', 'h.io/a', true],
    ['matchRepository', 'h.io/a:1', 'h.io/ab:1', false],
    ['matchRepository', 'h.io/a:1', 'not a name', false],
  ])('%s: %s signed as %s is %s', (type, intended, signed, verdict) => {
    expect(isAccepted({ type }, intended, signed)).toBe(verdict)
  })

  test('exactReference and exactRepository do not ask what the image was found by', () => {
    const reference = { type: 'exactReference', dockerReference: 'busybox:1' }
    const repository = { type: 'exactRepository', dockerRepository: 'h.io/a' }
    for (const intended of [undefined, 'h.io/elsewhere:3']) {
      expect(isAccepted(reference, intended, 'docker.io/library/busybox:1')).toBe(true)
      expect(isAccepted(reference, intended, 'docker.io/library/busybox:2')).toBe(false)
      expect(isAccepted(repository, intended, 'h.io/a:9')).toBe(true)
      expect(isAccepted(repository, intended, 'h.io/a/b:9')).toBe(false)
    }
  })

  test.each([
    ['mirror.example/x', 'origin.example/y', 'mirror.example/x/a:1', 'origin.example/y/a:1', true],
    ['mirror.example', 'origin.example/y', 'mirror.example/a:1', 'origin.example/y/a:1', true],
    ['mirror.example/x/a', 'origin.example/b', 'mirror.example/x/a:1', 'origin.example/b:1', true],
    ['mirror.example/x', 'origin.example/y', 'mirror.example/x/a:1', 'mirror.example/x/a:1', false],
    ['mirror.example/x', 'origin.example/y', 'mirror.example/xx/a:1', 'mirror.example/xx/a:1', true],
    ['mirror.example', 'origin.example', 'mirror.example:5000/a:1', 'origin.example:5000/a:1', false],
    ['mirror.example/x', 'origin.example/y', `mirror.example/x/a@sha256:${hex}`, 'origin.example/y/a:1', true],
  ])('remapIdentity %s → %s: %s signed as %s is %s', (prefix, signedPrefix, intended, signed, verdict) => {
    expect(isAccepted({ type: 'remapIdentity', prefix, signedPrefix }, intended, signed)).toBe(verdict)
  })
})

describe('parseSignedIdentity refuses', () => {
  test.each([
    [{}, /type is missing/],
    [{ type: 'match' }, /unknown policy reference match type "match"/],
    [{ type: 'matchExact', prefix: 'h.io' }, /unknown key "prefix"/],
    [{ type: 'exactReference', dockerReference: 'h.io/a' }, /neither a tag nor a digest/],
    [{ type: 'exactReference', dockerReference: 'H.io/A:1' }, /invalid reference format/],
    [{ type: 'exactRepository' }, /dockerRepository is missing/],
    [{ type: 'remapIdentity', prefix: 'h.io', signedPrefix: 'short/name' }, /signedPrefix.*begins with no registry/],
    [{ type: 'remapIdentity', prefix: 'h.io/a:1', signedPrefix: 'h.io' }, /prefix/],
  ])('%j', (identity, message) => {
    expect(() => parseSignedIdentity(identity, 'here')).toThrow(message)
  })
})
