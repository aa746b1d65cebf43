// Blobs on their way. A terminal shows one line per blob, redrawn in place; anything else gets one plain line per blob, when it begins
// and when it was there already, as podman prints them.

import { shortId } from '../../base/ids.ts'
import type { Report } from '../../base/report.ts'
import { humanSize } from '../../base/size.ts'
import { isTerminal } from '../../os/terminal.ts'
import { complain } from './print.ts'

type BlobProgress = Extract<Report, { type: 'blob-progress' }>

const blobs = new Map<string, BlobProgress>()
const announced = new Set<string>()
let drawnLines = 0
let drawnAt = 0
const redrawMs = 80
const barWidth = 24

export function blobProgress(report: BlobProgress): void {
  if (!isTerminal(2)) return plainLine(report)
  const before = blobs.get(report.digest)
  blobs.set(report.digest, report)
  if (before?.status === report.status && Date.now() - drawnAt < redrawMs) return
  draw()
}

/** Before other lines are printed: the bars step aside and are drawn again below. Finished ones stay. */
export function clearBars(): void {
  if (drawnLines === 0) return
  complain(`\x1b[${drawnLines}A\x1b[J`)
  for (const [digest, report] of blobs) {
    if (!isFinished(report)) continue
    complain(`${blobLine(report)}\n`)
    blobs.delete(digest)
  }
  drawnLines = 0
}

/** `Copying blob 5eb2b1b0 [=====>      ] 12.3MB / 40MB` */
function blobLine(report: BlobProgress): string {
  const name = `Copying blob ${shortId(report.digest)}`
  switch (report.status) {
    case 'waiting':
      return `${name} waiting`
    case 'exists':
      return `${name} skipped: already exists`
    case 'done':
      return `${name} done`
    case 'unpacking':
      return `${name} unpacking`
    case 'transferring':
      return `${name} ${bar(report)}`
  }
}

function plainLine(report: BlobProgress): void {
  if (announced.has(report.digest) || report.status === 'waiting') return
  announced.add(report.digest)
  const name = `Copying blob ${report.digest}`
  complain(report.status === 'exists' ? `${name} skipped: already exists\n` : `${name}\n`)
}

function draw(): void {
  const up = drawnLines === 0 ? '' : `\x1b[${drawnLines}A`
  const lines = Array.from(blobs.values(), (report) => `${blobLine(report)}\x1b[K\n`)
  complain(up + lines.join(''))
  drawnLines = lines.length
  drawnAt = Date.now()
}

function bar({ doneBytes, totalBytes }: BlobProgress): string {
  if (totalBytes === undefined || totalBytes === 0) return humanSize(doneBytes)
  const filled = Math.min(barWidth, Math.floor((doneBytes / totalBytes) * barWidth))
  const drawn =
    filled === barWidth ? '='.repeat(barWidth) : `${'='.repeat(filled)}>${' '.repeat(barWidth - filled - 1)}`
  return `[${drawn}] ${humanSize(doneBytes)} / ${humanSize(totalBytes)}`
}

function isFinished({ status }: BlobProgress): boolean {
  return status === 'done' || status === 'exists'
}
