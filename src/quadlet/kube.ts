// .kube → a service that plays a Kubernetes file.

import { invalid } from '../base/errors.ts'
import { unitVariable } from '../os/own-service.ts'
import {
  addCommand,
  booleanFlags,
  type Conversion,
  defaultLine,
  listFlags,
  ownArguments,
  programWords,
  serviceType,
  settleKillMode,
  textFlags,
  wordFlags,
} from './conversion.ts'
import { absolutePath, networkFlags, workingFolder } from './references.ts'
import { addLine, lookupText, lookupWords, setLine } from './unit-file.ts'
import { mappingFlags } from './user-mappings.ts'

export const kubeKeys = `
  AutoUpdate ConfigMap ExitCodePropagation KubeDownForce LogDriver LogOpt Network PublishPort RemapGid RemapUid RemapUidSize RemapUsers
  SetWorkingDirectory UserNS Yaml`

/** @throws invalid for what cannot be converted */
export function convertKube(conversion: Conversion): void {
  const { service, quadlet, section } = conversion
  const said = lookupText(quadlet.file, section, 'Yaml')
  if (said === undefined) throw invalid('quadlet-invalid', 'no Yaml key specified')
  const yaml = absolutePath(conversion, said)
  settleKillMode(conversion)
  addLine(service, 'Service', ['Environment', `${unitVariable}=%n`])
  if (serviceType(conversion) === 'notify') {
    setLine(service, 'Service', ['Type', 'notify'])
    setLine(service, 'Service', ['NotifyAccess', 'all'])
  }
  defaultLine(conversion, 'SyslogIdentifier', '%N')
  const exitCodes = lookupText(quadlet.file, section, 'ExitCodePropagation')
  const kube = [...programWords(conversion), 'kube']
  addCommand(conversion, 'ExecStart', [
    ...kube,
    ...['play', '--replace', '--service-container=true'],
    ...(exitCodes === undefined ? [] : [`--service-exit-code-propagation=${exitCodes}`]),
    ...textFlags(conversion, 'LogDriver --log-driver'),
    ...wordFlags(conversion, 'LogOpt --log-opt'),
    ...mappingFlags(conversion, { isManualAllowed: false }),
    ...networkFlags(conversion),
    ...updateFlags(conversion),
    ...lookupWords(quadlet.file, section, 'ConfigMap').flatMap((map) => ['--configmap', absolutePath(conversion, map)]),
    ...listFlags(conversion, 'PublishPort --publish'),
    ...ownArguments(conversion),
    yaml,
  ])
  const down = [...kube, 'down', ...booleanFlags(conversion, 'KubeDownForce --force'), yaml]
  addCommand(conversion, 'ExecStopPost', down)
  workingFolder(conversion, { named: new Map([['yaml', 'Yaml']]), isContext: false })
}

/** `registry` of all containers, `name/local` of one. */
function updateFlags({ quadlet, section }: Conversion): string[] {
  return lookupWords(quadlet.file, section, 'AutoUpdate').flatMap((update) => {
    const at = update.indexOf('/')
    const name = at === -1 ? '' : `/${update.slice(0, at)}`
    return ['--annotation', `io.containers.autoupdate${name}=${update.slice(at + 1)}`]
  })
}
