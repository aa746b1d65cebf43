// The flags of run and create, and what they ask for: one group of flags a facet.

import type { CreateOptions } from '../../engine/container/create.ts'
import { checkName } from '../../engine/container/name.ts'
import type { ContainerDefaults, Settings } from '../../engine/settings.ts'
import { labelOfService } from '../../os/own-service.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { cgroupConfOf, cgroupFacet, cgroupOptions } from './container-cgroup.ts'
import {
  annotationsOf,
  checkIdentity,
  cidFileOf,
  identityOptions,
  labelsOf,
  pidFilesOf,
  restartOf,
  sourceOf,
  stopFacet,
} from './container-identity.ts'
import { logFacet, logOptions } from './container-log.ts'
import { deviceFacet, mountFacet, mountOptions } from './container-mounts.ts'
import { namespaceFacet, namespaceOptions } from './container-namespaces.ts'
import { networkFacet, networkMode, networkOptions } from './container-network.ts'
import { notifyFacet, notifyOptions } from './container-notify.ts'
import { podFacet, podOptions } from './container-pod.ts'
import { processFacet, processOptions } from './container-process.ts'
import { refusedOptions, refuseUnsupported } from './container-refused.ts'
import { resourceFacet, resourceOptions } from './container-resources.ts'
import { secretFacet, secretOptions } from './container-secrets.ts'
import { securityFacet, securityOptions } from './container-security.ts'
import { checkUpdatable } from './container-update.ts'
import { decryptionOptions, toKeyAccess, withoutPassphrases } from './encryption.ts'
import { healthOptions } from './health.ts'
import { checkAuthFile, toRetry } from './registry-access.ts'

const honouredOptions = defineOptions({
  attach: {
    type: 'strings',
    short: 'a',
    value: 'stream',
    isCommaSeparated: true,
    describe: 'Attach to stdin, stdout or stderr',
    complete: 'none',
  },
  ...identityOptions,
  ...processOptions,
  ...namespaceOptions,
  ...networkOptions,
  ...mountOptions,
  ...secretOptions,
  ...resourceOptions,
  ...cgroupOptions,
  ...securityOptions,
  ...logOptions,
  ...notifyOptions,
  ...healthOptions,
  ...podOptions,
  ...decryptionOptions,
})

/** Those of `create`; `run` adds its own. */
export const containerOptions: typeof honouredOptions = { ...refusedOptions, ...honouredOptions }

export type ContainerInvocation = Invocation<typeof honouredOptions>

/** `args`: image (or with --rootfs a path), command… @throws invalid or unsupported, in podman's words, before anything is done */
export function toContainerSpec(asked: ContainerInvocation, settings: Settings): ContainerSpec {
  const invocation = withConfigured(asked, settings.containerDefaults)
  const { options, args, given } = invocation
  refuseUnsupported(given)
  checkIdentity(invocation)
  const [first = '', ...command] = args
  const labels = labelsOf(invocation)
  if (!options.rootfs) checkUpdatable(labels, first)
  const name = options.name === undefined || options.name === '' ? undefined : checkName(options.name)
  return {
    ...(name === undefined ? {} : { name }),
    source: sourceOf(invocation, first, settings.containerDefaults.pullPolicy),
    labels: { ...labels, ...labelOfService() },
    annotations: annotationsOf(invocation),
    process: processFacet(invocation, command),
    namespaces: { ...namespaceFacet(invocation), ...networkMode(invocation) },
    network: networkFacet(invocation),
    mounts: mountFacet(invocation),
    secrets: secretFacet(invocation),
    devices: deviceFacet(invocation),
    resources: { ...resourceFacet(invocation), ...cgroupConfOf(invocation) },
    cgroup: cgroupFacet(invocation),
    security: securityFacet(invocation),
    log: logFacet(invocation),
    stop: stopFacet(invocation),
    notify: notifyFacet(invocation),
    isAutoRemoved: options.rm,
    restart: restartOf(invocation),
    ...(options.requires.length === 0 ? {} : { requires: options.requires }),
    ...podFacet(invocation),
    ...pidFilesOf(invocation),
    ...cidFileOf(invocation),
    createCommand: ['gantry', ...withoutPassphrases(process.argv.slice(2), options)],
  }
}

/** Flags whose default is containers.conf's. */
function withConfigured(invocation: ContainerInvocation, defaults: ContainerDefaults): ContainerInvocation {
  const { options, given } = invocation
  const configured = {
    privileged: defaults.isPrivileged,
    'env-host': defaults.isEnvironmentPassed,
    'http-proxy': defaults.areProxiesPassed,
  }
  const unsaid = Object.entries(configured).filter(([name]) => !given.has(name))
  return { ...invocation, options: { ...options, ...Object.fromEntries(unsaid) } }
}

const kernelMemoryWarning = 'The --kernel-memory flag is no longer supported. This flag is a noop.'

/** How the container is to be made. @throws not-found `auth-file-missing` */
export function toCreateOptions({ options, given }: ContainerInvocation): CreateOptions {
  const { authfile } = options
  checkAuthFile(authfile)
  return {
    isReplacing: options.replace,
    ...(given.has('kernel-memory') ? { warnings: [kernelMemoryWarning] } : {}),
    access: {
      ...(authfile === undefined ? {} : { authFile: authfile }),
      ...toKeyAccess(options),
      ...(given.has('retry') || given.has('retry-delay') ? { retry: toRetry({ options, given }) } : {}),
      ...(given.has('tls-verify') ? { isTlsVerified: options['tls-verify'] } : {}),
    },
  }
}
