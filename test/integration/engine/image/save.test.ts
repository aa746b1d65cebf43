import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { digestOf } from '../../../../src/base/digest.ts'
import { pull } from '../../../../src/engine/image/pull.ts'
import { save } from '../../../../src/engine/image/save.ts'
import { paths } from '../../../../src/state/layout.ts'
import { testEngine } from '../../../support/engine.ts'
import { addImage, startRegistry } from '../../../support/registry.ts'
import { requires } from '../../../support/requires.ts'
import { end, member } from '../../../unit/image/tar-bytes.ts'

const rootTest = requires('root', 'overlay')

rootTest('a docker-archive is the same in a file and in a pipe; of a damaged layer there is none', async () => {
  await using registry = await startRegistry()
  using world = testEngine()
  const layers = ['a', 'b'].map((name) => Buffer.concat([member({ name }, name.repeat(100_000)), end]))
  const packed = layers.map((layer) => gzipSync(layer))
  addImage(registry, 'latest', packed, layers.map(digestOf))
  const image = `${registry.address}/a:latest`
  await pull(world.engine, image, { policy: 'always' })
  const requests = [{ image, extraNames: [] }]
  const options = { format: 'docker-archive', areLayersPlain: false, areLayersCompressed: false } as const
  const path = join(world.folder, 'out', 'a.tar')
  const missing = save(world.engine, requests, { ...options, output: { kind: 'path', path } })
  await expect(missing).rejects.toMatchObject({ code: 'folder-missing' })
  const file = join(world.folder, 'a.tar')
  await save(world.engine, requests, { ...options, output: { kind: 'path', path: file } })
  const stream = new PassThrough()
  const [piped] = await Promise.all([
    buffer(stream),
    save(world.engine, requests, { ...options, output: { kind: 'stream', stream } }).then(() => stream.end()),
  ])
  expect(Buffer.compare(readFileSync(file), piped)).toBe(0)
  const before = readdirSync(world.folder)
  writeFileSync(paths.blob(world.engine.at, digestOf(packed[1] as Buffer)), packed[0] as Buffer)
  const damaged = join(world.folder, 'damaged.tar')
  const saving = save(world.engine, requests, { ...options, output: { kind: 'path', path: damaged } })
  await expect(saving).rejects.toMatchObject({ code: 'blob-damaged' })
  expect(existsSync(damaged)).toBe(false)
  expect(readdirSync(world.folder)).toEqual(before)
})
