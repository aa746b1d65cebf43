// Where quadlets lie: podman-systemd.unit(5). Folders below them count, but for those of drop-ins and of single users.

import { readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { absentAsUndefined } from '../base/errors.ts'

const adminFolder = '/etc/containers/systemd'

export interface FolderFacts {
  readonly isUser: boolean
  readonly env: NodeJS.ProcessEnv
  readonly uid: number
}

/** Strongest first; such as are not there among them. Throws nothing: what cannot be read has no quadlets. */
export function unitFolders({ isUser, env, uid }: FolderFacts): string[] {
  const told = env['QUADLET_UNIT_DIRS']
  const found = new Set<string>()
  if (told !== undefined && told !== '') {
    for (const folder of told.split(':').filter((path) => isAbsolute(path))) addTree(found, folder)
    return [...found]
  }
  const users = join(adminFolder, 'users')
  if (!isUser) {
    const isOfUsers = (path: string) => path === realPath(users)
    addTree(found, '/run/containers/systemd')
    addTree(found, adminFolder, isOfUsers)
    addTree(found, '/usr/share/containers/systemd')
    return [...found]
  }
  const config = env['XDG_CONFIG_HOME'] || join(env['HOME'] ?? '/', '.config')
  if (env['XDG_RUNTIME_DIR'] !== undefined) addTree(found, join(env['XDG_RUNTIME_DIR'], 'containers/systemd'))
  addTree(found, join(config, 'containers/systemd'))
  const ofAll = realPath(users)
  addTree(found, users, (path) => dirname(path) === ofAll && /^\d+$/.test(basename(path)))
  addTree(found, join(users, String(uid)))
  return [...found]
}

/** Links are followed, each folder once. */
function addTree(found: Set<string>, folder: string, isLeftOut: (path: string) => boolean = () => false): void {
  const path = realPath(folder)
  if (path === undefined) return void found.add(folder)
  if (found.has(path) || path.endsWith('.d') || isLeftOut(path)) return
  if (absentAsUndefined(() => statSync(path))?.isDirectory() !== true) return
  found.add(path)
  for (const { name } of entriesOf(path).filter((entry) => entry.isDirectory() || entry.isSymbolicLink())) {
    const inner = join(path, name)
    if (realPath(inner) !== undefined) addTree(found, inner, isLeftOut)
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}
