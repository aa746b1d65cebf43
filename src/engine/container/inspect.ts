// inspect: podman's document of a container, key by key. What podman leaves out when it is empty is there, empty: see engine/go-document.ts.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { ociCapabilities } from '../../spec/capabilities.ts'
import { dependenciesOf } from '../../spec/dependencies.ts'
import { argumentsOf } from '../../spec/process.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { layerDiff } from '../../storage/layer-record.ts'
import type { Engine } from '../engine.ts'
import { bundleConfigPath, readBundleConfig } from './bundle-config.ts'
import { containerSize } from './container-size.ts'
import { hostFacts } from './host-facts.ts'
import { inspectConfig } from './inspect-config.ts'
import { inspectHostConfig } from './inspect-host-config.ts'
import { inspectMounts } from './inspect-mounts.ts'
import { inspectNetwork } from './inspect-network.ts'
import { inspectState } from './inspect-state.ts'
import type { StoredContainer } from './stored-container.ts'

export interface InspectOptions {
  readonly hasSize: boolean
}

/** Lock-free. Capabilities and limits are those that a start on this host would give. */
export function inspect(engine: Engine, container: StoredContainer, { hasSize }: InspectOptions) {
  const { stored, record } = container
  const { spec } = stored
  const config = readBundleConfig(engine.at, container.id)
  const [path = '', ...rest] = argumentsOf(spec, spec.process.init)
  return {
    Id: container.id,
    Created: stored.createdAt,
    Path: path,
    Args: rest.length === 0 ? [path] : rest,
    State: inspectState(engine, container),
    ...inspectSource(stored),
    Pod: spec.pod?.id ?? '',
    ...inspectFiles(engine, container),
    OCIRuntime: stored.runtime.isNamedByPath === true ? stored.runtime.path : stored.runtime.name,
    ConmonPidFile: '',
    PidFile: join(paths.runContainer(engine.at, container.id), containerFiles.run.pid),
    Name: container.name,
    RestartCount: record.restartCount,
    Driver: engine.storage().name === 'vfs' ? 'vfs' : 'overlay',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: config?.process.apparmorProfile ?? '',
    ...inspectCapabilities(engine, container),
    ExecIDs: execSessions(engine, container),
    GraphDriver: graphDriver(engine, container),
    ...inspectSize(engine, container, hasSize),
    Mounts: inspectMounts(engine.at, spec),
    Dependencies: dependenciesOf(container.stored.spec),
    NetworkSettings: inspectNetwork(engine, container),
    Namespace: '',
    IsInfra: spec.pod?.role === 'infra',
    IsService: spec.service !== undefined,
    KubeExitCodePropagation: spec.service?.exitCodes ?? 'invalid',
    lockNumber: 0,
    Config: inspectConfig(engine, container, config),
    HostConfig: inspectHostConfig(engine, container),
    UseImageHosts: false,
    UseImageHostname: false,
  }
}

function inspectSource({ image, spec }: StoredSpec) {
  return {
    Image: image?.id ?? '',
    ImageDigest: image?.digest ?? '',
    ImageName: image?.name ?? '',
    Rootfs: spec.source.kind === 'rootfs' ? spec.source.path : '',
  }
}

function inspectFiles(engine: Engine, { id }: StoredContainer) {
  const folder = paths.container(engine.at, id)
  const ifThere = (path: string) => (existsSync(path) ? path : '')
  const file = (name: string) => ifThere(join(folder, containerFiles.root.files, name))
  return {
    ResolvConfPath: file('resolv.conf'),
    HostnamePath: file('hostname'),
    HostsPath: file('hosts'),
    StaticDir: folder,
    OCIConfigPath: ifThere(bundleConfigPath(engine.at, id)),
  }
}

function inspectCapabilities({ settings }: Engine, { stored }: StoredContainer) {
  const { effective, bounding } = ociCapabilities(stored.spec, hostFacts(settings.isRootless))
  const someOrNull = (names: readonly string[]) => (names.length === 0 ? null : names.toSorted())
  return { EffectiveCaps: someOrNull(effective), BoundingCaps: someOrNull(bounding) }
}

function execSessions(engine: Engine, { id }: StoredContainer): string[] {
  const folder = join(paths.runContainer(engine.at, id), containerFiles.run.exec)
  return absentAsUndefined(() => readdirSync(folder)) ?? []
}

function graphDriver(engine: Engine, { id, stored }: StoredContainer) {
  const folder = paths.container(engine.at, id)
  const merged = join(folder, containerFiles.root.merged)
  const { name } = engine.storage()
  if (name === 'vfs') return { Name: 'vfs', Data: { dir: merged } }
  const lower = stored.layers.map((layer) => layerDiff(engine.at, layer)).reverse()
  return {
    Name: 'overlay',
    Data: {
      LowerDir: lower.join(':'),
      ...(engine.storage().isMounted(id) ? { MergedDir: merged } : {}),
      UpperDir: join(folder, containerFiles.root.upper),
      WorkDir: join(folder, containerFiles.root.work),
    },
  }
}

function inspectSize(engine: Engine, container: StoredContainer, hasSize: boolean) {
  if (!hasSize) return { SizeRw: null, SizeRootFs: 0 }
  const { writtenBytes, rootBytes } = containerSize(engine, container)
  return { SizeRw: writtenBytes, SizeRootFs: rootBytes }
}
