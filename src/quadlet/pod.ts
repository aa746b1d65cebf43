// .pod → a service that makes a pod and starts it; its containers' services come and go with it.

import { unitVariable } from '../os/own-service.ts'
import {
  addCommand,
  type Conversion,
  defaultLine,
  listFlags,
  ownArguments,
  programWords,
  textFlags,
} from './conversion.ts'
import { baseName } from './quadlet.ts'
import { networkFlags, volumeFlags } from './references.ts'
import { addLine, lookupText, setLine } from './unit-file.ts'
import { mappingFlags } from './user-mappings.ts'

export const podKeys = `
  AddHost DNS DNSOption DNSSearch GIDMap IP IP6 Network NetworkAlias PodName PublishPort RemapGid RemapUid RemapUidSize RemapUsers
  ShmSize SubGIDMap SubUIDMap UIDMap UserNS Volume`

/** Its containers are converted. @throws invalid for what cannot be converted */
export function convertPod(conversion: Conversion): void {
  const { service, quadlet, section } = conversion
  const name = lookupText(quadlet.file, section, 'PodName') ?? `systemd-${baseName(quadlet.fileName)}`
  for (const member of quadlet.members) {
    addLine(service, 'Unit', ['Wants', member])
    addLine(service, 'Unit', ['Before', member])
  }
  defaultLine(conversion, 'SyslogIdentifier', '%N')
  const pod = [...programWords(conversion), 'pod']
  addCommand(conversion, 'ExecStart', [...pod, 'start', idFile])
  addCommand(conversion, 'ExecStop', [...pod, 'stop', idFile, '--ignore', '--time=10'])
  addCommand(conversion, 'ExecStopPost', [...pod, 'rm', idFile, '--ignore', '--force'])
  addCommand(conversion, 'ExecStartPre', [
    ...pod,
    ...['create', '--infra-conmon-pidfile=%t/%N.pid', idFile, '--exit-policy=stop', '--replace'],
    ...mappingFlags(conversion),
    ...listFlags(conversion, 'PublishPort --publish'),
    ...networkFlags(conversion),
    ...textFlags(conversion, 'IP --ip \n IP6 --ip6 \n ShmSize --shm-size'),
    ...listFlags(
      conversion,
      `NetworkAlias  --network-alias
       DNS           --dns
       DNSOption     --dns-option
       DNSSearch     --dns-search
       AddHost       --add-host`,
    ),
    ...volumeFlags(conversion),
    ...['--infra-name', `${name}-infra`, '--name', name],
    ...ownArguments(conversion),
  ])
  addLine(service, 'Service', ['Environment', `${unitVariable}=%n`])
  setLine(service, 'Service', ['Type', 'forking'])
  defaultLine(conversion, 'Restart', 'on-failure')
  setLine(service, 'Service', ['PIDFile', '%t/%N.pid'])
}

const idFile = '--pod-id-file=%t/%N.pod-id'
