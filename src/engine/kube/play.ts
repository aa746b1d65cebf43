// kube play: volumes and secrets first, then pod by pod, each made whole before it is started.

import { defined } from '../../base/defined.ts'
import { invalid } from '../../base/errors.ts'
import { readNetwork } from '../../network/record/store.ts'
import type { LogFacet } from '../../spec/log.ts'
import type { PortMapping } from '../../spec/network.ts'
import type { Engine } from '../engine.ts'
import type { RegistryAccess } from '../image/registry-session.ts'
import { create as createNetwork } from '../network/create.ts'
import type { Annotations } from './annotations.ts'
import type { ImageBuilds } from './build-images.ts'
import { playClaim } from './claim.ts'
import { type PlayedPod, playPod } from './play-pod.ts'
import { kubeNetwork, type PodWishes } from './pod-plan.ts'
import type { KubeData, Manifest } from './read-manifest.ts'
import type { ServiceRequest } from './service.ts'
import { storeSecret } from './stored-secret.ts'

export interface PlayRequest {
  readonly manifest: Manifest
  /** Beside those of the manifest. */
  readonly configMaps: readonly KubeData[]
  /** Refuses what is not honoured instead of telling of it. */
  readonly isStrict: boolean
  readonly annotations: Annotations
  readonly networks: readonly string[]
  /** One a pod, in their order. */
  readonly addresses: readonly string[]
  readonly macs: readonly string[]
  readonly ports: readonly PortMapping[]
  readonly isAllPublished: boolean
  readonly userNamespace: string
  readonly hasHosts: boolean | undefined
  readonly hasHostname: boolean | undefined
  readonly log: LogFacet
  readonly seccompFolder: string
  readonly access: RegistryAccess
  readonly isStarted: boolean
  /** Containers of the same names go. Pods are the caller's business. */
  readonly isReplacing: boolean
  readonly createCommand: readonly string[]
  /** A container that stands for all pods. */
  readonly service?: ServiceRequest
}

export interface Played {
  /** By name. */
  readonly volumes: readonly string[]
  /** Ids. */
  readonly secrets: readonly string[]
  readonly pods: readonly PlayedPod[]
  /** `isOurs`: containers have told us that they are ready, and we stay as the main process. */
  readonly service?: { readonly id: string; readonly isOurs: boolean }
}

/**
 * What can be refused or can fail before anything of an earlier play has to go: tells what is not honoured, and builds images.
 * Resolves to what is to be played.
 * @throws invalid `manifest-invalid`, `manifest-unhonoured`; as buildImages
 */
export async function preparePlay(engine: Engine, request: PlayRequest, builds?: ImageBuilds): Promise<PlayRequest> {
  const { manifest } = request
  tellUnhonoured(engine, request)
  checkKinds(manifest)
  checkConfigMaps(request)
  if (builds === undefined) return request
  const { buildImages } = await import('./build-images.ts')
  return { ...request, manifest: await buildImages(engine, manifest, builds) }
}

/**
 * A pod that cannot be made leaves nothing; those before it stay, and so does one whose containers cannot all be started.
 * @throws invalid `manifest-invalid`; already-exists `pod-exists`; as the creation of pods, containers, volumes and secrets does
 */
export async function play(engine: Engine, request: PlayRequest): Promise<Played> {
  const { manifest } = request
  const volumes: string[] = []
  for (const claim of manifest.claims) volumes.push(await playClaim(engine, annotated(claim, request)))
  const secrets: string[] = []
  for (const secret of manifest.secrets) secrets.push(await storeSecret(engine, secret))
  return { volumes, secrets, ...(await playPods(engine, request)) }
}

async function playPods(engine: Engine, request: PlayRequest): Promise<Pick<Played, 'pods' | 'service'>> {
  const { manifest, service } = request
  if (service === undefined || manifest.pods.length === 0) return { pods: await playEach(engine, request) }
  const { createService, removeServiceIfUnused } = await import('./service.ts')
  const serviceId = await createService(engine, manifest, service)
  try {
    const pods = await playEach(engine, request, serviceId)
    return { pods, service: { id: serviceId, isOurs: pods.some(({ isAwaited }) => isAwaited) } }
  } catch (error) {
    await removeServiceIfUnused(engine, serviceId)
    throw error
  }
}

async function playEach(engine: Engine, request: PlayRequest, serviceId?: string): Promise<PlayedPod[]> {
  const pods: PlayedPod[] = []
  const pulled = new Set<string>()
  for (const [index, pod] of request.manifest.pods.entries()) {
    if (request.networks.length === 0 && !pod.isHostNetwork) await makeNetwork(engine)
    const wishes = { ...wishesOf(engine, request, index), ...defined({ serviceId }) }
    pods.push(await playPod(engine, { ...request, pulled, pod: annotated(pod, request), ...wishes }))
  }
  return pods
}

function tellUnhonoured({ report }: Engine, { manifest, isStrict }: PlayRequest): void {
  const { unhonoured } = manifest
  if (!isStrict) for (const message of unhonoured) report({ type: 'warning', message })
  else if (unhonoured.length > 0) {
    const way = 'Take it out of the manifest, or leave --strict out.'
    throw invalid('manifest-unhonoured', unhonoured.join('\nError: '), way)
  }
}

function checkKinds({ pods, claims, secrets, configMaps }: Manifest): void {
  if (pods.length + claims.length + secrets.length > 0) return
  const message =
    configMaps.length > 0
      ? 'ConfigMaps in podman are not a standalone object and must be used in a container'
      : 'YAML document does not contain any supported kube kind'
  throw invalid('manifest-empty', message)
}

function checkConfigMaps({ manifest, configMaps }: PlayRequest): void {
  const names = new Set(manifest.configMaps.map(({ name }) => name))
  const twice = configMaps.find(({ name }) => names.has(name))
  if (twice === undefined) return
  const where = `the same config map ${twice.name} is present in YAML and in a --configmap file`
  throw invalid('manifest-invalid', `ambiguous configuration: ${where}`)
}

function annotated<T extends { readonly annotations: Annotations }>(object: T, { annotations }: PlayRequest): T {
  return { ...object, annotations: { ...object.annotations, ...annotations } }
}

function wishesOf(
  { report }: Engine,
  { addresses, macs }: PlayRequest,
  index: number,
): Pick<PodWishes, 'address' | 'mac'> {
  for (const [list, what] of [
    [addresses, 'ips'],
    [macs, 'macs'],
  ] as const) {
    if (list.length > 0 && list.length <= index) {
      report({ type: 'warning', message: `No more static ${what} left using a random one` })
    }
  }
  return { address: addresses[index], mac: macs[index] }
}

/** Bridges have names of containers by a DNS server. */
async function makeNetwork(engine: Engine): Promise<void> {
  if (readNetwork(engine.at, engine.settings.network, kubeNetwork) !== undefined) return
  const wanted = { name: kubeNetwork, driver: 'bridge', ipv6_enabled: false, internal: false, dns_enabled: true }
  await createNetwork(engine, wanted, { isExistingFine: true })
}
