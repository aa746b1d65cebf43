import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seal, unseal } from '../../../src/secret/seal.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-seal-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('seal', () => {
  const data = Buffer.from([0, 255, 10, 13])
  const key = () => join(folder, 'deep/er/key')

  test('what is sealed comes back, and never looks the same twice', () => {
    const [one, other] = [seal(key(), 'owner', data), seal(key(), 'owner', data)]
    expect(unseal(key(), 'owner', one)).toEqual(data)
    expect(unseal(key(), 'owner', other)).toEqual(data)
    expect(one.data).not.toBe(other.data)
    expect(JSON.stringify(one)).not.toContain(data.toString('base64'))
  })

  test('the key is its owner’s alone, and made once', () => {
    seal(key(), 'owner', data)
    const before = readFileSync(key())
    seal(key(), 'owner', data)
    expect(readFileSync(key())).toEqual(before)
    expect(statSync(key()).mode & 0o777).toBe(0o400)
  })

  test('nothing is read with another owner, another key, or a changed seal', () => {
    const sealed = seal(key(), 'owner', data)
    expect(() => unseal(key(), 'another', sealed)).toThrow('cannot be read')
    const changed = Buffer.from(sealed.data, 'base64')
    changed[0] = (changed[0] ?? 0) ^ 1
    expect(() => unseal(key(), 'owner', { ...sealed, data: changed.toString('base64') })).toThrow('cannot be read')
    const other = join(folder, 'other')
    seal(other, 'owner', data)
    expect(() => unseal(other, 'owner', sealed)).toThrow('cannot be read')
  })

  test('a key that is gone, or is none, is named', () => {
    const sealed = seal(key(), 'owner', data)
    rmSync(key())
    expect(() => unseal(key(), 'owner', sealed)).toThrow(`the key that sealed the secrets is gone: '${key()}'`)
    writeFileSync(key(), 'short')
    expect(() => unseal(key(), 'owner', sealed)).toThrow('is not a key of ours')
  })
})
