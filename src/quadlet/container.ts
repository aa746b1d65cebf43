// .container → a service that runs a container.

import { existsSync } from 'node:fs'
import { invalid } from '../base/errors.ts'
import { unitVariable } from '../os/own-service.ts'
import {
  addCommand,
  argumentFlags,
  booleanFlags,
  type Conversion,
  defaultLine,
  listFlags,
  ownArguments,
  pairFlags,
  programWords,
  serviceType,
  settleKillMode,
  textFlags,
  wordFlags,
} from './conversion.ts'
import { containerName } from './quadlet.ts'
import { absolutePath, imageSource, mountFlags, networkFlags, podFlags, volumeFlags } from './references.ts'
import {
  addLine,
  lookup,
  lookupAll,
  lookupArguments,
  lookupBoolean,
  lookupText,
  lookupWords,
  setLine,
} from './unit-file.ts'
import { splitUnitWords } from './unit-words.ts'
import { mappingFlags } from './user-mappings.ts'

export const containerKeys = `
  AddCapability AddDevice AddHost Annotation AutoUpdate CgroupsMode ContainerName DNS DNSOption DNSSearch DropCapability Entrypoint
  Environment EnvironmentFile EnvironmentHost Exec ExposeHostPort GIDMap Group GroupAdd HealthCmd HealthInterval HealthLogDestination
  HealthMaxLogCount HealthMaxLogSize HealthOnFailure HealthRetries HealthStartPeriod HealthStartupCmd HealthStartupInterval
  HealthStartupRetries HealthStartupSuccess HealthStartupTimeout HealthTimeout HostName IP IP6 Image Label LogDriver LogOpt Mask Mount
  Network NetworkAlias NoNewPrivileges Notify PidsLimit Pod PublishPort Pull ReadOnly ReadOnlyTmpfs RemapGid RemapUid RemapUidSize
  RemapUsers Rootfs RunInit SeccompProfile Secret SecurityLabelDisable SecurityLabelFileType SecurityLabelLevel SecurityLabelNested
  SecurityLabelType ShmSize StartWithPod StopSignal StopTimeout SubGIDMap SubUIDMap Sysctl Timezone Tmpfs UIDMap Ulimit Unmask User
  UserNS VolatileTmp Volume WorkingDir`

/** @throws invalid for what cannot be converted */
export function convertContainer(conversion: Conversion): void {
  const { service, quadlet } = conversion
  const source = sourceWords(conversion)
  addLine(service, 'Service', ['Environment', `${unitVariable}=%n`])
  settleKillMode(conversion)
  addLine(service, 'Service', ['Delegate', 'yes'])
  defaultLine(conversion, 'SyslogIdentifier', '%N')
  const program = programWords(conversion)
  const stop = ['rm', '-v', '-f', '-i', idFile]
  addCommand(conversion, 'ExecStop', [...program, ...stop])
  // Where the main process was killed, ExecStop is not called; and after it nothing is left, which is no failure.
  addCommand(conversion, 'ExecStopPost', [`-${program[0]}`, ...program.slice(1), ...stop])
  addCommand(conversion, 'ExecStart', [
    ...program,
    ...['run', '--name', containerName(quadlet), idFile, '--replace', '--rm'],
    ...processFlags(conversion),
    ...networkFlags(conversion),
    ...notifyFlags(conversion),
    ...securityFlags(conversion),
    ...userFlags(conversion),
    ...mappingFlags(conversion),
    ...volumeFlags(conversion),
    ...exposedPorts(conversion),
    ...descriptionFlags(conversion),
    ...mountFlags(conversion),
    ...textFlags(conversion, healthTable),
    ...podFlags(conversion),
    ...ownArguments(conversion),
    ...source,
    ...lastWords(conversion, 'Exec'),
  ])
}

const idFile = '--cidfile=%t/%N.cid'

/** Image, or --rootfs and its path. */
function sourceWords(conversion: Conversion): string[] {
  const { quadlet, section } = conversion
  const image = lookupText(quadlet.file, section, 'Image')
  const rootfs = lookupText(quadlet.file, section, 'Rootfs')
  if (image !== undefined && rootfs !== undefined) {
    throw invalid('quadlet-invalid', 'the Image And Rootfs keys conflict can not be specified together')
  }
  if (image !== undefined) return [imageSource(conversion, image)]
  if (rootfs !== undefined) return ['--rootfs', rootfs]
  throw invalid('quadlet-invalid', 'no Image or Rootfs key specified')
}

function processFlags(conversion: Conversion): string[] {
  const { quadlet, section } = conversion
  const cgroups = lookupText(quadlet.file, section, 'CgroupsMode')
  return [
    ...textFlags(conversion, 'LogDriver --log-driver'),
    ...wordFlags(conversion, 'LogOpt --log-opt'),
    ...(cgroups === undefined ? ['--cgroups=split'] : ['--cgroups', cgroups]),
    ...textFlags(conversion, processTable),
    ...listFlags(conversion, listTable),
    ...booleanFlags(
      conversion,
      `RunInit            --init
       EnvironmentHost    --env-host
       ReadOnlyTmpfs      --read-only-tmpfs`,
    ),
  ]
}

const processTable = `
  Timezone      --tz
  PidsLimit     --pids-limit
  ShmSize       --shm-size
  Entrypoint    --entrypoint
  WorkingDir    --workdir
  IP            --ip
  IP6           --ip6
  HostName      --hostname
  StopSignal    --stop-signal
  StopTimeout   --stop-timeout
  Pull          --pull`

const listTable = `
  NetworkAlias  --network-alias
  Ulimit        --ulimit
  DNS           --dns
  DNSOption     --dns-option
  DNSSearch     --dns-search
  GroupAdd      --group-add
  AddHost       --add-host
  Tmpfs         --tmpfs
  PublishPort   --publish`

const healthTable = `
  HealthCmd             --health-cmd
  HealthInterval        --health-interval
  HealthOnFailure       --health-on-failure
  HealthLogDestination  --health-log-destination
  HealthMaxLogCount     --health-max-log-count
  HealthMaxLogSize      --health-max-log-size
  HealthRetries         --health-retries
  HealthStartPeriod     --health-start-period
  HealthTimeout         --health-timeout
  HealthStartupCmd      --health-startup-cmd
  HealthStartupInterval --health-startup-interval
  HealthStartupRetries  --health-startup-retries
  HealthStartupSuccess  --health-startup-success
  HealthStartupTimeout  --health-startup-timeout`

/** Who says that the service is up; and the command that starts it need not stay. */
function notifyFlags(conversion: Conversion): string[] {
  const { service, quadlet, section } = conversion
  if (serviceType(conversion) === 'oneshot') return []
  setLine(service, 'Service', ['Type', 'notify'])
  setLine(service, 'Service', ['NotifyAccess', 'all'])
  const isHealth = lookup(quadlet.file, section, 'Notify')?.toLowerCase() === 'healthy'
  const mode = isHealth ? 'healthy' : lookupBoolean(quadlet.file, section, 'Notify') === true ? 'container' : 'conmon'
  return [`--sdnotify=${mode}`, '-d']
}

function securityFlags(conversion: Conversion): string[] {
  const { quadlet, section } = conversion
  const isSet = (key: string) => lookupBoolean(quadlet.file, section, key) === true
  const labels = [
    ...(isSet('SecurityLabelDisable') ? ['label=disable'] : []),
    ...(isSet('SecurityLabelNested') ? ['label=nested'] : []),
    ...labelOptions(conversion),
  ]
  const profile = lookup(quadlet.file, section, 'SeccompProfile')
  return [
    ...(isSet('NoNewPrivileges') ? ['--security-opt=no-new-privileges'] : []),
    ...labels.flatMap((label) => ['--security-opt', label]),
    ...devices(conversion).flatMap((device) => ['--device', device]),
    ...(profile === undefined ? [] : ['--security-opt', `seccomp=${profile}`]),
    ...wordFlags(conversion, 'DropCapability --cap-drop \n AddCapability --cap-add').map(lowerCapability),
    ...wordFlags(conversion, 'Sysctl --sysctl'),
    ...readOnlyFlags(conversion),
  ]
}

function labelOptions({ quadlet, section }: Conversion): string[] {
  const kinds = { SecurityLabelType: 'type', SecurityLabelFileType: 'filetype', SecurityLabelLevel: 'level' }
  return Object.entries(kinds).flatMap(([key, kind]) => {
    const value = lookupText(quadlet.file, section, key)
    return value === undefined ? [] : [`label=${kind}:${value}`]
  })
}

function lowerCapability(word: string): string {
  return word.startsWith('--') ? word : word.toLowerCase()
}

/** One with a leading `-` is passed over where it is not there. */
function devices({ quadlet, section }: Conversion): string[] {
  return lookupWords(quadlet.file, section, 'AddDevice').flatMap((device) => {
    if (!device.startsWith('-')) return [device]
    const wanted = device.slice(1)
    return existsSync(wanted.split(':')[0] as string) ? [wanted] : []
  })
}

function readOnlyFlags(conversion: Conversion): string[] {
  const { quadlet, section } = conversion
  const isReadOnly = lookupBoolean(quadlet.file, section, 'ReadOnly')
  const hasTmp = lookupBoolean(quadlet.file, section, 'VolatileTmp') === true && isReadOnly !== true
  return [
    ...booleanFlags(conversion, 'ReadOnly --read-only'),
    ...(hasTmp ? ['--tmpfs', '/tmp:rw,size=512M,mode=1777'] : []),
  ]
}

function userFlags({ quadlet, section }: Conversion): string[] {
  const user = lookupText(quadlet.file, section, 'User')
  const group = lookupText(quadlet.file, section, 'Group')
  if (user !== undefined) return ['--user', group === undefined ? user : `${user}:${group}`]
  if (group !== undefined) throw invalid('quadlet-invalid', 'invalid Group set without User')
  return []
}

function exposedPorts({ quadlet, section }: Conversion): string[] {
  return lookupAll(quadlet.file, section, 'ExposeHostPort').flatMap((value) => {
    const port = value.trim()
    if (!/\d+(-\d+)?(\/udp|\/tcp)?$/.test(port)) throw invalid('quadlet-invalid', `invalid port format '${port}'`)
    return ['--expose', port]
  })
}

function descriptionFlags(conversion: Conversion): string[] {
  const { quadlet, section } = conversion
  const update = lookupText(quadlet.file, section, 'AutoUpdate')
  const files = lookupArguments(quadlet.file, section, 'EnvironmentFile')
  return [
    ...(update === undefined ? [] : ['--label', `io.containers.autoupdate=${update}`]),
    ...pairFlags(conversion, 'Environment --env \n Label --label \n Annotation --annotation'),
    ...pathOptions(conversion, 'Mask', 'mask'),
    ...pathOptions(conversion, 'Unmask', 'unmask'),
    ...files.flatMap((file) => ['--env-file', absolutePath(conversion, file)]),
    ...argumentFlags(conversion, 'Secret --secret'),
  ]
}

function pathOptions({ quadlet, section }: Conversion, key: string, option: string): string[] {
  const words = lookupArguments(quadlet.file, section, key)
  return words.flatMap((word) => ['--security-opt', `${option}=${word}`])
}

/** Of the last line of that key. */
function lastWords({ quadlet, section }: Conversion, key: string): string[] {
  return splitUnitWords(lookupAll(quadlet.file, section, key).at(-1) ?? '', 'undone')
}
