// Members of a pod in the /etc/hosts that they share, the infra container's: each finds the others at 127.0.0.1 by their names, as in
// podman. Lines below the mark are ours. The infra container's start writes the file anew.

import { closeSync, constants, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { claimOwner } from '../../state/claim.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { acquireLock } from '../../state/lock.ts'
import type { Engine } from '../engine.ts'
import type { StoredContainer } from './stored-container.ts'

const mark = '# containers of this pod\n'

/** Idempotent. `file` is what the member has mounted as its hosts file: nothing is done where that is not the infra container's. */
export async function enterPodHosts(engine: Engine, member: StoredContainer, file: string | undefined): Promise<void> {
  const infra = infraOf(member)
  if (infra === undefined || file !== hostsOf(engine, infra)) return
  await change(engine, infra, { name: member.name, isIn: true })
}

/** Idempotent; nothing is left to do where the infra container is gone. */
export async function leavePodHosts(engine: Engine, member: StoredContainer): Promise<void> {
  const infra = infraOf(member)
  if (infra !== undefined) await change(engine, infra, { name: member.name, isIn: false })
}

/** Undefined for the infra container itself, and for a member with a network of its own. */
function infraOf({ stored }: StoredContainer): string | undefined {
  const { pod, namespaces } = stored.spec
  const { network } = namespaces
  return pod === undefined || pod.role === 'infra' || network.kind !== 'container' ? undefined : network.id
}

function hostsOf(engine: Engine, infra: string): string {
  return join(paths.container(engine.at, infra), containerFiles.root.files, 'hosts')
}

/** Whoever was killed before it left is swept on the way, once nobody has its name. */
async function change(engine: Engine, infra: string, member: { name: string; isIn: boolean }): Promise<void> {
  const file = hostsOf(engine, infra)
  if (!existsSync(file)) return
  // Not a lock on the file itself, which any of the containers could hold for ever.
  const request = {
    path: `${file}.lock`,
    kind: 'claims',
    label: `the hosts file of pod container ${infra.slice(0, 12)}`,
  } as const
  using _lock = await acquireLock(request, engine.patience)
  const text = readFileSync(file, 'utf8')
  const [base = '', below = ''] = text.split(mark)
  const names = below.split('\n').flatMap((line) => line.split('\t').slice(1))
  const others = names.filter((name) => name !== member.name && claimOwner(engine.at, 'container', name) !== undefined)
  const wanted = member.isIn ? [...others, member.name] : others
  const lines = wanted.map((name) => `127.0.0.1\t${name}\n`).join('')
  rewrite(file, wanted.length === 0 ? base : base + mark + lines)
}

/** In place: it is mounted. Never empty in between, also when the disk is full. */
function rewrite(file: string, text: string): void {
  const fd = openSync(file, constants.O_WRONLY)
  try {
    writeSync(fd, text, 0)
    ftruncateSync(fd, Buffer.byteLength(text))
  } finally {
    closeSync(fd)
  }
}
