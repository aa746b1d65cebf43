// The bundle of one start: the small files that are mounted in, what the root file system lacks, and config.json. Everything is
// made anew at each start, below $RUN and containers/<id>/files.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EngineError, invalid } from '../../base/errors.ts'
import { makeRoomBeside } from '../../os/cgroup-files.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { checkSplit, ociCgroupsPath, splitRuntimeGroup } from '../../spec/cgroup.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { OciFacts, WindowSize } from '../../spec/facts.ts'
import { isRemade } from '../../spec/mounts.ts'
import type { OciConfig } from '../../spec/oci-config.ts'
import { parseSeccompProfile, type SeccompProfile } from '../../spec/seccomp.ts'
import { hasSecrets } from '../../spec/secrets.ts'
import { seccompLabel } from '../../spec/security.ts'
import { toOci } from '../../spec/to-oci.ts'
import { idMappings } from '../../spec/user-namespace.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { resolveBlockDevices } from './block-devices.ts'
import { bundlePath, writeBundleConfig } from './bundle-config.ts'
import { callFilterOf, withCallFilter } from './call-filter.ts'
import { cgroupSurroundings, usableControllers } from './cgroup-path.ts'
import { checkMapped } from './check-mapped.ts'
import { writeContainerFiles } from './container-files.ts'
import type { VolumeSetting } from './container-volumes.ts'
import { resolveDevices } from './host-devices.ts'
import { hostFacts, hostName, readSeccompProfile } from './host-facts.ts'
import { type Joined, joinNamespaces } from './joined-namespaces.ts'
import { lackingLimits } from './lacking-limits.ts'
import { checkSources, giveSources, sourceFlags } from './mount-sources.ts'
import type { NetworkFacts } from './network-facts.ts'
import { makeNotifyFolder } from './notification.ts'
import { openWay } from './open-way.ts'
import { enterPodHosts } from './pod-hosts.ts'
import { prepareRoot } from './prepare-root.ts'
import type { StoredContainer } from './stored-container.ts'
import { userSituation } from './user-situation.ts'

export interface BundleFacts {
  readonly rootfs: string
  readonly network: NetworkFacts
  readonly windowSize?: WindowSize | undefined
  /** As the facts have it. */
  readonly activation?: readonly string[]
}

export interface Bundle {
  readonly path: string
  /** The runtime is started under it. */
  readonly callFilter: Buffer | undefined
}

/**
 * The container's lock is held and its root file system is at `rootfs`. Idempotent.
 * @throws invalid `user-unknown`, `user-unmapped`, `workdir-missing`, `mount-source-missing`, `device-unknown`, `init-missing`; conflict `container-state`
 */
export async function writeBundle(engine: Engine, container: StoredContainer, made: BundleFacts): Promise<Bundle> {
  const path = bundlePath(engine.at, container.id)
  makeFolders(path, 0o700)
  const { stored } = container
  const plain = await collectFacts(engine, container, made)
  const { facts, finish } = await withVendorDevices(engine, container, plain)
  const plainConfig = finish(toOci(stored, facts))
  const addressed =
    stored.spec.process.namesPodAddress === true
      ? (await import('./pod-address.ts')).withPodAddress(engine, container, plainConfig)
      : plainConfig
  const whole = await hooked(engine, container, { path, config: addressed })
  const config = withCallFilter(whole, stored.spec, stored.runtime.name)
  writeBundleConfig(engine.at, container.id, config)
  return { path, callFilter: callFilterOf(config) }
}

/** Its devices are devices as others are; the rest of what a vendor wants comes last. */
async function withVendorDevices(
  { settings }: Engine,
  { stored }: StoredContainer,
  facts: OciFacts,
): Promise<{ facts: OciFacts; finish: (config: OciConfig) => OciConfig }> {
  const { cdi } = stored.spec.devices
  if (cdi === undefined) return { facts, finish: (config) => config }
  const { applyEdits, resolveCdi, resolveCdiNodes } = await import('./cdi-devices.ts')
  const edits = await resolveCdi(settings.cdiFolders, cdi)
  const nodes = new Map([...facts.devices, ...resolveCdiNodes(edits, facts.user)].map((node) => [node.path, node]))
  return { facts: { ...facts, devices: [...nodes.values()] }, finish: (config) => applyEdits(config, edits) }
}

/** What only a runtime can run at the end is marked, for the usual end does without the runtime. */
async function hooked(
  engine: Engine,
  container: StoredContainer,
  bundle: { readonly path: string; readonly config: OciConfig },
): Promise<OciConfig> {
  const { hookFolders } = engine.settings
  const config = hookFolders.some((folder) => existsSync(folder))
    ? await (await import('./oci-hooks.ts')).withHooks(hookFolders, container, bundle)
    : bundle.config
  const marker = join(paths.runContainer(engine.at, container.id), containerFiles.run.lastHooks)
  if (config.hooks?.poststop !== undefined) writeFileSync(marker, '')
  return config
}

async function collectFacts(
  engine: Engine,
  container: StoredContainer,
  { rootfs, network, windowSize, activation = [] }: BundleFacts,
): Promise<OciFacts> {
  const { stored } = container
  const { spec } = stored
  const { isRootless } = engine.settings
  checkSources(spec)
  const joined = joinNamespaces(engine.at, container.id, spec)
  const hostname = hostnameOf(spec, container.id, joined)
  const mappings = idMappings(spec.namespaces.user, userSituation(isRootless))
  const { user, workdir } = prepareRoot(container, rootfs)
  const host = hostFacts(isRootless)
  warnOfOomScore(engine, spec, host)
  checkMapped(spec.namespaces.user, user, mappings)
  giveSources(spec, user, mappings)
  if (mappings !== undefined) openWay(rootfs)
  const files = writeContainerFiles(engine, container, {
    hostname,
    rootfs,
    networkOf: joined.networkOf,
    mappings,
    network,
  })
  await enterPodHosts(engine, container, files['/etc/hosts'])
  return {
    ...host,
    id: container.id,
    ...cgroupFacts(container, isRootless),
    rootfs,
    user,
    hostname,
    ...(await setUpExtras(engine, container, { rootfs, user, mappings })),
    workdir,
    isRootless,
    mappings,
    files: { ...files, ...(await hostSecrets(engine, container, mappings)) },
    joined: { ...joined.joined, ...madeNamespaces(engine, container.id, { network, mappings }) },
    sharedShm: joined.sharedShm,
    devices: resolveDevices(spec, isRootless),
    seccomp: seccompOf(spec.security),
    initPath: spec.process.init
      ? findInit(spec.process.initPath ?? engine.settings.containerDefaults.initPath)
      : undefined,
    sourceFlags: sourceFlags(spec),
    notifyFolder: makeNotifyFolder(engine, container),
    activation,
    windowSize,
  }
}

/** What most containers have not got is loaded for those that have. */
async function setUpExtras(
  engine: Engine,
  container: StoredContainer,
  setting: VolumeSetting,
): Promise<Pick<OciFacts, 'volumes' | 'secretFiles' | 'secretEnvironment'>> {
  const { mounts, secrets } = container.stored.spec
  const hasVolumes = mounts.mounts.some((mount) => mount.kind === 'volume' || isRemade(mount))
  const volumes = hasVolumes
    ? await (await import('./container-volumes.ts')).setUpVolumes(engine, container, setting)
    : {}
  if (!hasSecrets(secrets)) return { volumes, secretFiles: {}, secretEnvironment: [] }
  const { setUpSecrets } = await import('./container-secrets.ts')
  return { volumes, ...(await setUpSecrets(engine, container, setting.mappings)) }
}

/** With the network the container's own user namespace is made: set-up-bridges.ts. */
function madeNamespaces(
  { at }: Engine,
  id: string,
  { network, mappings }: Pick<OciFacts, 'mappings'> & { readonly network: NetworkFacts },
): OciFacts['joined'] {
  if (network.path === undefined) return {}
  return { network: network.path, ...(mappings === undefined ? {} : { user: paths.userNamespace(at, id) }) }
}

/** A start may raise the score, and lower it only with privilege. */
function warnOfOomScore(
  { settings, report }: Engine,
  { resources }: CompleteSpec,
  { oomScoreAdj: current }: Pick<OciFacts, 'oomScoreAdj'>,
): void {
  const { oomScoreAdj: asked } = resources
  if (!settings.isRootless || asked === undefined || asked >= current) return
  const message = `Requested oom_score_adj=${asked} is lower than the current one, changing to ${current}`
  report({ type: 'warning', message })
}

async function hostSecrets(
  engine: Engine,
  container: StoredContainer,
  mappings: OciFacts['mappings'],
): Promise<OciFacts['files']> {
  const { mountsConf } = engine.settings
  if (mountsConf === undefined) return {}
  const { copyHostSecrets } = await import('./host-secrets.ts')
  return copyHostSecrets(engine.at, container.id, { mountsConf, mappings })
}

function seccompOf({ seccomp, imageSeccomp }: CompleteSpec['security']): SeccompProfile | undefined {
  if (imageSeccomp !== undefined) return parseSeccompProfile(imageSeccomp, seccompLabel)
  return seccomp === 'unconfined' ? undefined : readSeccompProfile(seccomp)
}

function hostnameOf(spec: CompleteSpec, id: string, joined: Joined): string {
  if (spec.namespaces.uts.kind === 'host') return hostName()
  return joined.hostname ?? spec.process.hostname ?? id.slice(0, 12)
}

function cgroupFacts(
  { id, stored }: StoredContainer,
  isRootless: boolean,
): Pick<OciFacts, 'isUnifiedCgroup' | 'controllers' | 'lacking' | 'blockDevices' | 'cgroupsPath'> {
  const at = cgroupSurroundings(stored.cgroupManager, isRootless)
  const { cgroup, resources } = stored.spec
  checkSplit(cgroup, at)
  if (cgroup.mode === 'split' && at.isUnified) makeRoomBeside(at.own, splitRuntimeGroup)
  return {
    isUnifiedCgroup: at.isUnified,
    controllers: usableControllers(at),
    lacking: lackingLimits(resources, at.isUnified),
    blockDevices: resolveBlockDevices(resources),
    cgroupsPath: ociCgroupsPath(id, cgroup, at),
  }
}

const initPaths = [
  '/usr/libexec/podman/catatonit',
  '/usr/bin/catatonit',
  '/usr/libexec/catatonit/catatonit',
  '/usr/bin/tini',
  '/sbin/tini',
]

function findInit(configured: string | undefined): string {
  if (configured !== undefined && configured !== '' && !existsSync(configured)) throw initMissing(configured)
  const found = configured || initPaths.find((path) => existsSync(path))
  if (found === undefined) throw initMissing('catatonit')
  return found
}

function initMissing(what: string): EngineError {
  return invalid(
    'init-missing',
    `container-init binary not found on the host: ${what}`,
    'Install it: apt install catatonit',
  )
}
