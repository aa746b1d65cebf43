// container restore: what was checkpointed goes on, in place or from an archive or image.

import { EngineError } from '../../../base/errors.ts'
import type { CheckpointSource } from '../../../engine/container/checkpoint-source.ts'
import type { ImportRequest } from '../../../engine/container/import-checkpoint.ts'
import type { StoredContainer } from '../../../engine/container/stored-container.ts'
import type { Engine } from '../../../engine/engine.ts'
import { defineCommand } from '../../command.ts'
import { printReports } from '../../criu-reports.ts'
import { refuseConflicts } from '../../flag-conflicts.ts'
import { allOption, findTargets, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Restore all checkpointed containers'),
    'file-locks': { type: 'boolean', describe: 'Restore a container with file locks' },
    'ignore-rootfs': {
      type: 'boolean',
      describe: 'Do not apply root file-system changes when importing from exported checkpoint',
    },
    'ignore-static-ip': { type: 'boolean', describe: 'Ignore IP address set via --static-ip' },
    'ignore-static-mac': { type: 'boolean', describe: 'Ignore MAC address set via --mac-address' },
    'ignore-volumes': { type: 'boolean', describe: 'Do not export volumes associated with container' },
    import: {
      type: 'string',
      short: 'i',
      describe: 'Restore from exported checkpoint archive (tar.gz)',
      complete: 'file',
    },
    'import-previous': {
      type: 'string',
      describe: 'Restore from exported pre-checkpoint archive (tar.gz)',
      complete: 'file',
    },
    keep: { type: 'boolean', short: 'k', describe: 'Keep all temporary checkpoint files' },
    latest: latestOption,
    name: {
      type: 'string',
      short: 'n',
      describe: 'Specify new name for container restored from exported checkpoint (only works with image or --import)',
      complete: 'none',
    },
    pod: { type: 'string', describe: 'Not supported yet', isHidden: true },
    'print-stats': { type: 'boolean', describe: 'Display restore statistics' },
    publish: {
      type: 'strings',
      short: 'p',
      isCommaSeparated: true,
      describe: "Publish a container's port, or a range of ports, to the host (default [])",
      complete: 'none',
    },
    'tcp-established': { type: 'boolean', describe: 'Restore a container with established TCP connections' },
  },
  positionals: [
    {
      name: 'container',
      usage: 'CONTAINER|IMAGE [CONTAINER|IMAGE...]',
      isVariadic: true,
      isOptional: true,
      complete: 'container',
    },
  ],
  description:
    'Needs criu, and root. The container gets the addresses back that it had, unless it gets another name. An archive or image says what the ' +
    'container may do on this host: restore only those that you trust.',
  examples: [
    'gantry container restore web',
    'gantry container restore --import=/backup/web.tar.zst --name web-2',
    'gantry container restore web-checkpoint',
  ],
  async run(open, { options, args }) {
    if (options.pod !== undefined) {
      throw new EngineError({ kind: 'unsupported', code: 'flag-unsupported', message: '--pod is not supported yet' })
    }
    checkWords(options, args)
    const engine = await open()
    const targets = await targetsOf(engine, options, args)
    checkImports(options, targets)
    const [{ restore }, { importCheckpoint }, how] = await Promise.all([
      import('../../../engine/container/restore.ts'),
      import('../../../engine/container/import-checkpoint.ts'),
      requestOf(options),
    ])
    return printReports(targets, 'restore', {
      hasStatistics: options['print-stats'],
      work: async ({ container, source }) =>
        source === undefined
          ? restore(engine, { ...how, container: container as StoredContainer })
          : importCheckpoint(engine, { ...how, source }),
    })
  },
})

interface Flags {
  readonly all: boolean
  readonly latest: boolean
  readonly import: string | undefined
  readonly 'import-previous': string | undefined
  readonly 'ignore-rootfs': boolean
  readonly 'ignore-volumes': boolean
  readonly name: string | undefined
  readonly publish: readonly string[]
  readonly keep: boolean
  readonly 'tcp-established': boolean
  readonly 'file-locks': boolean
  readonly 'ignore-static-ip': boolean
  readonly 'ignore-static-mac': boolean
}

/** A container that is here, or what another is made of. */
interface RestoreTarget {
  readonly shown: string
  readonly container?: StoredContainer
  readonly source?: CheckpointSource
}

function checkWords({ import: path, all, latest, name, 'tcp-established': tcp }: Flags, args: readonly string[]): void {
  refuseConflicts([
    [name !== undefined && tcp, '--tcp-established cannot be used with --name'],
    [path !== undefined && (all || latest), 'cannot use --import with --all or --latest'],
    [path !== undefined && args.length > 0, 'cannot use --import with positional arguments'],
    [all && latest, '--all and --latest cannot be used together'],
    [(all || latest) && args.length > 0, '--all or --latest and containers cannot be used together'],
    [args.length === 0 && !all && !latest && path === undefined, 'you must provide at least one name or id'],
    [args.length > 1 && name !== undefined, '--name can only be used with one checkpoint image'],
  ])
}

function checkImports(flags: Flags, targets: readonly RestoreTarget[]): void {
  if (targets.length > 0 && targets.every(({ source }) => source !== undefined)) return
  const only = (flag: string) => `--${flag} can only be used with image or --import`
  refuseConflicts([
    [flags['import-previous'] !== undefined, only('import-previous')],
    [flags['ignore-rootfs'], only('ignore-rootfs')],
    [flags['ignore-volumes'], only('ignore-volumes')],
    [flags.name !== undefined, only('name')],
    [flags.publish.length > 0, only('publish')],
  ])
}

async function targetsOf(engine: Engine, flags: Flags, args: readonly string[]): Promise<RestoreTarget[]> {
  const { all, latest, import: path } = flags
  const { archiveSource } = await import('../../../engine/container/checkpoint-source.ts')
  if (path !== undefined) return [{ shown: path, source: archiveSource(path) }]
  if (all || latest) {
    const { hasCheckpoint } = await import('../../../runtime/live-state.ts')
    const isCheckpointed = ({ id, live }: StoredContainer) => live.status === 'exited' && hasCheckpoint(engine.at, id)
    return (await findTargets(engine, { names: [], all, latest })).filter(
      (target) => latest || isCheckpointed(target.container),
    )
  }
  return Promise.all(args.map(async (text) => namedTarget(engine, text.replace(/^\//, ''))))
}

async function namedTarget(engine: Engine, text: string): Promise<RestoreTarget> {
  const [{ findContainer }, { imageSource }] = await Promise.all([
    import('../../../engine/container/find-container.ts'),
    import('../../../engine/container/checkpoint-source.ts'),
  ])
  const container = findContainer(engine.at, text)
  if (container !== undefined) return { shown: text, container }
  const source = await imageSource(engine, text)
  if (source !== undefined) return { shown: text, source }
  throw new EngineError({
    kind: 'not-found',
    code: 'container-unknown',
    message: `no such container or checkpoint image: ${text}`,
  })
}

async function requestOf(flags: Flags): Promise<Omit<ImportRequest, 'source'>> {
  const { name, 'import-previous': previous } = flags
  const [{ parsePublish }, { archiveSource }] = await Promise.all([
    import('../../../spec/port-text.ts'),
    import('../../../engine/container/checkpoint-source.ts'),
  ])
  return {
    keepsConnections: flags['tcp-established'],
    keepsFileLocks: flags['file-locks'],
    keepsFiles: flags.keep,
    ignoresAddresses: flags['ignore-static-ip'],
    ignoresMacs: flags['ignore-static-mac'],
    hasRootfs: !flags['ignore-rootfs'],
    hasVolumes: !flags['ignore-volumes'],
    ports: flags.publish.flatMap(parsePublish),
    ...(name === undefined ? {} : { name }),
    ...(previous === undefined ? {} : { previous: archiveSource(previous) }),
  }
}
