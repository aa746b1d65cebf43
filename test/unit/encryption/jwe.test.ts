// The examples of RFC 7516 (A.1) and RFC 7518 (C), and what must not be believed of a document.

import { createPrivateKey, diffieHellman, generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decryptJwe, encryptJwe } from '../../../src/encryption/jwe.ts'
import { deriveKey } from '../../../src/encryption/jwe-keys.ts'

/** RFC 7516, A.1.3 */
const exampleKey = {
  kty: 'RSA',
  n: 'oahUIoWw0K0usKNuOR6H4wkf4oBUXHTxRvgb48E-BVvxkeDNjbC4he8rUWcJoZmds2h7M70imEVhRU5djINXtqllXI4DFqcI1DgjT9LewND8MW2Krf3Spsk_ZkoFnilakGygTwpZ3uesH-PFABNIUYpOiN15dsQRkgr0vEhxN92i2asbOenSZeyaxziK72UwxrrKoExv6kc5twXTq4h-QChLOln0_mtUZwfsRaMStPs6mS6XrgxnxbWhojf663tuEQueGC-FCMfra36C9knDFGzKsNa7LZK2djYgyD3JR_MB_4NUJW_TqOQtwHYbxevoJArm-L5StowjzGy-_bq6Gw',
  e: 'AQAB',
  d: 'kLdtIj6GbDks_ApCSTYQtelcNttlKiOyPzMrXHeI-yk1F7-kpDxY4-WY5NWV5KntaEeXS1j82E375xxhWMHXyvjYecPT9fpwR_M9gV8n9Hrh2anTpTD93Dt62ypW3yDsJzBnTnrYu1iwWRgBKrEYY46qAZIrA2xAwnm2X7uGR1hghkqDp0Vqj3kbSCz1XyfCs6_LehBwtxHIyh8Ripy40p24moOAbgxVw3rxT_vlt3UVe4WO3JkJOzlpUf-KTVI2Ptgm-dARxTEtE-id-4OJr0h-K-VFs3VSndVTIznSxfyrj8ILL6MG_Uv8YAu7VILSB3lOW085-4qE3DzgrTjgyQ',
  p: '1r52Xk46c-LsfB5P442p7atdPUrxQSy4mti_tZI3Mgf2EuFVbUoDBvaRQ-SWxkbkmoEzL7JXroSBjSrK3YIQgYdMgyAEPTPjXv_hI2_1eTSPVZfzL0lffNn03IXqWF5MDFuoUYE0hzb2vhrlN_rKrbfDIwUbTrjjgieRbwC6Cl0',
  q: 'wLb35x7hmQWZsWJmB_vle87ihgZ19S8lBEROLIsZG4ayZVe9Hi9gDVCOBmUDdaDYVTSNx_8Fyw1YYa9XGrGnDew00J28cRUoeBB_jKI1oma0Orv1T9aXIWxKwd4gvxFImOWr3QRL9KEBRzk2RatUBnmDZJTIAfwTs0g68UZHvtc',
  dp: 'ZK-YwE7diUh0qR1tR7w8WHtolDx3MZ_OTowiFvgfeQ3SiresXjm9gZ5KLhMXvo-uz-KUJWDxS5pFQ_M0evdo1dKiRTjVw_x4NyqyXPM5nULPkcpU827rnpZzAJKpdhWAgqrXGKAECQH0Xt4taznjnd_zVpAmZZq60WPMBMfKcuE',
  dq: 'Dq0gfgJ1DdFGXiLvQEZnuKEN0UUmsJBxkjydc3j4ZYdBiMRAy86x0vHCjywcMlYYg4yoC4YZa9hNVcsjqA3FeiL19rk8g6Qn29Tt0cj8qqyFpz9vNDBUfCAiJVeESOjJDZPYHdHY8v1b-o-Z2X5tvLx-TCekf7oxyeKDUqKWjis',
  qi: 'VIMpMYbPf47dT1w_zDUXfPimsSegnMOA1zTaX7aGk_8urY6R8-ZW1FxU7AlWAyLWybqq6t16VFd7hQd0y6flUK4SlOydB61gwanOsXGOAOv82cHq0E3eL4HrtZkUuKvnPrMnsUUFlfUdybVzxyjz9JF_XyaY14ardLSjf4L_FNY',
}
/** RFC 7516, A.1.7, its five parts. */
const example = {
  protected: 'eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ',
  encrypted_key:
    'OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGeipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfqNzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6UklfCpIMfIjf7iGdXKHzg',
  iv: '48V1_ALb6US04U3b',
  ciphertext: '5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A',
  tag: 'XFBoMYUZodetZdvTiFvSkQ',
}
const said = 'The true sign of intelligence is not knowledge but imagination.'
const privateKey = createPrivateKey({ key: exampleKey, format: 'jwk' })
const read = (document: object, key = privateKey) =>
  Buffer.from(decryptJwe(Buffer.from(JSON.stringify(document)), key) ?? '').toString()
const encode = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url')

test('RSA-OAEP with A256GCM: the RFC’s example, flattened and among others', () => {
  expect(read(example)).toBe(said)
  const { encrypted_key, ...shared } = example
  const others = [{ header: { alg: 'none' } }, { encrypted_key: 'AAAA' }, 7, null]
  expect(read({ ...shared, recipients: [...others, { encrypted_key }] })).toBe(said)
})

test('ECDH-ES: the RFC’s example of how a key is derived', () => {
  const [alice, bob] = [
    [
      'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
      'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
      '0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo',
    ],
    [
      'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
      'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
      'VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw',
    ],
  ].map(([x, y, d]) => createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x, y, d } as JsonWebKey, format: 'jwk' }))
  if (alice === undefined || bob === undefined) throw new Error('no keys')
  const shared = diffieHellman({ privateKey: alice, publicKey: bob })
  const parties = { partyU: Buffer.from('Alice'), partyV: Buffer.from('Bob') }
  const derived = deriveKey(shared, { algorithm: 'A128GCM', bytes: 16, ...parties })
  expect(derived.toString('base64url')).toBe('VqqN6vgjbSBcIijNcacQGg')
})

test('all algorithms that the container tools know, and RSA keys as short as theirs', () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const elliptic = ['P-256', 'P-384', 'P-521'].map((namedCurve) => generateKeyPairSync('ec', { namedCurve }))
  const secret = Buffer.from('secret')
  const pairs = [
    ...['RSA-OAEP', 'RSA-OAEP-256'].map((algorithm) => ({ algorithm, pair: short })),
    ...['ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'].flatMap((algorithm) =>
      elliptic.map((pair) => ({ algorithm, pair })),
    ),
  ]
  for (const { algorithm, pair } of pairs) {
    const document = encryptJwe(secret, [{ algorithm, key: pair.publicKey, keyId: 'me' }])
    expect(decryptJwe(document, pair.privateKey)?.toString(), algorithm).toBe('secret')
    expect(decryptJwe(document, privateKey), algorithm).toBeUndefined()
  }
  const all = encryptJwe(
    secret,
    pairs.map(({ algorithm, pair }) => ({ algorithm, key: pair.publicKey })),
  )
  for (const { pair } of pairs) expect(decryptJwe(all, pair.privateKey)?.toString()).toBe('secret')
  expect(decryptJwe(all, privateKey)).toBeUndefined()
})

describe('opens with no key:', () => {
  const { protected: _, ...rest } = example
  test.each([
    ['a part that was changed', { ...example, ciphertext: example.ciphertext.replace('5', '6') }],
    ['a tag that was cut', { ...example, tag: example.tag.slice(0, 16) }],
    ['a longer nonce', { ...example, iv: `${example.iv}AAAA` }],
    ['another header, which the tag vouches for', { ...rest, protected: encode({ enc: 'A256GCM', alg: 'RSA-OAEP' }) }],
    ['additional data', { ...example, aad: 'AAAA' }],
    ['extensions that must be understood', { ...example, header: { crit: ['exp'] } }],
    ['what is compressed', { ...example, unprotected: { zip: 'DEF' } }],
    ['another cipher', { ...rest, header: { alg: 'RSA-OAEP', enc: 'A128GCM' } }],
    ['names of objects', { ...rest, header: { alg: 'constructor', enc: 'constructor' } }],
    ['a bare key', { ...rest, header: { alg: 'dir', enc: 'A256GCM' } }],
    ['recipients that are none', { ...example, recipients: {}, encrypted_key: 7 }],
    ['an empty list of recipients', { ...example, recipients: [] }],
  ])('%s', (_what, document) => {
    expect(read(document)).toBe('')
  })

  test('a point that is not on the curve, or on another', () => {
    const { publicKey, privateKey: own } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const document = JSON.parse(
      encryptJwe(Buffer.from('x'), [{ algorithm: 'ECDH-ES+A256KW', key: publicKey }]).toString(),
    )
    const header = JSON.parse(Buffer.from(document.protected, 'base64url').toString())
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })
    for (const epk of [{ ...header.epk, y: header.epk.x }, other, undefined, 'x']) {
      expect(read({ ...document, protected: encode({ ...header, epk }) }, own)).toBe('')
    }
  })

  test('what is no JSON, or too deep', () => {
    for (const text of ['', '{', '[]', '"x"', `${'['.repeat(10_000)}`]) {
      expect(decryptJwe(Buffer.from(text), privateKey), text.slice(0, 10)).toBeUndefined()
    }
  })
})
