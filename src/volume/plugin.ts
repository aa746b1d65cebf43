// Docker's volume plugin protocol: JSON by POST over a unix socket. What a plugin says is its own: bounded, and given a deadline.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError, errorMessage } from '../base/errors.ts'
import { trace } from '../base/log.ts'

/** How to reach the plugins. */
export interface PluginAccess {
  /** Sockets by name. */
  readonly sockets: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
}

export interface VolumePlugin {
  readonly name: string
  readonly socket: string
  readonly timeoutMs: number
}

const wellKnownFolder = '/run/docker/plugins'
const maxAnswerBytes = 4 << 20

/** @throws not-found `volume-plugin-unknown` */
export function volumePlugin(access: PluginAccess, name: string, timeoutSeconds?: number): VolumePlugin {
  const configured = Object.hasOwn(access.sockets, name) ? access.sockets[name] : undefined
  const socket = configured || join(wellKnownFolder, `${name}.sock`)
  if ((configured ?? '') === '' && (!/^[\w.-]+$/.test(name) || !existsSync(socket))) throw unknown(name)
  return { name, socket, timeoutMs: 1000 * (timeoutSeconds ?? access.timeoutSeconds) }
}

/** Makes the volume unless the plugin has it. Idempotent. */
export async function createInPlugin(
  plugin: VolumePlugin,
  name: string,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  if ((await statusInPlugin(plugin, name)) === undefined) await call(plugin, 'Create', { Name: name, Opts: options })
}

/** What the plugin says of the volume; undefined when it has none of that name. */
export async function statusInPlugin(plugin: VolumePlugin, name: string): Promise<Record<string, unknown> | undefined> {
  try {
    const { Volume: volume } = await call(plugin, 'Get', { Name: name })
    const status = isObject(volume) ? volume['Status'] : undefined
    return isObject(status) ? status : {}
  } catch (error) {
    if (error instanceof EngineError && error.code === 'volume-plugin-refused') return undefined
    throw error
  }
}

export async function removeInPlugin(plugin: VolumePlugin, name: string): Promise<void> {
  await call(plugin, 'Remove', { Name: name })
}

/** Names. */
export async function listInPlugin(plugin: VolumePlugin): Promise<string[]> {
  const { Volumes: volumes } = await call(plugin, 'List', {})
  if (!Array.isArray(volumes)) return []
  return volumes.flatMap((volume: unknown) => {
    const name = isObject(volume) ? volume['Name'] : undefined
    return typeof name === 'string' ? [name] : []
  })
}

/** The path at which it is mounted now. The plugin counts by `holder`. */
export async function mountInPlugin(plugin: VolumePlugin, name: string, holder: string): Promise<string> {
  const { Mountpoint: path } = await call(plugin, 'Mount', { Name: name, ID: holder })
  if (typeof path === 'string' && path.startsWith('/')) return path
  throw failed(plugin, 'Mount', { why: `it named no path for volume ${name}` })
}

export async function unmountInPlugin(plugin: VolumePlugin, name: string, holder: string): Promise<void> {
  await call(plugin, 'Unmount', { Name: name, ID: holder })
}

/** @throws unavailable `volume-plugin-failed`, `volume-plugin-refused` (it answered with an error); unsupported `volume-plugin-other` */
async function call(plugin: VolumePlugin, verb: string, body: object): Promise<Record<string, unknown>> {
  const { Implements: kinds } = await post(plugin, '/Plugin.Activate', {})
  if (!Array.isArray(kinds) || !kinds.includes('VolumeDriver')) throw notForVolumes(plugin, kinds)
  return post(plugin, `/VolumeDriver.${verb}`, body)
}

async function post(plugin: VolumePlugin, path: string, body: object): Promise<Record<string, unknown>> {
  const text = JSON.stringify(body)
  const answer = await exchange(plugin, path, text)
  trace('http', `plugin ${plugin.name} ${path}`, { status: answer.status })
  const document = parse(plugin, path, answer.text)
  const said = document['Err']
  if (answer.status === 200 && (said === undefined || said === '' || said === null)) return document
  throw refused(plugin, path, typeof said === 'string' && said !== '' ? said : 'empty error from plugin')
}

interface Answer {
  readonly status: number
  readonly text: string
}

async function exchange(plugin: VolumePlugin, path: string, body: string): Promise<Answer> {
  // Loaded for plugins only: every start would pay for it.
  const { answerOf, openRequest, readText } = await import('../os/local-http.ts')
  const signal = AbortSignal.timeout(plugin.timeoutMs)
  const headers = {
    Host: 'plugin',
    'Content-Type': 'application/vnd.docker.plugins.v1.1+json',
    'Content-Length': Buffer.byteLength(body),
  }
  const call = openRequest({ at: { socketPath: plugin.socket }, signal }, { method: 'POST', path, headers })
  try {
    call.end(body)
    const response = await answerOf(call)
    return {
      status: response.statusCode ?? 0,
      text: await readText(response, { maxBytes: maxAnswerBytes, isCut: false }),
    }
  } catch (error) {
    const why = signal.aborted ? `it did not answer within ${plugin.timeoutMs / 1000} s` : errorMessage(error)
    throw failed(plugin, path, { why, cause: error })
  } finally {
    call.destroy()
  }
}

function parse(plugin: VolumePlugin, path: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text)
    return isObject(value) ? value : {}
  } catch (error) {
    throw failed(plugin, path, { why: 'its answer is not JSON', cause: error })
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unknown(name: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'volume-plugin-unknown',
    message: `no volume plugin with name ${name} available: required plugin missing`,
    hint: `Name its socket in containers.conf, [engine.volume_plugins], or put it at ${wellKnownFolder}/${name}.sock.`,
  })
}

function failed({ name }: VolumePlugin, path: string, { why, cause }: { why: string; cause?: unknown }): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'volume-plugin-failed',
    message: `volume plugin ${name} failed on ${path}: ${why}`,
    cause,
  })
}

function refused({ name }: VolumePlugin, path: string, why: string): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'volume-plugin-refused',
    message: `on ${path} in volume plugin ${name}: ${why}`,
  })
}

function notForVolumes({ name }: VolumePlugin, kinds: unknown): EngineError {
  const what = Array.isArray(kinds) ? kinds.join(', ') : 'nothing'
  return new EngineError({
    kind: 'unsupported',
    code: 'volume-plugin-other',
    message: `plugin ${name} does not implement volume plugin, instead provides ${what}: plugin is not a volume plugin`,
  })
}
