// policy.json at each door by which images come in. What its scopes mean: test/integration/signature/policy.test.ts.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive } from '../support/busybox-image.ts'
import { startDockerRegistry } from '../support/docker-registry.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo')

function policy(box: Box, transports: unknown): string[] {
  const path = join(box.folder, 'policy.json')
  writeFileSync(path, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }], transports }))
  return ['--signature-policy', path]
}

rootTest('pull asks it about the reference, before it asks the registry', async () => {
  await using registry = await startDockerRegistry()
  await using box = openBox()
  const image = `${registry.address}/team/busybox:1`
  const words = ['copy', '-q', '--dest-tls-verify=false', `docker-archive:${busyboxArchive()}`, `docker://${image}`]
  execFileSync('skopeo', words)
  const team = { docker: { [`${registry.address}/team`]: [{ type: 'reject' }] } }
  const refused = await box.try(['pull', ...policy(box, team), image], { env: { GANTRY_TRACE: 'http' } })
  expect(refused.code).toBe(125)
  expect(refused.stderr).toContain(`docker://${image} is rejected by policy`)
  expect(refused.stderr).not.toContain('GET ')
  const misspelt = await box.try(['pull', '-q', ...policy(box, { docker: { '': [{ type: 'signedby' }] } }), image])
  expect(misspelt.stderr).toContain('transports.docker[""][0]: unknown policy requirement type "signedby"')
  expect(await box.ok(['images', '-q'])).toBe('')
  await box.ok([
    'pull',
    '-q',
    ...policy(box, { docker: { [`${registry.address}/other`]: [{ type: 'reject' }] } }),
    image,
  ])
})

rootTest('load asks it about the archive', async () => {
  await using box = openBox()
  const flags = policy(box, { 'docker-archive': { '': [{ type: 'reject' }] } })
  const { code, stderr } = await box.try(['load', '-q', ...flags, '-i', busyboxArchive()])
  expect(code).toBe(125)
  expect(stderr).toContain('is rejected by policy')
  await box.ok(['load', '-q', ...policy(box, { 'oci-archive': { '': [{ type: 'reject' }] } }), '-i', busyboxArchive()])
})

rootTest('one that was named and is not there accepts nothing', async () => {
  await using box = openBox()
  const missing = join(box.folder, 'nosuch.json')
  const { code, stderr } = await box.try(['load', '-q', '--signature-policy', missing, '-i', busyboxArchive()])
  expect(code).toBe(125)
  expect(stderr).toBe(`Error: open ${missing}: no such file or directory\n`)
})
