// The cipher of layers: what was changed, cut off or opened with another key never passes for the layer.

import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { describe, expect, test } from 'vitest'
import type { Digest } from '../../../src/base/digest.ts'
import { type LayerOpening, layerOpener, layerSealer, readOpening } from '../../../src/encryption/layer-cipher.ts'

const digest = `sha256:${'0'.repeat(64)}` as Digest

async function seal(plain: readonly Buffer[]): Promise<{ sealed: Buffer; opening: LayerOpening }> {
  const { through, result } = layerSealer()
  const [sealed] = await Promise.all([buffer(through), pipeline(Readable.from(plain), through)])
  const { secret, publicOptions } = result(digest)
  return { sealed, opening: readOpening(secret, publicOptions, 'x') }
}

async function open(sealed: Buffer, opening: LayerOpening): Promise<Buffer> {
  const opener = layerOpener(opening, 'x')
  const chunks: Buffer[] = []
  const halves = [sealed.subarray(0, sealed.length >> 1), sealed.subarray(sealed.length >> 1)]
  await pipeline(Readable.from(halves), opener, async (output: AsyncIterable<Buffer>) => {
    for await (const chunk of output) chunks.push(chunk)
  })
  return Buffer.concat(chunks)
}

const damaged = expect.objectContaining({ kind: 'corrupt', code: 'layer-hmac-mismatch' })

test.each([[[]], [[1]], [[15, 1]], [[16, 17, 70_000]]])(
  'pieces of %j bytes come back as they were',
  async (lengths) => {
    const plain = lengths.map((length) => randomBytes(length))
    const { sealed, opening } = await seal(plain)
    expect(sealed.length).toBe(Buffer.concat(plain).length)
    expect((await open(sealed, opening)).equals(Buffer.concat(plain))).toBe(true)
  },
)

test('two seals of the same bytes have nothing in common', async () => {
  const plain = Buffer.alloc(64)
  const [one, other] = [await seal([plain]), await seal([plain])]
  expect(one.sealed.equals(other.sealed)).toBe(false)
  expect(Buffer.from(one.opening.key).equals(Buffer.from(other.opening.key))).toBe(false)
  expect(Buffer.from(one.opening.nonce).equals(Buffer.from(other.opening.nonce))).toBe(false)
})

describe('is refused at the end:', () => {
  test('one bit that was turned, anywhere', async () => {
    const { sealed, opening } = await seal([randomBytes(1000)])
    for (const at of [0, 500, 999]) {
      const turned = Buffer.from(sealed)
      turned[at] = (turned[at] as number) ^ 1
      await expect(open(turned, opening)).rejects.toEqual(damaged)
    }
  })

  test('what was cut off, or lengthened', async () => {
    const { sealed, opening } = await seal([randomBytes(1000)])
    for (const other of [sealed.subarray(0, 999), Buffer.alloc(0), Buffer.concat([sealed, Buffer.of(0)])]) {
      await expect(open(other, opening)).rejects.toEqual(damaged)
    }
  })

  test('another key, and another HMAC', async () => {
    const { sealed, opening } = await seal([randomBytes(1000)])
    await expect(open(sealed, { ...opening, key: randomBytes(32) })).rejects.toEqual(damaged)
    await expect(open(sealed, { ...opening, hmac: randomBytes(32) })).rejects.toEqual(damaged)
  })
})

describe('readOpening', () => {
  const base64 = (length: number) => Buffer.alloc(length, 7).toString('base64')
  const own = { symkey: base64(32), digest, cipheroptions: { nonce: base64(16) } }
  const shown = { cipher: 'AES_256_CTR_HMAC_SHA256', hmac: base64(32), cipheroptions: {} }
  const read = (secret: object, open: object) =>
    readOpening(Buffer.from(JSON.stringify(secret)), Buffer.from(JSON.stringify(open)), 'x')

  test('takes a nonce from either part', () => {
    const nonce = { cipheroptions: { nonce: base64(16) } }
    expect(read(own, shown).nonce).toEqual(read({ ...own, cipheroptions: {} }, { ...shown, ...nonce }).nonce)
  })

  test.each([
    ['another cipher', own, { ...shown, cipher: 'AES_256_SIV' }, 'layer-cipher-unknown'],
    ['no cipher', own, {}, 'layer-cipher-unknown'],
    ['a short key', { ...own, symkey: base64(16) }, shown, 'layer-cipher-malformed'],
    ['no nonce', { ...own, cipheroptions: null }, shown, 'layer-cipher-malformed'],
    ['a long nonce', { ...own, cipheroptions: { nonce: base64(32) } }, shown, 'layer-cipher-malformed'],
    ['no HMAC', own, { ...shown, hmac: '' }, 'layer-cipher-malformed'],
  ])('%s', (_what, secret, open, code) => {
    expect(() => read(secret, open)).toThrow(expect.objectContaining({ code }))
  })
})
