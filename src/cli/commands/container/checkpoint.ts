// container checkpoint: processes as files, to go on later.

import { invalid } from '../../../base/errors.ts'
import type { CheckpointRequest } from '../../../engine/container/checkpoint.ts'
import type { CheckpointCompression } from '../../../engine/container/export-checkpoint.ts'
import { defineCommand } from '../../command.ts'
import { printReports } from '../../criu-reports.ts'
import { refuseConflicts } from '../../flag-conflicts.ts'
import { allOption, checkTargets, findTargets, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Checkpoint all running containers'),
    compress: {
      type: 'string',
      short: 'c',
      default: 'zstd',
      describe: 'Select compression algorithm (gzip, none, zstd) for checkpoint archive',
      complete: 'none',
    },
    'create-image': { type: 'string', describe: 'Create checkpoint image with specified name', complete: 'none' },
    export: { type: 'string', short: 'e', describe: 'Export the checkpoint image to a tar.gz', complete: 'file' },
    'file-locks': { type: 'boolean', describe: 'Checkpoint a container with file locks' },
    'ignore-rootfs': { type: 'boolean', describe: 'Do not include root file-system changes when exporting' },
    'ignore-volumes': { type: 'boolean', describe: 'Do not export volumes associated with container' },
    keep: { type: 'boolean', short: 'k', describe: 'Keep all temporary checkpoint files' },
    latest: latestOption,
    'leave-running': {
      type: 'boolean',
      short: 'R',
      describe: 'Leave the container running after writing checkpoint to disk',
    },
    'pre-checkpoint': {
      type: 'boolean',
      short: 'P',
      describe: "Dump container's memory information only, leave the container running",
    },
    'print-stats': { type: 'boolean', describe: 'Display checkpoint statistics' },
    'tcp-established': { type: 'boolean', describe: 'Checkpoint a container with established TCP connections' },
    'with-previous': { type: 'boolean', describe: 'Checkpoint container with pre-checkpoint images' },
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'running-container' }],
  description:
    'Needs criu, and root. The container is stopped, and goes on where it was with `container restore`: here, or from an archive or image ' +
    'anywhere that its own image is. An archive holds its memory, secrets too.',
  examples: [
    'gantry container checkpoint web',
    'gantry container checkpoint --export=/backup/web.tar.zst web',
    'gantry container checkpoint --leave-running --create-image web-checkpoint web',
  ],
  async run(open, { options, args, given }) {
    const { all, latest } = options
    const words = { names: args, all, latest }
    checkTargets(words)
    const how = requestOf(options, given.has('compress'))
    const engine = await open()
    const { checkpoint } = await import('../../../engine/container/checkpoint.ts')
    const targets = (await findTargets(engine, words)).filter(
      ({ container }) => !all || container.live.status === 'running',
    )
    if (targets.length > 1 && (how.export ?? how.image) !== undefined) {
      throw invalid('flags-conflict', '--export and --create-image can only be used with one container')
    }
    return printReports(targets, 'checkpoint', {
      hasStatistics: options['print-stats'],
      work: async ({ container }) => checkpoint(engine, { ...how, container }),
    })
  },
})

interface Flags {
  readonly compress: string
  readonly export: string | undefined
  readonly 'create-image': string | undefined
  readonly 'file-locks': boolean
  readonly 'ignore-rootfs': boolean
  readonly 'ignore-volumes': boolean
  readonly keep: boolean
  readonly 'leave-running': boolean
  readonly 'pre-checkpoint': boolean
  readonly 'tcp-established': boolean
  readonly 'with-previous': boolean
}

/** @throws invalid `flags-conflict`, `compression-unknown` */
function requestOf(flags: Flags, isCompressionGiven: boolean): Omit<CheckpointRequest, 'container'> {
  checkFlags(flags, isCompressionGiven)
  const { export: path = '', 'create-image': image = '' } = flags
  return {
    isLeftRunning: flags['leave-running'],
    isAhead: flags['pre-checkpoint'],
    hasPrevious: flags['with-previous'],
    keepsConnections: flags['tcp-established'],
    keepsFileLocks: flags['file-locks'],
    keepsFiles: flags.keep,
    hasRootfs: !flags['ignore-rootfs'] && !flags['pre-checkpoint'],
    hasVolumes: !flags['ignore-volumes'] && !flags['pre-checkpoint'],
    ...(path === '' ? {} : { export: { path, compression: compressionOf(flags.compress) } }),
    ...(image === '' ? {} : { image }),
  }
}

function checkFlags(flags: Flags, isCompressionGiven: boolean): void {
  const { export: path = '', 'create-image': image = '' } = flags
  refuseConflicts([
    [path === '' && isCompressionGiven, '--compress can only be used with --export'],
    [path === '' && flags['ignore-rootfs'], '--ignore-rootfs can only be used with --export'],
    [path === '' && flags['ignore-volumes'], '--ignore-volumes can only be used with --export'],
    [path !== '' && image !== '', '--create-image can not be used with --export'],
    [image !== '' && flags['pre-checkpoint'], '--create-image can not be used with --pre-checkpoint'],
    [flags['with-previous'] && flags['pre-checkpoint'], '--with-previous can not be used with --pre-checkpoint'],
  ])
}

function compressionOf(text: string): CheckpointCompression {
  const name = text.toLowerCase()
  if (name === 'none' || name === 'gzip' || name === 'zstd') return name
  throw invalid(
    'compression-unknown',
    `selected compression algorithm (${JSON.stringify(text)}) not supported. Please select one from: gzip, none, zstd`,
  )
}
