// The flags of build → what the engine is asked for, once a platform.

import { availableParallelism } from 'node:os'
import { EngineError, invalid } from '../../base/errors.ts'
import { parseGoBool } from '../../base/go-bool.ts'
import type { BuildObserver } from '../../engine/build/build-progress.ts'
import type { BuildRequest, BuildTime, ImageSettings } from '../../engine/build/build-request.ts'
import type { Engine } from '../../engine/engine.ts'
import type { PullPolicy } from '../../engine/image/pull.ts'
import { targetName } from '../../engine/image/tag.ts'
import { hostPlatform, parsePlatform } from '../../image/platform.ts'
import { gantryVersion } from '../product.ts'
import type { BuildInvocation, PlatformOfBuild } from '../run-build.ts'
import { buildArgs } from './build-args.ts'
import { cacheSettings } from './build-cache.ts'
import { openBuildContexts } from './build-contexts.ts'
import { preprocessed } from './build-cpp.ts'
import { runSettings } from './build-run.ts'
import { parseBuildSecret, parseSsh } from './build-secrets.ts'
import { toKeyAccess } from './encryption.ts'
import { readEnvironment } from './environment.ts'
import { toPlatform } from './platform.ts'
import { toRegistryAccess } from './registry-access.ts'

export interface BuildRequests extends Disposable {
  readonly requests: readonly BuildRequest[]
}

/** @throws invalid or unsupported for what flags say wrong; not-found `dockerfile-missing` */
export async function toBuildRequests(
  engine: Engine,
  invocation: BuildInvocation,
  observer: BuildObserver,
): Promise<BuildRequests> {
  const { options } = invocation
  using stack = new DisposableStack()
  const { context, dockerfile: written, contexts } = stack.use(await openBuildContexts(engine, invocation))
  const dockerfile = await preprocessed(written, { folder: context.folder, flags: options['cpp-flag'] })
  checkIsolation(options.isolation ?? process.env['BUILDAH_ISOLATION'])
  const platforms = platformsOf(invocation)
  const keys = toKeyAccess(options)
  await keys.openKeys?.()
  const hasLayers = layersOf(invocation)
  const common = {
    dockerfile,
    context,
    contexts,
    buildArgs: buildArgs(options),
    target: options.target,
    from: options.from,
    run: runSettings(invocation as never),
    pull: pullPolicy(invocation),
    access: { ...toRegistryAccess(invocation as never), ...keys },
    cache: cacheSettings(options, hasLayers),
    jobs: options.jobs === undefined || options.jobs === 0 ? Math.max(8, availableParallelism() * 2) : options.jobs,
    skipsUnused: options['skip-unused-stages'],
    areVolumesKept: options['compat-volumes'],
    secrets: options.secret.map(parseBuildSecret),
    ssh: options.ssh.map(parseSsh),
    time: timeOf(options),
    image: imageSettings(options, hasLayers),
    observer,
  } satisfies Omit<BuildRequest, 'platform' | 'isPlatformAsked'>
  const requests = platforms.map(({ platform, isAsked }) => ({ ...common, platform, isPlatformAsked: isAsked }))
  const rest = stack.move()
  return { requests, [Symbol.dispose]: () => rest.dispose() }
}

type Options = BuildInvocation['options']

function platformsOf({ options }: BuildInvocation): PlatformOfBuild[] {
  if (options.platform.length === 0) {
    const platform = toPlatform({ options: { ...options, platform: undefined } } as never)
    return [{ platform: platform ?? hostPlatform(), isAsked: platform !== undefined }]
  }
  if (options.arch !== undefined || options.os !== undefined) {
    throw invalid('platform-conflict', 'invalid --platform may not be used with --os, --arch, or --variant')
  }
  return options.platform.map((text) => ({ platform: parsePlatform(text), isAsked: true }))
}

/** BUILDAH_LAYERS speaks where the flag does not. */
function layersOf({ options, given }: BuildInvocation): boolean {
  const configured = process.env['BUILDAH_LAYERS']
  if (given.has('layers') || configured === undefined || configured === '') return options.layers
  return parseGoBool(configured) ?? options.layers
}

/** All isolation is the OCI runtime's. @throws unsupported `isolation-unsupported` */
function checkIsolation(text: string | undefined): void {
  if (text === undefined || ['', 'default', 'oci', 'rootless'].includes(text)) return
  if (text !== 'chroot') throw invalid('isolation-invalid', `unrecognized isolation type ${JSON.stringify(text)}`)
  throw new EngineError({
    kind: 'unsupported',
    code: 'isolation-unsupported',
    message: '--isolation chroot is not supported: RUN is kept apart by the OCI runtime',
  })
}

function pullPolicy({ options, given }: BuildInvocation): PullPolicy {
  if (options['pull-always']) return 'always'
  if (options['pull-never']) return 'never'
  if (!given.has('pull')) return 'missing'
  const policies: Readonly<Record<string, PullPolicy>> = {
    true: 'always',
    always: 'always',
    false: 'missing',
    missing: 'missing',
    ifmissing: 'missing',
    never: 'never',
    newer: 'newer',
    ifnewer: 'newer',
  }
  const policy = policies[(options.pull ?? 'true').toLowerCase()]
  if (policy !== undefined) return policy
  throw invalid('pull-policy-invalid', `unrecognized pull policy ${JSON.stringify(options.pull)}`)
}

function timeOf(options: Options): BuildTime {
  const { timestamp } = options
  const epoch = options['source-date-epoch'] ?? process.env['SOURCE_DATE_EPOCH']
  if (timestamp !== undefined) {
    return { createdAt: dateOf(timestamp), tree: { seconds: timestamp, isLimit: false } }
  }
  if (epoch === undefined || epoch === '') return { createdAt: undefined, tree: undefined }
  if (!/^-?\d+$/.test(epoch)) throw invalid('flag-invalid', `SOURCE_DATE_EPOCH ${JSON.stringify(epoch)} is no number`)
  const seconds = Number(epoch)
  return {
    createdAt: dateOf(seconds),
    tree: options['rewrite-timestamp'] ? { seconds, isLimit: true } : undefined,
  }
}

function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) throw invalid('flag-invalid', `--timestamp ${seconds} is no time`)
  return date.toISOString().replace('.000Z', 'Z')
}

function imageSettings(options: Options, hasLayers: boolean): ImageSettings {
  const format = process.env['BUILDAH_FORMAT'] ?? options.format
  if (format !== 'oci' && format !== 'docker') {
    throw invalid('format-invalid', `unrecognized image type ${JSON.stringify(format)}: it is oci or docker`)
  }
  if (options.squash && options['squash-all']) {
    throw invalid('flags-conflict', 'cannot specify --squash-all with --squash')
  }
  return {
    format,
    names: [...new Set(options.tag.map(targetName))],
    typedName: options.tag[0],
    labels: {
      ...(options['identity-label'] ? { 'io.buildah.version': gantryVersion() } : {}),
      ...Object.fromEntries(options.label.map(pairOf)),
    },
    annotations: Object.fromEntries(options.annotation.map(pairOf)),
    environment: readEnvironment({ files: [], entries: options.env }),
    unsetEnvironment: options.unsetenv,
    unsetLabels: options.unsetlabel,
    squash: options['squash-all'] ? 'all' : options.squash || !hasLayers ? 'new' : 'layers',
    hasHistory: !options['omit-history'],
    ...(options['os-version'] === undefined ? {} : { osVersion: options['os-version'] }),
    osFeatures: options['os-feature'],
  }
}

function pairOf(text: string): [string, string] {
  const equals = text.indexOf('=')
  return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)]
}
