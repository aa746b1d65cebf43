// .build → a service that builds an image.

import { isAbsolute } from 'node:path'
import { invalid } from '../base/errors.ts'
import {
  addCommand,
  argumentFlags,
  booleanFlags,
  type Conversion,
  listFlags,
  oneshot,
  ownArguments,
  pairFlags,
  programWords,
  textFlags,
} from './conversion.ts'
import { isUrl, networkFlags, volumeFlags, workingFolder } from './references.ts'
import { lookupText } from './unit-file.ts'

export const buildKeys = `
  Annotation Arch AuthFile DNS DNSOption DNSSearch Environment File ForceRM GroupAdd ImageTag Label Network Pull Secret
  SetWorkingDirectory TLSVerify Target Variant Volume`

/** @throws invalid for what cannot be converted */
export function convertBuild(conversion: Conversion): void {
  const { quadlet, section } = conversion
  if (quadlet.resource === undefined) throw invalid('quadlet-invalid', 'no ImageTag key specified')
  const pull = lookupText(quadlet.file, section, 'Pull')
  const file = lookupText(quadlet.file, section, 'File')
  const networks = networkFlags(conversion)
  const volumes = volumeFlags(conversion)
  const context = contextWords(conversion, file)
  addCommand(conversion, 'ExecStart', [
    ...programWords(conversion),
    'build',
    ...(pull === undefined ? [] : [`--pull=${pull}`]),
    ...textFlags(conversion, 'Arch --arch \n AuthFile --authfile \n Target --target \n Variant --variant'),
    ...booleanFlags(conversion, 'TLSVerify --tls-verify \n ForceRM --force-rm'),
    ...listFlags(
      conversion,
      `DNS        --dns
       DNSOption  --dns-option
       DNSSearch  --dns-search
       GroupAdd   --group-add
       ImageTag   --tag`,
    ),
    ...pairFlags(conversion, 'Annotation --annotation \n Environment --env \n Label --label'),
    ...networks,
    ...argumentFlags(conversion, 'Secret --secret'),
    ...volumes,
    ...(file === undefined ? [] : ['--file', file]),
    ...ownArguments(conversion),
    ...context,
  ])
  oneshot(conversion, { remains: false })
}

/** What is built; nothing where the file says it all. */
function contextWords(conversion: Conversion, file: string | undefined): string[] {
  const { service } = conversion
  const context = workingFolder(conversion, { named: new Map([['file', 'File']]), isContext: true })
  if (context !== undefined) return [context]
  const folder = lookupText(service, 'Service', 'WorkingDirectory')
  if (file === undefined && folder === undefined) {
    throw invalid('quadlet-invalid', 'neither SetWorkingDirectory, nor File key specified')
  }
  if (file !== undefined && (isAbsolute(file) || isUrl(file))) return []
  if (folder !== undefined) return [folder]
  throw invalid('quadlet-invalid', 'relative path in File key requires SetWorkingDirectory key to be set')
}
