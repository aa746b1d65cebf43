// A name that cannot be looked up: asked once, as podman does, and said as what it is.

import { expect, test } from 'vitest'
import { connectionError, isTransient } from '../../../src/transport/registry/connection-error.ts'

const url = new URL('https://registry.example.org:5000/v2/')

test.each([
  ['ENOTFOUND', false, 'cannot reach registry registry.example.org:5000: lookup of registry.example.org: no such host'],
  [
    'EAI_AGAIN',
    false,
    'cannot reach registry registry.example.org:5000: lookup of registry.example.org: temporary failure in name resolution',
  ],
  ['ECONNREFUSED', true, 'pinging container registry registry.example.org:5000: connect: connection refused'],
  ['ETIMEDOUT', true, 'pinging container registry registry.example.org:5000: connect: connection timed out'],
])('%s', (code, isWorthAnotherTry, message) => {
  const error = Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) })
  expect(isTransient(error)).toBe(isWorthAnotherTry)
  expect(connectionError(error, url).message).toBe(message)
})
