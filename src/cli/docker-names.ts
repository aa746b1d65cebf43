// Names that docker has and neither podman nor Gantry: refused by name, with the reason.

import { EngineError } from '../base/errors.ts'

/** The same error, or a better one if it is about a name that docker knows. */
export function refuseDockerNames(error: EngineError): EngineError {
  if (error.code === 'unknown-command') return refusedCommand(error) ?? error
  return error.code === 'unknown-flag' ? (refusedFlag(error) ?? error) : error
}

const swarm = 'there is no swarm'
const commands: Readonly<Record<string, string>> = {
  checkpoint: 'use container checkpoint and container restore',
  config: swarm,
  context: 'Gantry works on this machine, without a service',
  node: swarm,
  plugin: 'plugins of volumes are named in containers.conf',
  scout: 'images are not analyzed',
  service: swarm,
  stack: swarm,
  swarm,
  trust: 'signatures are checked as policy.json says',
}

const noTls = 'there is no service to connect to'
const windows = 'it is for Windows'
const flags: Readonly<Record<string, string>> = {
  attachable: swarm,
  'aux-address': 'set --ip-range aside instead',
  checkpoint: 'use container restore',
  'config-from': swarm,
  'config-only': swarm,
  'cpu-count': windows,
  'cpu-percent': windows,
  domainname: 'give the whole name to --hostname',
  ingress: swarm,
  'io-maxbandwidth': windows,
  'io-maxiops': windows,
  isolation: windows,
  link: 'containers of one network know each other by name: network create, and run --network',
  'link-local-ip': 'addresses are given by --ip and --ip6',
  scope: swarm,
  signal: 'a container stops by its own --stop-signal; another is sent by kill --signal',
  tls: noTls,
  tlscacert: noTls,
  tlscert: noTls,
  tlskey: noTls,
  tlsverify: noTls,
  tree: 'see image tree',
  'use-api-socket': 'there is no service',
  'volume-driver': 'make the volume first: volume create --driver',
}

function refusedCommand(error: EngineError): EngineError | undefined {
  const command = /^unrecognized command `docker ([^ `]+)/.exec(error.message)?.[1]
  const reason = command === undefined ? undefined : commands[command]
  return reason === undefined ? undefined : refused(`docker ${command}`, reason)
}

function refusedFlag(error: EngineError): EngineError | undefined {
  const flag = /^unknown flag: --(\S+)$/.exec(error.message)?.[1]
  const reason = flag === undefined ? undefined : flags[flag]
  return reason === undefined ? undefined : refused(`--${flag}`, reason)
}

function refused(name: string, reason: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'docker-name-refused',
    message: `${name} is not supported: ${reason}`,
  })
}
