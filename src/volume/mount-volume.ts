// Mounting a volume that needs it, for as long as somebody holds it. The volume's lock is held throughout.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import { replaceFile } from '../os/atomic-file.ts'
import { runProcess } from '../os/exec.ts'
import { mountsBelow } from '../os/mounts.ts'
import { native, umountFlags } from '../os/native.ts'
import { type Layout, paths } from '../state/layout.ts'
import { addHolder, dropHolder, forgetHolders, volumeHolders } from './holders.ts'
import { mountInPlugin, type PluginAccess, unmountInPlugin, volumePlugin } from './plugin.ts'
import { isOfPlugin, needsMount, type VolumeRecord } from './volume-record.ts'
import { volumeData } from './volume-store.ts'

/** The plugin counts for us: one of many, whatever container it is. */
const pluginHolder = 'gantry'

/** Where the volume's content is to be seen; undefined for a plugin's that is not mounted. Lock-free. */
export function volumeMountpoint(at: Layout, record: VolumeRecord): string | undefined {
  if (!isOfPlugin(record)) return volumeData(at, record.name)
  return absentAsUndefined(() => readFileSync(pathFile(at, record.name), 'utf8'))
}

/** The path of the content. Idempotent for the same holder. @throws unavailable `volume-mount-failed`, and what a plugin throws */
export async function mountVolume(
  at: Layout,
  record: VolumeRecord,
  { holder, plugins }: { readonly holder: string; readonly plugins: PluginAccess },
): Promise<string> {
  if (!needsMount(record)) return volumeData(at, record.name)
  addHolder(at, record.name, holder)
  try {
    return isOfPlugin(record) ? await mountByPlugin(at, record, plugins) : await mountLocal(at, record)
  } catch (error) {
    if (dropHolder(at, record.name, holder)) forgetHolders(at, record.name)
    throw error
  }
}

/** Idempotent. Unmounts when the last one has left. */
export async function unmountVolume(
  at: Layout,
  record: VolumeRecord,
  { holder, plugins }: { readonly holder: string; readonly plugins: PluginAccess },
): Promise<void> {
  if (!volumeHolders(at, record.name).includes(holder)) return
  if (dropHolder(at, record.name, holder)) await unmountForAll(at, record, plugins)
}

/** Idempotent; whoever holds it. */
export async function unmountForAll(at: Layout, record: VolumeRecord, plugins: PluginAccess): Promise<void> {
  if (!isOfPlugin(record)) unmountAll(volumeData(at, record.name), paths.volume(at, record.name))
  else if (volumeMountpoint(at, record) !== undefined) {
    await unmountInPlugin(volumePlugin(plugins, record.driver, record.timeoutSeconds), record.name, pluginHolder)
  }
  forgetHolders(at, record.name)
}

async function mountLocal(at: Layout, record: VolumeRecord): Promise<string> {
  const data = volumeData(at, record.name)
  if (isMounted(data, paths.volume(at, record.name))) return data
  const { exitCode, stderr } = await runProcess('mount', [...mountWords(record.options), data])
  if (exitCode === 0) return data
  throw new EngineError({
    kind: 'unavailable',
    code: 'volume-mount-failed',
    message: `mounting volume ${record.name}: ${stderr.trim() || `mount ended with ${exitCode}`}`,
  })
}

/** mount(8) knows what the kernel does not: helpers for NFS and CIFS, loop devices, words for flags. */
export function mountWords(options: VolumeRecord['options']): string[] {
  const { type = '', o = '' } = options
  const device = options['device'] || type
  const kind = type === '' ? [] : type === 'bind' ? ['-o', 'bind'] : ['-t', type]
  return [...(o === '' ? [] : ['-o', o]), ...kind, '--', device]
}

async function mountByPlugin(at: Layout, record: VolumeRecord, plugins: PluginAccess): Promise<string> {
  const known = volumeMountpoint(at, record)
  if (known !== undefined) return known
  const plugin = volumePlugin(plugins, record.driver, record.timeoutSeconds)
  const path = await mountInPlugin(plugin, record.name, pluginHolder)
  replaceFile(pathFile(at, record.name), path, { durable: false })
  return path
}

function isMounted(data: string, folder: string): boolean {
  return mountsBelow(folder).includes(data)
}

function unmountAll(data: string, folder: string): void {
  for (const path of mountsBelow(folder))
    if (path === data) native().umount(path, umountFlags.detach | umountFlags.noFollow)
}

function pathFile(at: Layout, name: string): string {
  return join(paths.runVolume(at, name), 'mountpoint')
}
