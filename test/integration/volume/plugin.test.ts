// A volume plugin, as Docker describes it, on a socket of its own: what it is asked, and what becomes of its answers.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createVolume } from '../../../src/engine/volume/create.ts'
import { findVolume } from '../../../src/engine/volume/find-volume.ts'
import { inspectVolume } from '../../../src/engine/volume/inspect.ts'
import { mountByHand, unmountByHand } from '../../../src/engine/volume/mount.ts'
import { reloadVolumes } from '../../../src/engine/volume/reload.ts'
import { removeVolume } from '../../../src/engine/volume/remove.ts'
import { volumeNames } from '../../../src/volume/volume-store.ts'
import { type TestEngine, testEngine } from '../../support/engine.ts'

interface Asked {
  readonly path: string
  readonly body: Record<string, unknown>
}

interface TestPlugin extends Disposable {
  readonly socket: string
  readonly asked: Asked[]
  readonly volumes: Map<string, unknown>
  /** Answers that are given instead. */
  readonly answers: Record<string, { status: number; body: string } | 'silence' | 'half' | 'cut'>
}

async function startPlugin(folder: string): Promise<TestPlugin> {
  const socket = join(folder, 'plugin.sock')
  const asked: Asked[] = []
  const volumes = new Map<string, unknown>()
  const answers: TestPlugin['answers'] = {}
  const answer = (path: string, body: Record<string, unknown>): { status: number; body: object } => {
    const name = String(body['Name'])
    const isThere = volumes.has(name)
    switch (path) {
      case '/Plugin.Activate':
        return { status: 200, body: { Implements: ['VolumeDriver'] } }
      case '/VolumeDriver.Create':
        volumes.set(name, body['Opts'])
        return { status: 200, body: { Err: '' } }
      case '/VolumeDriver.Get':
        return isThere
          ? { status: 200, body: { Volume: { Name: name, Status: { state: 'fine' } } } }
          : { status: 500, body: { Err: 'no such volume' } }
      case '/VolumeDriver.List':
        return { status: 200, body: { Volumes: [...volumes.keys()].map((Name) => ({ Name })) } }
      case '/VolumeDriver.Mount':
        return { status: 200, body: { Mountpoint: join(folder, 'mounted', name) } }
      default:
        if (path === '/VolumeDriver.Remove') volumes.delete(name)
        return { status: 200, body: {} }
    }
  }
  const server: Server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const path = request.url ?? ''
      const body = JSON.parse(text) as Record<string, unknown>
      if (path !== '/Plugin.Activate') asked.push({ path, body })
      const fixed = answers[path]
      if (fixed === 'silence') return
      if (fixed === 'half' || fixed === 'cut') {
        response.writeHead(200, { 'content-length': 100 }).write('{"Err":', () => {
          if (fixed === 'cut') response.destroy()
        })
        return
      }
      const given = fixed ?? { ...answer(path, body) }
      response.writeHead(given.status)
      response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body))
    })
  })
  await new Promise<void>((done) => server.listen(socket, done))
  return {
    socket,
    asked,
    volumes,
    answers,
    [Symbol.dispose]: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

let folder: string
let plugin: TestPlugin
let box: TestEngine

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-plugin-'))
  mkdirSync(join(folder, 'mounted'))
  plugin = await startPlugin(folder)
  box = testEngine({ volumePlugins: { test: plugin.socket }, volumePluginTimeoutSeconds: 1 })
})
afterEach(() => {
  box[Symbol.dispose]()
  plugin[Symbol.dispose]()
  rmSync(folder, { recursive: true })
})

const request = { driver: 'test', labels: {}, options: { size: '5G' } }
const pathsAsked = () => plugin.asked.map(({ path }) => path.replace('/VolumeDriver.', ''))

describe('a volume plugin', () => {
  test('has what is created, mounts it once for all, and is asked to remove it', async () => {
    const { engine } = box
    await createVolume(engine, { ...request, name: 'data' })
    expect(plugin.volumes.get('data')).toEqual({ size: '5G' })
    const path = join(folder, 'mounted/data')
    expect([await mountByHand(engine, 'data'), await mountByHand(engine, 'data')]).toEqual([path, path])
    expect(await inspectVolume(engine, findVolume(engine, 'data'))).toMatchObject({
      Mountpoint: path,
      MountCount: 2,
      Status: { state: 'fine' },
      Timeout: 1,
    })
    await unmountByHand(engine, 'data')
    expect(pathsAsked()).not.toContain('Unmount')
    await unmountByHand(engine, 'data')
    expect(pathsAsked().filter((one) => one.endsWith('ount'))).toEqual(['Mount', 'Unmount'])
    await removeVolume(engine, { name: 'data', isForced: false })
    expect([plugin.volumes.size, volumeNames(engine.at)]).toEqual([0, []])
  })

  test('reload learns what it has, and forgets what it has no more', async () => {
    const { engine } = box
    plugin.volumes.set('outside', {})
    expect(await reloadVolumes(engine)).toEqual({ added: ['outside'], removed: [], errors: [] })
    expect(await reloadVolumes(engine)).toEqual({ added: [], removed: [], errors: [] })
    plugin.volumes.clear()
    expect(await reloadVolumes(engine)).toEqual({ added: [], removed: ['outside'], errors: [] })
    expect(volumeNames(engine.at)).toEqual([])
  })

  test('that fails, is silent or babbles leaves nothing here', async () => {
    const { engine } = box
    const attempts = [
      [{ status: 500, body: '{"Err":"disk on fire"}' }, 'in volume plugin test: disk on fire'],
      [{ status: 200, body: 'hello' }, 'its answer is not JSON'],
      [{ status: 200, body: `"${'x'.repeat(5 << 20)}"` }, 'its answer is too long'],
      ['silence', 'it did not answer within 1 s'],
      ['half', 'it did not answer within 1 s'],
      ['cut', 'aborted'],
    ] as const
    for (const [answer, message] of attempts) {
      plugin.answers['/VolumeDriver.Create'] = answer
      await expect(createVolume(engine, { ...request, name: 'data' })).rejects.toThrow(message)
    }
    expect(volumeNames(engine.at)).toEqual([])
  })

  test('that is gone does not hold its volume back', async () => {
    const { engine } = box
    await createVolume(engine, { ...request, name: 'data' })
    plugin[Symbol.dispose]()
    await expect(removeVolume(engine, { name: 'data', isForced: true })).rejects.toThrow(
      'cannot remove volume data from plugin test, but it has been removed from Gantry',
    )
    expect(volumeNames(engine.at)).toEqual([])
  })

  test('that nobody knows is named', async () => {
    await expect(createVolume(box.engine, { ...request, driver: 'nobody', name: 'x' })).rejects.toThrow(
      'no volume plugin with name nobody available: required plugin missing',
    )
  })
})
