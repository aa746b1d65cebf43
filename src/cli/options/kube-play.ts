// The flags of kube play → what the engine plays.

import { type EngineError, invalid } from '../../base/errors.ts'
import type { PlayRequest } from '../../engine/kube/play.ts'
import type { KubeData, Manifest } from '../../engine/kube/read-manifest.ts'
import { parseMac } from '../../spec/network-text.ts'
import { parsePublish } from '../../spec/port-text.ts'
import { parseExitCodePropagation } from '../../spec/service.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { logFacet, logOptions } from './container-log.ts'
import { networkOptions } from './container-network.ts'
import { quietOption } from './quiet.ts'
import { registryOptions, toRegistryAccess } from './registry-access.ts'

const { short: _short, ...publish } = networkOptions.publish

export const kubePlayOptions = defineOptions({
  ...registryOptions,
  ...logOptions,
  annotation: {
    type: 'strings',
    value: 'key=value',
    describe: 'Add an annotation to pods and volumes',
    complete: 'none',
  },
  build: {
    type: 'boolean',
    describe:
      'Build images that have a folder of their name with a Containerfile, also those that are here; false: none',
  },
  configmap: {
    type: 'strings',
    value: 'Pathname',
    describe: 'Pathname of a YAML file containing Kubernetes config maps',
    complete: 'file',
  },
  'context-dir': {
    type: 'string',
    describe: 'Where the folders of images lie that --build builds (default: the current folder)',
    complete: 'folder',
  },
  down: { type: 'boolean', describe: 'Remove what the manifest describes, as kube down does', isHidden: true },
  force: { type: 'boolean', describe: 'Remove volumes as part of --down' },
  ip: {
    type: 'strings',
    value: 'address',
    isCommaSeparated: true,
    describe: 'Static IP address for a pod, in the order of the pods',
    complete: 'none',
  },
  'mac-address': {
    type: 'strings',
    value: 'address',
    isCommaSeparated: true,
    describe: 'Static MAC address for a pod, in the order of the pods',
    complete: 'none',
  },
  network: { ...networkOptions.network, describe: 'Connect pods to networks, or choose a mode of network' },
  'no-hostname': networkOptions['no-hostname'],
  'no-hosts': networkOptions['no-hosts'],
  'no-trunc': { type: 'boolean', describe: 'Has no effect: annotations are never cut', isHidden: true },
  publish,
  'publish-all': { type: 'boolean', describe: 'Publish every containerPort, also those without a hostPort' },
  quiet: quietOption('Suppress output information when pulling images'),
  replace: { type: 'boolean', describe: 'Delete and make anew the pods that the manifest describes' },
  'seccomp-profile-root': {
    type: 'string',
    value: 'folder',
    default: '/var/lib/kubelet/seccomp',
    describe: 'Folder of seccomp profiles',
    complete: 'folder',
  },
  'service-container': {
    type: 'boolean',
    describe:
      'Start a container before the pods, which ends with the last of them: the main process of a systemd service',
    isHidden: true,
  },
  'service-exit-code-propagation': {
    type: 'string',
    value: 'policy',
    default: 'none',
    describe: 'When the service container fails: all (containers have failed), any, none',
    complete: 'none',
    isHidden: true,
  },
  start: { type: 'boolean', default: true, describe: 'Start the pods after creating them' },
  strict: { type: 'boolean', describe: 'Refuse a manifest with fields that are not honoured, instead of a warning' },
  userns: {
    type: 'string',
    value: 'mode',
    describe: "User namespace of pods; the manifest's unless said",
    complete: 'none',
  },
  wait: {
    type: 'boolean',
    short: 'w',
    describe: 'Wait for the pods to exit, or for a signal; then clean up all that was made',
  },
})

export type KubePlayInvocation = Invocation<typeof kubePlayOptions>

/** @throws invalid `flags-conflict` */
export function checkKubePlay({ options }: KubePlayInvocation): void {
  if (options['context-dir'] && !options.build)
    throw conflict('--build must be specified when using --context-dir option')
  if (options.force && !options.down) throw conflict('--force may be specified only with --down')
  if (options['service-container'] && !options.start)
    throw conflict('--service-container does not work with --start=false')
  if (options.wait && !options.start) throw conflict('--wait does not work with --start=false')
}

interface Documents {
  readonly manifest: Manifest
  readonly configMaps: readonly KubeData[]
}

/** @throws as its parsers do */
export function toPlayRequest(invocation: KubePlayInvocation, documents: Documents): PlayRequest {
  const { options, given } = invocation
  return {
    ...documents,
    isStrict: options.strict,
    annotations: Object.fromEntries(options.annotation.map(parseAnnotation)),
    networks: options.network,
    addresses: options.ip,
    macs: options['mac-address'].map(parseMac),
    ports: options.publish.flatMap(parsePublish),
    isAllPublished: options['publish-all'],
    userNamespace: options.userns ?? '',
    hasHosts: given.has('no-hosts') ? !options['no-hosts'] : undefined,
    hasHostname: given.has('no-hostname') ? !options['no-hostname'] : undefined,
    log: logFacet(invocation),
    seccompFolder: options['seccomp-profile-root'],
    access: toRegistryAccess(invocation),
    isStarted: options.start,
    isReplacing: options.replace,
    createCommand: ['gantry', ...process.argv.slice(2)],
    ...serviceOf(invocation),
  }
}

function serviceOf({ options }: KubePlayInvocation): Pick<PlayRequest, 'service'> {
  const exitCodes = parseExitCodePropagation(options['service-exit-code-propagation'] || 'none')
  return options['service-container'] ? { service: { exitCodes, isReplacing: options.replace } } : {}
}

function parseAnnotation(text: string): [key: string, value: string] {
  const at = text.indexOf('=')
  if (at === -1) throw invalid('annotation-invalid', `annotation ${JSON.stringify(text)} must include an '=' sign`)
  return [text.slice(0, at), text.slice(at + 1)]
}

function conflict(message: string): EngineError {
  return invalid('flags-conflict', message)
}
