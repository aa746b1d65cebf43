// --device vendor/class=name: what the files of the Container Device Interface say that the container needs. Loaded for those that name
// such a device.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError, errorMessage, invalid } from '../../base/errors.ts'
import { splitDevice } from '../../os/device-number.ts'
import {
  type CdiNode,
  type CdiSpec,
  type ContainerEdits,
  mergeEdits,
  ownerOfNode,
  parseCdiSpec,
} from '../../spec/cdi.ts'
import type { ResolvedDevice, ResolvedUser } from '../../spec/facts.ts'

export { applyEdits } from '../../spec/cdi.ts'

interface Found {
  readonly spec: CdiSpec
  readonly folder: string
  readonly path: string
}

/** `folders`: with the strongest last. @throws not-found `cdi-device-unknown`; conflict `cdi-device-ambiguous` */
export async function resolveCdi(folders: readonly string[], names: readonly string[]): Promise<ContainerEdits> {
  const { specs, faults } = await readSpecs(folders)
  const used = new Set<CdiSpec>()
  const edits = names.flatMap((name) => {
    const { spec, device } = findDevice(specs, name) ?? unknown(name, folders, faults)
    const isFirst = !used.has(spec)
    used.add(spec)
    return isFirst ? [spec.edits, device] : [device]
  })
  return mergeEdits(edits)
}

/** @throws invalid `device-unknown` */
export function resolveCdiNodes({ devices }: ContainerEdits, user: ResolvedUser): ResolvedDevice[] {
  return devices.map((node) => ({
    path: node.path,
    hostPath: node.hostPath,
    permissions: node.permissions,
    fileMode: node.fileMode ?? 0o666,
    ...ownerOfNode(node, user),
    ...numbersOf(node),
  }))
}

function numbersOf(node: CdiNode): Pick<ResolvedDevice, 'type' | 'major' | 'minor'> {
  const { type, major, minor } = node
  if (type !== undefined && major !== undefined && minor !== undefined) return { type, major, minor }
  const stat = absentAsUndefined(() => statSync(node.hostPath))
  if (stat?.isCharacterDevice() !== true && stat?.isBlockDevice() !== true) {
    throw invalid('device-unknown', `${node.hostPath}, which a CDI device needs, is no device node of the host`)
  }
  return { type: stat.isBlockDevice() ? 'b' : 'c', ...splitDevice(stat.rdev) }
}

async function readSpecs(folders: readonly string[]): Promise<{ specs: Found[]; faults: string[] }> {
  const specs: Found[] = []
  const faults: string[] = []
  for (const folder of folders) {
    const names = (absentAsUndefined(() => readdirSync(folder)) ?? []).filter((name) => /\.(?:json|yaml)$/.test(name))
    for (const path of names.sort().map((name) => join(folder, name))) {
      try {
        specs.push({ spec: parseCdiSpec(await readDocument(path)), folder, path })
      } catch (error) {
        faults.push(`${path}: ${errorMessage(error).split('\n')[0]}`)
      }
    }
  }
  return { specs, faults }
}

async function readDocument(path: string): Promise<unknown> {
  const text = readFileSync(path, 'utf8')
  if (path.endsWith('.json')) return JSON.parse(text)
  const { parseYaml } = await import('../../base/yaml.ts')
  return parseYaml(text)
}

/** Of the strongest folder that has it. */
function findDevice(specs: readonly Found[], qualified: string): { spec: CdiSpec; device: ContainerEdits } | undefined {
  const [kind, name = ''] = qualified.split(/=(.*)/s)
  const having = specs.filter(({ spec }) => spec.kind === kind && spec.devices.has(name))
  const best = having.at(-1)
  if (best === undefined) return undefined
  const rival = having.find((other) => other !== best && other.folder === best.folder)
  if (rival !== undefined) throw ambiguous(qualified, rival.path, best.path)
  return { spec: best.spec, device: best.spec.devices.get(name) as ContainerEdits }
}

function unknown(name: string, folders: readonly string[], faults: readonly string[]): never {
  const unread = faults.length === 0 ? '' : `; not understood: ${faults.join('; ')}`
  throw new EngineError({
    kind: 'not-found',
    code: 'cdi-device-unknown',
    message: `unresolvable CDI device '${name}': no file in ${folders.join(' or ')} has it${unread}`,
    hint: "The device's vendor has a program that writes such a file, as: nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml",
  })
}

function ambiguous(name: string, one: string, other: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'cdi-device-ambiguous',
    message: `CDI device '${name}' is in both ${one} and ${other}`,
    hint: 'Remove one of them',
  })
}
