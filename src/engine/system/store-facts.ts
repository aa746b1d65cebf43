// The state directory, as `info` shows it. Nothing is mounted, and no storage driver is tried.

import { statfsSync } from 'node:fs'
import { native } from '../../os/native.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { knownStorage } from '../../storage/choose.ts'
import { listImageIds } from '../../transport/image-records.ts'
import { manifestListIds } from '../../transport/manifest-lists.ts'
import { allContainers } from '../container/select.ts'
import type { Engine } from '../engine.ts'
import { programFacts } from './program-facts.ts'

export async function storeFacts({ at, settings }: Engine) {
  const { bsize, blocks, bfree } = statfsSync(at.root)
  return {
    configFile: settings.storageConf,
    containerStore: containerCounts(at),
    graphDriverName: knownStorage(at) ?? settings.storageDriver ?? 'overlay',
    graphOptions: await graphOptions(settings.storageOptions),
    graphRoot: at.root,
    graphRootAllocated: bsize * blocks,
    graphRootUsed: bsize * (blocks - bfree),
    graphStatus: { 'Backing Filesystem': fileSystemName(native().statfsType(at.root)) },
    imageCopyTmpDir: settings.temporaryFolder,
    imageStore: { number: imageCount(at) },
    runRoot: at.run,
    volumePath: settings.volumeFolder ?? paths.volumes(at),
    transientStore: false,
  }
}

function containerCounts(at: Layout) {
  const states = allContainers(at).map(({ live }) => live.status)
  const count = (status: string) => states.filter((state) => state === status).length
  const [number, paused, running] = [states.length, count('paused'), count('running')]
  return { number, paused, running, stopped: number - paused - running }
}

function imageCount(at: Layout): number {
  return listImageIds(at).length + manifestListIds(at).length
}

/** As they were given. Several image stores are a list, under podman's name for it. */
async function graphOptions(options: readonly string[]): Promise<Record<string, unknown>> {
  const shown: Record<string, unknown> = {}
  const stores = new Map<string, string[]>()
  for (const option of options.filter((text) => text !== '')) {
    const at = option.indexOf('=')
    const [key, value] = at === -1 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)]
    if (key.endsWith('mount_program')) shown[key] = await mountProgram(value)
    else shown[key] = value
    if (!key.endsWith('imagestore')) continue
    const list = key.replace('imagestore', 'additionalImageStores')
    stores.set(list, [...(stores.get(list) ?? []), value])
  }
  return { ...shown, ...Object.fromEntries(stores) }
}

async function mountProgram(path: string) {
  const { package: owner, version } = await programFacts(path)
  return { Executable: path, Package: owner, Version: version }
}

const fileSystems = new Map([
  [0xef53, 'extfs'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlayfs'],
  [0x2fc12fc1, 'zfs'],
  [0x6969, 'nfs'],
  [0xf2f52010, 'f2fs'],
])

function fileSystemName(magic: number): string {
  return fileSystems.get(magic) ?? '<unknown>'
}
