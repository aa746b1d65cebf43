// A container comes into being while others remove its image, or hold the table of images for as long as they like.

import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { newId } from '../../../../src/base/ids.ts'
import { create } from '../../../../src/engine/container/create.ts'
import type { Engine } from '../../../../src/engine/engine.ts'
import { collectImages } from '../../../../src/engine/image/collect.ts'
import { containerUses } from '../../../../src/engine/image/container-use.ts'
import { load } from '../../../../src/engine/image/load.ts'
import { remove } from '../../../../src/engine/image/remove.ts'
import { paths } from '../../../../src/state/layout.ts'
import { dropImage, lockImages } from '../../../../src/transport/image-store.ts'
import { busyboxArchive, busyboxName } from '../../../support/busybox-image.ts'
import { specOf } from '../../../support/container-spec.ts'
import { testEngine } from '../../../support/engine.ts'
import { requires } from '../../../support/requires.ts'

const rootTest = requires('root', 'overlay')

const spec = ({ settings }: Engine) => specOf(['--name', 'web', busyboxName, 'true'], settings)
const removal = { areAll: false, isForced: false, isMissingIgnored: false }

rootTest('the table of images is not waited for', async () => {
  using box = testEngine()
  await load(box.engine, { kind: 'path', path: busyboxArchive() })
  using _held = await lockImages(box.engine.at, box.engine.patience)
  const impatient = { ...box.engine, patience: { timeoutMs: 200 } }
  await expect(create(impatient, spec(box.engine))).resolves.toMatchObject({ name: 'web' })
})

rootTest('an image removed meanwhile is missed, and nothing is left', async () => {
  using box = testEngine()
  const [image] = await load(box.engine, { kind: 'path', path: busyboxArchive() })
  // Told of when the image was found.
  const append = () => dropImage(box.engine.at, image?.record.id ?? '')
  const raced = { ...box.engine, events: { ...box.engine.events, append } }
  await expect(create(raced, spec(box.engine))).rejects.toThrow('image not known')
  expect(readdirSync(paths.containers(box.engine.at))).toEqual([])
  expect(readdirSync(paths.claims(box.engine.at, 'container'))).toEqual([])
})

rootTest('a container being made keeps its layers, whatever its folder is called by now', async () => {
  using box = testEngine()
  const [image] = await load(box.engine, { kind: 'path', path: busyboxArchive() })
  const layers = image?.record.layers.map(({ chainId }) => chainId) ?? []
  const id = newId()
  const cradle = `${paths.container(box.engine.at, id)}.1.tmp`
  mkdirSync(cradle)
  const stored = { schema: 1, id, layers, spec: { mounts: { mounts: [] } } }
  writeFileSync(join(cradle, 'spec.json'), JSON.stringify(stored))
  expect(containerUses(box.engine.at)).toEqual([{ containerId: id, imageId: undefined, layers }])
  await remove(box.engine, [busyboxName], removal)
  renameSync(cradle, paths.container(box.engine.at, id))
  expect(containerUses(box.engine.at)).toHaveLength(1)
  await collectImages(box.engine)
  expect(layers.every((layer) => existsSync(paths.layer(box.engine.at, layer)))).toBe(true)
})
