// What was asked for, what the image says, what is configured → what the container is. In that order of strength.

import { defined } from '../base/defined.ts'
import { invalid } from '../base/errors.ts'
import { signalNumber } from '../base/signal-number.ts'
import { checkCapabilityChanges, mergeCapabilities } from './capabilities.ts'
import type { CompleteSpec, ContainerSpec } from './container-spec.ts'
import { expandEntries, mergeEnvironment, variableName } from './environment.ts'
import { completeHealth, type HealthCheck } from './health.ts'
import { checkLimits } from './limits.ts'
import { type CompleteLog, defaultLogFiles, type LogDriver } from './log.ts'
import {
  type CompleteNamespaces,
  checkNamespaces,
  completeNamespaces,
  type NamespaceFacet,
  type NetworkMode,
} from './namespaces.ts'
import { checkNetwork, networkFacetOf } from './network.ts'
import type { CompleteProcess } from './process.ts'
import type { CompleteResources } from './resources.ts'
import { parseSeccompProfile } from './seccomp.ts'
import { seccompLabel } from './security.ts'
import { defaultStopSignal } from './stop.ts'
import { applicableSysctls, checkSysctls } from './sysctls.ts'
import { isSystemdMode, systemdStopSignal } from './systemd-mode.ts'
import { parseUlimits } from './ulimits.ts'
import type { UserNamespaceMode } from './user-namespace.ts'

/** The part of an image's config that a container inherits. */
export interface ImageDefaults {
  readonly user: string
  readonly env: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly workingDir: string
  readonly labels: Readonly<Record<string, string>>
  readonly stopSignal: string
  readonly healthcheck?: HealthCheck
}

/** containers.conf's [containers]. */
export interface ConfiguredDefaults {
  readonly logDriver: LogDriver
  /** 0 is unlimited. */
  readonly logMaxBytes: number
  readonly logTag: string | undefined
  /** 0 or less is unlimited. */
  readonly pidsLimit: number
  readonly stopTimeoutSeconds: number
  readonly capabilities: readonly string[]
  readonly sysctls: Readonly<Record<string, string>>
  readonly ulimits: readonly string[]
  readonly environment: readonly string[]
  readonly hasInit: boolean
  readonly isRootReadOnly: boolean
  readonly oomScoreAdj: number | undefined
  readonly seccompProfile: string | undefined
  readonly shmBytes: number
  readonly timeZone: string | undefined
  readonly umask: string
  readonly userNamespace: UserNamespaceMode
  readonly namespaces: NamespaceFacet
  readonly annotations: Readonly<Record<string, string>>
}

export interface CompletionContext {
  readonly name: string
  /** Undefined for --rootfs. */
  readonly image: ImageDefaults | undefined
  readonly defaults: ConfiguredDefaults
  readonly isUnifiedCgroup: boolean
  /** Where the spec names no network. */
  readonly defaultNetwork: NetworkMode
  /** Who runs it where neither the spec nor (for keep-id) the image decides: see user-namespace.ts. */
  readonly defaultUser: string | undefined
}

/** `container=podman`: what systemd, toolbox and entrypoints test for; we are to be taken for podman there. */
const basicEnvironment = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'container=podman']

/** @throws invalid for what contradicts itself: see the facets' check functions */
export function completeSpec(spec: ContainerSpec, context: CompletionContext): CompleteSpec {
  const { defaults, image } = context
  const namespaces = completeNamespaces(
    { user: defaults.userNamespace, ...defaults.namespaces, ...spec.namespaces },
    context,
  )
  checkLimits(spec.resources)
  const process = completeProcess(spec, context)
  const health = completeHealth(spec, image?.healthcheck)
  const complete: CompleteSpec = {
    ...spec,
    name: context.name,
    labels: { ...image?.labels, ...spec.labels },
    annotations: { ...defaults.annotations, ...spec.annotations },
    process,
    namespaces,
    mounts: {
      ...spec.mounts,
      isRootReadOnly: spec.mounts.isRootReadOnly ?? defaults.isRootReadOnly,
      hasWritableTmpfs: spec.mounts.hasWritableTmpfs ?? true,
      shmBytes: spec.mounts.shmBytes ?? defaults.shmBytes,
    },
    resources: completeResources(spec, defaults, namespaces),
    security: completeSecurity(spec, context),
    log: completeLog(spec, defaults),
    stop: {
      signal: spec.stop.signal ?? imageSignal(image) ?? (process.isSystemd ? systemdStopSignal : defaultStopSignal),
      timeoutSeconds: spec.stop.timeoutSeconds ?? defaults.stopTimeoutSeconds,
      lifetimeSeconds: spec.stop.lifetimeSeconds ?? 0,
    },
    ...(health === undefined ? {} : { health }),
  }
  checkNamespaces(complete)
  checkNetwork(namespaces.network, networkFacetOf(complete))
  return complete
}

function completeProcess({ process }: ContainerSpec, context: CompletionContext): CompleteProcess {
  const { defaults, image } = context
  const command = completeCommand(process, image)
  return {
    ...process,
    ...programAndUser(process, context),
    command,
    isSystemd: isSystemdMode({ ...process, command }),
    environment: completeEnvironment(process, { defaults, image }),
    init: process.init ?? defaults.hasInit,
    workdir: process.workdir ?? (image?.workingDir || '/'),
    isWorkdirMade: process.workdir === undefined,
    timeZone: process.timeZone ?? defaults.timeZone ?? '',
    umask: process.umask ?? defaults.umask,
  }
}

function programAndUser(
  { entrypoint, user }: ContainerSpec['process'],
  { image, defaultUser }: CompletionContext,
): Pick<CompleteProcess, 'entrypoint' | 'user'> {
  return defined({
    entrypoint: entrypoint ?? image?.entrypoint,
    user: user ?? defaultUser ?? (image?.user || undefined),
  })
}

/** An entrypoint of the user's own leaves nothing of the image's command. */
function completeCommand(
  { entrypoint = [], command = [] }: ContainerSpec['process'],
  image: ImageDefaults | undefined,
): readonly string[] {
  return command.length > 0 || entrypoint.length > 0 ? command : (image?.cmd ?? [])
}

function completeEnvironment(
  { environment, environmentMerge = [], unsetEnvironment = [], hasTerminal }: ContainerSpec['process'],
  { defaults, image }: Pick<CompletionContext, 'defaults' | 'image'>,
): string[] {
  const terminal = hasTerminal ? ['TERM=xterm'] : []
  const inherited = mergeEnvironment(basicEnvironment, terminal, defaults.environment, image?.env ?? [])
  const kept = unsetEnvironment.includes('*')
    ? []
    : inherited.filter((entry) => !unsetEnvironment.includes(variableName(entry)))
  return mergeEnvironment(kept, expandEntries(environmentMerge, kept), environment)
}

function completeResources(
  { resources }: ContainerSpec,
  defaults: ConfiguredDefaults,
  namespaces: CompleteNamespaces,
): CompleteResources {
  checkSysctls(resources.sysctls, namespaces)
  const oomScoreAdj = resources.oomScoreAdj ?? defaults.oomScoreAdj
  return {
    ...resources,
    pidsLimit: resources.pidsLimit ?? defaults.pidsLimit,
    ulimits: completeUlimits(resources.ulimits, defaults.ulimits),
    sysctls: { ...applicableSysctls(defaults.sysctls, namespaces), ...resources.sysctls },
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
  }
}

/** One that is given does not undo the configured ones of other names. */
function completeUlimits(
  given: CompleteResources['ulimits'] | undefined,
  configured: readonly string[],
): CompleteResources['ulimits'] {
  if (given === 'host') return given
  const base = parseUlimits(configured)
  const merged = new Map([...(base === 'host' ? [] : base), ...(given ?? [])].map((limit) => [limit.name, limit]))
  return base === 'host' && merged.size === 0 ? 'host' : [...merged.values()]
}

function completeSecurity(
  { security }: ContainerSpec,
  { defaults, image }: CompletionContext,
): CompleteSpec['security'] {
  checkCapabilityChanges({ add: security.capAdd, drop: security.capDrop })
  const seccomp = security.seccomp ?? defaults.seccompProfile
  return {
    ...security,
    capabilities: mergeCapabilities(defaults.capabilities, { add: security.capAdd, drop: security.capDrop }),
    ...(seccomp === undefined ? {} : { seccomp }),
    ...(security.isSeccompOfImage === true ? { imageSeccomp: seccompOf(image) } : {}),
  }
}

/** @throws invalid `seccomp-missing`, `seccomp-invalid` */
function seccompOf(image: ImageDefaults | undefined): string {
  if (image === undefined) throw invalid('seccomp-missing', 'cannot read seccomp profile without a valid image')
  const text = image.labels[seccompLabel]
  if (!text) {
    const way = 'Leave --seccomp-policy out for the default profile'
    throw invalid('seccomp-missing', `no seccomp policy defined by image: it has no label ${seccompLabel}`, way)
  }
  parseSeccompProfile(text, seccompLabel)
  return text
}

function completeLog({ log }: ContainerSpec, defaults: ConfiguredDefaults): CompleteLog {
  const tag = log.tag ?? defaults.logTag
  return {
    ...log,
    driver: log.driver ?? defaults.logDriver,
    maxBytes: log.maxBytes ?? defaults.logMaxBytes,
    maxFiles: log.maxFiles ?? defaultLogFiles,
    ...(tag === undefined ? {} : { tag }),
  }
}

/** An image with a signal that is none is stopped as any other. */
function imageSignal(image: ImageDefaults | undefined): number | undefined {
  if (image === undefined || image.stopSignal === '') return undefined
  try {
    return signalNumber(image.stopSignal)
  } catch {
    return undefined
  }
}
