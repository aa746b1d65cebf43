// What is there of an old secret when the one that replaces it comes, or does not.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { SecretRecord } from '../../../src/secret/secret-record.ts'
import { burySecret, draftSecret, listSecrets, secretLeftovers } from '../../../src/secret/secret-store.ts'

const old = recordOf('a')

test.each([
  ['comes: it alone is there', true, 'b'],
  ['does not come: the old one is there again', false, 'a'],
])('the one that replaces it %s', (_, isPublished, expected) => {
  const root = mkdtempSync(join(tmpdir(), 'gantry-secrets-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const at = { root, run: root }
  publish(at, old)
  {
    using draft = draftSecret(at, recordOf('b'))
    using _grave = burySecret(at, old)
    expect(listSecrets(at)).toEqual([])
    if (isPublished) draft.publish()
  }
  expect(listSecrets(at).map(({ id }) => id)).toEqual([expected.repeat(25)])
  expect(secretLeftovers(at)).toEqual([])
})

function publish(at: { readonly root: string; readonly run: string }, record: SecretRecord): void {
  using draft = draftSecret(at, record)
  draft.publish()
}

function recordOf(digit: string): SecretRecord {
  const createdAt = '2026-01-01T00:00:00Z'
  const driver = { name: 'file', options: {} } as const
  return { schema: 1, id: digit.repeat(25), name: 'told', driver, labels: {}, createdAt, updatedAt: createdAt }
}
