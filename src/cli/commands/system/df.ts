// system df: what images, containers and volumes cost on disk, in podman's tables.

import { humanDuration } from '../../../base/duration.ts'
import { invalid } from '../../../base/errors.ts'
import { shortId } from '../../../base/ids.ts'
import { humanSize } from '../../../base/size.ts'
import type {
  BlobUsage,
  ContainerUsage,
  DiskReport,
  ImageUsage,
  VolumeUsage,
} from '../../../engine/system/disk-usage.ts'
import { isAlive } from '../../../runtime/live-state.ts'
import { defineCommand } from '../../command.ts'
import { print, printJson } from '../../render/print.ts'
import { isJsonFormat, printRows } from '../../render/template.ts'

export default defineCommand({
  options: {
    format: {
      type: 'string',
      value: 'format',
      describe: 'Pretty-print the summary to JSON or using a Go template',
      fields: 'Type Total Active RawSize RawReclaimable TotalCount Size Reclaimable',
    },
    verbose: { type: 'boolean', short: 'v', describe: 'Show detailed information on disk usage' },
  },
  description:
    'Images and volumes are what their files hold, each layer once; containers are blocks on disk, with their logs. Blobs are what images came as, kept for pushing and repair: `image prune --blobs` frees the reclaimable part.',
  examples: ['gantry system df', 'gantry system df -v', "gantry system df --format '{{.Type}} {{.Size}}'"],
  async run(open, { options: { format, verbose } }) {
    const engine = await open()
    if (format !== undefined && verbose) {
      throw invalid('flags-conflict', 'cannot combine --format and --verbose flags')
    }
    const { diskUsage } = await import('../../../engine/system/disk-usage.ts')
    const report = diskUsage(engine)
    if (verbose) printVerbose(report)
    else printSummary(report, format)
    return 0
  },
})

function printSummary(report: DiskReport, format: string | undefined): void {
  const rows = summaryRows(report)
  if (format !== undefined && isJsonFormat(format)) printJson(rows)
  else {
    printRows({
      format: format ?? 'table {{.Type}}\t{{.Total}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}',
      rows,
      headings: {},
      name: 'df',
    })
  }
}

function summaryRows(report: DiskReport) {
  const running = report.containers.filter(({ container }) => isAlive(container.live))
  return [
    summaryRow('Images', {
      total: report.images.length,
      active: report.images.filter((image) => image.containers > 0).length,
      bytes: report.imageBytes,
      reclaimableBytes: report.imageBytes - report.usedImageBytes,
    }),
    summaryRow('Containers', {
      total: report.containers.length,
      active: running.length,
      bytes: report.containerBytes,
      reclaimableBytes: report.containerBytes - report.runningContainerBytes,
    }),
    summaryRow('Local Volumes', volumeSum(report.volumes)),
    summaryRow('Blobs', blobSum(report.blobs)),
    ...buildCacheRows(report.buildCache),
  ]
}

interface Sum {
  readonly total: number
  readonly active: number
  readonly bytes: number
  readonly reclaimableBytes: number
}

function volumeSum(volumes: readonly VolumeUsage[]): Sum {
  const active = volumes.filter(({ links }) => links > 0)
  const sum = (list: readonly VolumeUsage[]) => list.reduce((total, { bytes }) => total + bytes, 0)
  return {
    total: volumes.length,
    active: active.length,
    bytes: sum(volumes),
    reclaimableBytes: sum(volumes) - sum(active),
  }
}

function blobSum({ count, bytes, layerCount, layerBytes }: BlobUsage): Sum {
  return { total: count, active: count - layerCount, bytes, reclaimableBytes: layerBytes }
}

/** Where nothing was ever built there is no such thing. */
function buildCacheRows({ count, active, bytes }: DiskReport['buildCache']) {
  if (count === 0) return []
  return [summaryRow('Build Cache', { total: count, active, bytes, reclaimableBytes: bytes })]
}

function summaryRow(type: string, { total, active, bytes, reclaimableBytes }: Sum) {
  const percent = bytes > 0 ? Math.round((reclaimableBytes / bytes) * 100) : 0
  return {
    Type: type,
    Total: total,
    Active: active,
    RawSize: bytes,
    RawReclaimable: reclaimableBytes,
    TotalCount: total,
    Size: humanSize(bytes),
    Reclaimable: `${humanSize(reclaimableBytes)} (${percent}%)`,
  }
}

function printVerbose(report: DiskReport): void {
  print('Images space usage:\n\n')
  printRows({
    format:
      'table {{.Repository}}\t{{.Tag}}\t{{.ImageID}}\t{{.Created}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}',
    rows: report.images.flatMap(imageRows),
    headings: { ImageID: 'IMAGE ID', SharedSize: 'SHARED SIZE', UniqueSize: 'UNIQUE SIZE' },
  })
  print('\nContainers space usage:\n\n')
  printRows({
    format:
      'table {{.ContainerID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.RWSize}}\t{{.Created}}\t{{.Status}}\t{{.Names}}',
    rows: report.containers.map(containerRow),
    headings: { ContainerID: 'CONTAINER ID', LocalVolumes: 'LOCAL VOLUMES', RWSize: 'SIZE' },
  })
  print('\nLocal Volumes space usage:\n\n')
  printRows({
    format: 'table {{.VolumeName}}\t{{.Links}}\t{{.Size}}',
    rows: report.volumes.map(({ name, links, bytes }) => ({ VolumeName: name, Links: links, Size: humanSize(bytes) })),
    headings: { VolumeName: 'VOLUME NAME' },
  })
}

function imageRows({ record, names, sharedBytes, containers }: ImageUsage) {
  const bytes = record.sizeBytes
  return (names.length === 0 ? ['<none>:<none>'] : names).map((name) => {
    const cut = name.lastIndexOf(':')
    return {
      Repository: name.slice(0, cut),
      Tag: name.slice(cut + 1),
      ImageID: shortId(record.id),
      Created: age(record.createdAt),
      Size: humanSize(bytes),
      SharedSize: humanSize(sharedBytes),
      UniqueSize: humanSize(bytes - sharedBytes),
      Containers: containers,
    }
  })
}

function containerRow({ container, bytes }: ContainerUsage) {
  const { id, name, stored, live } = container
  return {
    ContainerID: shortId(id),
    Image: shortId(stored.image?.id ?? ''),
    Command: stored.spec.process.command.join(' '),
    LocalVolumes: stored.spec.mounts.mounts.filter(({ kind }) => kind === 'volume').length,
    RWSize: humanSize(bytes),
    Created: age(stored.createdAt),
    Status: live.status,
    Names: name,
  }
}

function age(time: string): string {
  return humanDuration((Date.now() - Date.parse(time)) * 1e6)
}
