// The flags of `pod create`: those of containers that a pod's infra container has, limits of all together, and the pod's own.

import { resolve } from 'node:path'
import { defined } from '../../base/defined.ts'
import { invalid } from '../../base/errors.ts'
import { shellWords } from '../../base/shell-words.ts'
import type { PodPlan } from '../../engine/pod/create.ts'
import type { Settings } from '../../engine/settings.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import { type PodNamespace, podNamespaces } from '../../spec/pod.ts'
import { defineOptions, type Invocation, type OptionTable } from '../command.ts'
import { type ContainerInvocation, containerOptions, toContainerSpec } from './container.ts'
import { labelsOf } from './container-identity.ts'
import { networkOptions } from './container-network.ts'
import { limitsOf } from './limits.ts'

const { expose: _expose, 'publish-all': _publishAll, ...podNetworkOptions } = networkOptions

/** What a clone of a pod may have otherwise than its original, too. */
export const podChangeOptions = defineOptions({
  ...pick(
    'blkio-weight',
    'blkio-weight-device',
    'cgroup-parent',
    'cpu-shares',
    'cpus',
    'cpuset-cpus',
    'cpuset-mems',
    'device',
    'device-read-bps',
    'device-write-bps',
    'gidmap',
    'gpus',
    'hostname',
    'label',
    'label-file',
    'memory',
    'memory-swap',
    'pid',
    'restart',
    'security-opt',
    'shm-size',
    'shm-size-systemd',
    'subgidname',
    'subuidname',
    'sysctl',
    'uidmap',
    'userns',
    'uts',
    'volume',
    'volumes-from',
  ),
  'infra-command': {
    type: 'string',
    value: 'command',
    describe: "What runs in the infra container; Gantry's own pause program unless said",
    complete: 'none',
  },
  'infra-conmon-pidfile': {
    type: 'string',
    value: 'file',
    describe: "Write the pid of the infra container's monitor to this file",
    complete: 'file',
  },
  'infra-name': { type: 'string', value: 'name', describe: 'Name of the infra container', complete: 'none' },
  name: {
    type: 'string',
    short: 'n',
    value: 'name',
    describe: 'Name of the pod; a random one unless said',
    complete: 'none',
  },
})

export const podCreateOptions = defineOptions({
  ...podNetworkOptions,
  ...podChangeOptions,
  'exit-policy': {
    type: 'string',
    value: 'policy',
    describe: 'When the last container has ended: continue, or stop the pod',
    complete: 'none',
  },
  infra: { type: 'boolean', default: true, describe: 'Make an infra container, by which namespaces are shared' },
  'infra-image': {
    type: 'string',
    value: 'image',
    describe: 'Make the infra container of this image; it needs none',
    complete: 'image',
  },
  'pod-id-file': { type: 'string', value: 'file', describe: "Write the pod's id to this file", complete: 'file' },
  replace: { type: 'boolean', describe: 'Remove a pod of the same name first' },
  share: {
    type: 'string',
    value: 'namespaces',
    default: 'ipc,net,uts',
    describe: 'What its containers share: cgroup, ipc, net, pid, uts, or none; + adds to the usual ones',
    complete: 'none',
  },
  'share-parent': { type: 'boolean', default: true, describe: "Put its containers into the pod's control group" },
})

type PodInvocation = Invocation<typeof podCreateOptions>

/** What containers' flags of these names are. */
function pick<K extends keyof typeof containerOptions>(...names: readonly K[]): Pick<typeof containerOptions, K> {
  return Object.fromEntries(names.map((name) => [name, containerOptions[name]])) as Pick<typeof containerOptions, K>
}

/** @throws invalid, in podman's words, before anything is done */
export function toPodPlan(invocation: PodInvocation, settings: Settings): PodPlan {
  const { options, given } = invocation
  const name = nameOf(invocation)
  const hasInfra = options.infra && !(!given.has('infra') && ['none', ''].includes(options.share))
  if (!hasInfra) refuseWithoutInfra(invocation)
  const shares = hasInfra ? sharesOf(invocation) : []
  const infra = hasInfra ? infraOf(invocation, settings) : undefined
  const { spec, limits } = asContainer(invocation, settings)
  return {
    labels: labelsOf(invocation as unknown as ContainerInvocation),
    createCommand: ['gantry', ...process.argv.slice(2)],
    exitPolicy: exitPolicyOf(options['exit-policy'] ?? settings.podExitPolicy),
    restart: spec.restart,
    shares,
    isGroupShared: options['share-parent'],
    limits,
    isReplacing: options.replace,
    ...defined({
      name,
      infra,
      hostname: options.hostname || undefined,
      groupParent: options['cgroup-parent'] || undefined,
      idFile: options['pod-id-file'] === undefined ? undefined : resolve(options['pod-id-file']),
    }),
  }
}

function nameOf({ options, args }: PodInvocation): string | undefined {
  if (args.length > 0 && options.name) {
    throw invalid('flags-conflict', 'cannot specify --name and NAME at the same time')
  }
  const name = (args[0] ?? options.name) || undefined
  if (options.replace && name === undefined) {
    throw invalid('replace-without-name', 'cannot replace pod without --name being set')
  }
  return name
}

/** podman's order and words. */
function refuseWithoutInfra({ options, given }: PodInvocation): void {
  const lone = 'without an infra container'
  if (given.has('no-hosts')) throw invalid('infra-missing', `cannot specify --no-hosts ${lone}`)
  if (given.has('infra-name')) throw invalid('infra-missing', `cannot set infra-name ${lone}`)
  if (given.has('share') && !['none', ''].includes(options.share)) {
    throw invalid('infra-missing', `cannot set share(${options.share}) namespaces ${lone}`)
  }
  if (options.publish.length > 0) {
    throw invalid('infra-missing', 'you must have an infra container to publish port bindings to the host')
  }
  const flag = [...Object.keys(podNetworkOptions), ...infraFlags].find((one) => given.has(one))
  if (flag !== undefined) throw invalid('infra-missing', `cannot set --${flag} ${lone}`)
}

const infraFlags = (
  'infra-command infra-conmon-pidfile infra-image hostname pid userns uidmap gidmap subuidname subgidname uts volume ' +
  'volumes-from device gpus security-opt shm-size shm-size-systemd sysctl'
).split(' ')

/** @throws invalid `share-invalid` */
function sharesOf({ options }: PodInvocation): PodNamespace[] {
  const { share } = options
  const usual = share.startsWith('+') ? ['ipc', 'net', 'uts'] : []
  const words = [...usual, ...share.replace(/^\+/, '').split(',')].filter((word) => word !== 'none' && word !== '')
  const shares = words.map((word) => {
    const known = podNamespaces.find((one) => one === word)
    if (known !== undefined) return known
    const way = 'Options are: cgroup, ipc, net, pid, uts or none'
    throw invalid('share-invalid', `invalid kernel namespace to share: ${word}. ${way}`)
  })
  if (shares.includes('cgroup') && options['share-parent']) {
    const message =
      "cannot define the pod as the cgroup parent at the same time as joining the infra container's cgroupNS"
    throw invalid('share-invalid', `${message}: invalid argument`)
  }
  return [...new Set(shares)]
}

function exitPolicyOf(text: string): 'continue' | 'stop' {
  if (text === 'continue' || text === 'stop') return text
  throw invalid(
    'exit-policy-invalid',
    `running pod create option: invalid pod exit policy: ${JSON.stringify(text)}`,
    'Say continue or stop.',
  )
}

/** The same flags mean what they mean for a container. */
function asContainer(
  invocation: PodInvocation,
  settings: Settings,
): { spec: ContainerSpec; limits: PodPlan['limits'] } {
  const { name: _name, replace: _replace, 'pod-id-file': _file, ...shared } = invocation.options
  const options = { ...defaultsOf(containerOptions), ...shared } as unknown as ContainerInvocation['options']
  const given = new Set([...invocation.given].filter((name) => !own.has(name)))
  const asked: ContainerInvocation = { ...invocation, options, given, args: ['infra'] }
  return { spec: toContainerSpec(asked, settings), limits: limitsOf(asked) }
}

const own = new Set(['name', 'replace', 'pod-id-file'])

/** Of flags that were not given. */
export function defaultsOf(table: OptionTable): Record<string, unknown> {
  const entries = Object.entries(table).map(([name, { type, default: fallback }]) => {
    const empty = type === 'boolean' ? false : type === 'strings' ? [] : undefined
    return [name, fallback ?? empty]
  })
  return Object.fromEntries(entries)
}

function infraOf(invocation: PodInvocation, settings: Settings): ContainerSpec {
  const { options } = invocation
  const { spec } = asContainer(invocation, settings)
  const image = options['infra-image'] || settings.infraImage
  const command = options['infra-command'] ?? (image === undefined ? '/pause' : undefined)
  const monitor = options['infra-conmon-pidfile']
  return {
    ...spec,
    ...defined({ name: options['infra-name'] || undefined }),
    labels: {},
    source:
      image === undefined
        ? { kind: 'pause' }
        : { kind: 'image', reference: image, pull: settings.containerDefaults.pullPolicy },
    process: {
      ...spec.process,
      command: [],
      ...(command === undefined ? {} : { entrypoint: shellWords(command) }),
    },
    mounts: { ...spec.mounts, isRootReadOnly: true, hasWritableTmpfs: false },
    ...(monitor === undefined ? {} : { pidFiles: { monitor: resolve(monitor) } }),
  }
}
