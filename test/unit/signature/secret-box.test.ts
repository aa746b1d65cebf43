import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openSecretBox, sealSecretBox } from '../../../src/signature/secret-box.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

describe('secret box', () => {
  // D. J. Bernstein, "Cryptography in NaCl", sections 8 to 10.
  const key = hex('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389')
  const nonce = hex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37')
  const content = hex(`be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc
    e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31
    0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde
    048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705`)
  const sealed = hex(`f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce
    48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972
    71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae
    90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3
    7973f622a43d14a6599b1f654cb45a74e355a5`)

  test('is what NaCl makes of its own example', () => {
    expect(Buffer.from(sealSecretBox(content, { key, nonce }))).toEqual(sealed)
    expect(Buffer.from(openSecretBox(sealed, { key, nonce }) ?? [])).toEqual(content)
  })

  test('does not open what was changed, or with another key', () => {
    for (const at of [0, 15, 16, sealed.length - 1]) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] as number) ^ 1
      expect(openSecretBox(changed, { key, nonce })).toBeUndefined()
    }
    expect(openSecretBox(sealed, { key: randomBytes(32), nonce })).toBeUndefined()
    expect(openSecretBox(sealed.subarray(0, 10), { key, nonce })).toBeUndefined()
  })

  test.each([0, 1, 31, 32, 33, 63, 64, 65, 200])('opens what it sealed, of %i bytes', (length) => {
    const box = { key: randomBytes(32), nonce: randomBytes(24) }
    const secret = randomBytes(length)
    expect(Buffer.from(openSecretBox(sealSecretBox(secret, box), box) ?? [])).toEqual(secret)
  })
})
