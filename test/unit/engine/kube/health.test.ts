import { expect, test } from 'vitest'
import { healthOf } from '../../../../src/engine/kube/health.ts'
import { readManifest } from '../../../../src/engine/kube/read-manifest.ts'

const exec = (...command: string[]) => ({ exec: { command } })

async function healthFor(fields: object, isRestarted = true) {
  const spec = { containers: [{ name: 'c', image: 'i', ...fields }] }
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
  const container = (await readManifest(text)).pods[0]?.containers[0]
  if (container === undefined) throw new Error('no container')
  return healthOf(container, { isRestarted, variables: new Map([['A', 'a']]) })
}

test('a probe’s command knows variables whose values stand in the manifest, no others', async () => {
  const env = [{ name: 'A', value: 'a' }]
  const livenessProbe = exec('echo', '$(A)', '$(B)', '$$(A)')
  expect((await healthFor({ env, livenessProbe }))?.check?.test).toEqual(['CMD', 'echo', 'a', '$(B)', '$(A)'])
})

test.each([
  ['liveness ends, and has it started again', { livenessProbe: exec('x') }, true, 'restart'],
  ['liveness ends what nobody starts again', { livenessProbe: exec('x') }, false, 'stop'],
  ['startup is as deadly', { startupProbe: exec('x') }, false, 'stop'],
  ['readiness ends nothing', { readinessProbe: exec('x') }, true, 'none'],
])('%s', async (_, fields, isRestarted, action) => {
  const health = await healthFor(fields, isRestarted)
  expect(health?.onFailure).toBe(action)
  if (health?.startup !== undefined) expect(health.startup.onFailure).toBe(action)
})
