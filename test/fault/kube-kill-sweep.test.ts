// SIGKILL to the client at even points of kube play and kube down: the next `kube down` works, `system check` is clean without repair, and
// no container, pod, volume or name of the manifest is left.

import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../src/base/errors.ts'
import { openBox } from '../support/box.ts'
import { busyboxArchive } from '../support/busybox-image.ts'
import { surely, sweepPoints } from '../support/kill-sweep.ts'
import { busyboxContainer as container, documents, manifest, podManifest } from '../support/kube.ts'
import { requires } from '../support/requires.ts'

const points = Number(process.env['GANTRY_KILL_POINTS'] ?? 8)
const test = requires('root', 'runc', 'overlay')

const mounts = { volumeMounts: ['map', 'empty', 'claim'].map((name) => ({ name, mountPath: `/${name}` })) }
const text = documents(
  manifest('ConfigMap', { metadata: { name: 'conf' }, data: { a: 'b' } }),
  manifest('Secret', { metadata: { name: 'creds' }, stringData: { a: 'b' } }),
  manifest('PersistentVolumeClaim', { metadata: { name: 'data' } }),
  podManifest('victim', {
    volumes: [
      { name: 'map', configMap: { name: 'conf' } },
      { name: 'empty', emptyDir: {} },
      { name: 'claim', persistentVolumeClaim: { claimName: 'data' } },
    ],
    initContainers: [container('init', 'true', mounts)],
    containers: [container('a', 'sleep 1000', mounts), container('b', 'sleep 1000', mounts)],
  }),
)

test.each<{ verb: string; isPlayed: boolean }>([
  { verb: 'kube play', isPlayed: false },
  { verb: 'kube play --replace', isPlayed: true },
  { verb: 'kube down', isPlayed: true },
])('killed during $verb nothing is left', { timeout: 600_000 }, async ({ verb, isPlayed }) => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const file = join(box.folder, 'manifest')
  writeFileSync(file, text)
  const play = ['kube', 'play', '--network', 'none', file]
  const args = verb === 'kube down' ? ['kube', 'down', file] : [...verb.split(' '), '--network', 'none', file]
  const prepare = async () => {
    if (isPlayed) await surely(box, play)
  }
  const next = ['kube', 'down', '--force', file]
  const left = () =>
    ['containers', 'pods', 'volumes', join('names', 'pod'), join('names', 'container')].flatMap(
      (name) => absentAsUndefined(() => readdirSync(join(box.root, name))) ?? [],
    )
  await sweepPoints(box, { verb, prepare, args, next, left }, { victim: 'client', points })
})
