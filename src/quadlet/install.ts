// What systemctl(1) would do with [Install] of a service that is no file of the user's: links in the generator's folder.

import { symlinkSync } from 'node:fs'
import { dirname, extname, join, normalize, relative } from 'node:path'
import { removeFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { templateParts } from './quadlet.ts'
import { lookup, lookupWords, type UnitFile } from './unit-file.ts'

/** Paths below the folder, each a link to the service file there. */
export function installLinks(service: UnitFile, fileName: string): string[] {
  const words = (key: string) => lookupWords(service, 'Install', key)
  const aliases = words('Alias').map((alias) => normalize(alias))
  const started = startedName(service, fileName)
  if (started === undefined) return aliases
  const units = (key: string) => words(key).filter((unit) => !unit.includes('/'))
  return [
    ...aliases,
    ...units('WantedBy').map((unit) => `${unit}.wants/${started}`),
    ...units('RequiredBy').map((unit) => `${unit}.requires/${started}`),
    ...units('UpheldBy').map((unit) => `${unit}.upholds/${started}`),
  ]
}

/** A link that is there is replaced. */
export function makeLink(folder: string, link: string, fileName: string): void {
  const path = join(folder, link)
  makeFolders(dirname(path))
  removeFile(path)
  symlinkSync(relative(dirname(link), fileName), path)
}

/** A template is started by its default instance, if it names one. */
function startedName(service: UnitFile, fileName: string): string | undefined {
  const parts = templateParts(fileName)
  if (parts === undefined || parts.instance !== '') return fileName
  const instance = lookup(service, 'Install', 'DefaultInstance')
  return instance === undefined ? undefined : `${parts.template}@${instance}${extname(fileName)}`
}
