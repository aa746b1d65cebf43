// manifest annotate: what a list says of an entry, or of itself; its id is printed.

import { invalid } from '../../../base/errors.ts'
import type { Engine } from '../../../engine/engine.ts'
import { defineCommand, type Options } from '../../command.ts'
import {
  listEntryOptions,
  notAPair,
  osFeaturesOption,
  toAnnotations,
  toPlatformNotes,
} from '../../options/list-entry.ts'
import { printLine } from '../../render/print.ts'

const options = {
  ...listEntryOptions,
  index: { type: 'boolean', describe: 'Apply --annotation values to the image index itself' },
  'os-features': osFeaturesOption,
  subject: {
    type: 'string',
    value: 'subject',
    describe: 'Set the image to which the image index refers',
    complete: 'image',
  },
} as const

export default defineCommand({
  options,
  positionals: [
    { name: 'list', complete: 'image' },
    { name: 'image', isOptional: true, complete: 'image' },
  ],
  description: 'The entry is named by its digest, or by the image that it is.',
  examples: [
    'gantry manifest annotate --arch arm64 --variant v8 mylist:v1.11 quay.io/me/app:arm64',
    'gantry manifest annotate --index --annotation org.opencontainers.image.vendor=me mylist:v1.11',
  ],
  async run(open, { options: given, args: [list = '', entry] }) {
    if (list === '') throw invalid('arguments-invalid', 'invalid image name ""')
    checkEntry(entry, given.index)
    const annotations = toAnnotations(given.annotation, notAPair)
    const notes = { annotations, platform: toPlatformNotes(given) }
    if (entry === undefined) refuseForIndex(given)
    else if (given.subject) {
      throw invalid('flags-conflict', 'setting subject for a manifest list requires no instance digest')
    }
    const engine = await open()
    printLine(
      entry === undefined
        ? await annotateIndex(engine, list, { annotations, subject: given.subject })
        : await (await import('../../../engine/manifest/annotate.ts')).annotate(engine, list, { entry, notes }),
    )
    return 0
  },
})

async function annotateIndex(
  engine: Engine,
  list: string,
  { annotations, subject }: { annotations: Readonly<Record<string, string>>; subject: string | undefined },
): Promise<string> {
  const { annotateIndex: annotate } = await import('../../../engine/manifest/annotate.ts')
  return annotate(engine, list, { annotations, ...(subject ? { subject } : {}) })
}

function checkEntry(entry: string | undefined, isIndex: boolean): void {
  if (entry === undefined && !isIndex) {
    throw invalid('arguments-invalid', 'expected an instance digest, image name, or artifact name')
  }
  if (entry !== undefined && isIndex) {
    throw invalid(
      'arguments-invalid',
      `did not expect image or artifact name "${entry}" when modifying the entire index`,
    )
  }
  if (entry === '') {
    throw invalid('arguments-invalid', 'invalid instance digest, image name, or artifact name ""')
  }
}

/** What only an entry has. */
function refuseForIndex(given: Options<typeof options>): void {
  const ofEntries = [
    ['architecture', given.arch],
    ['features', given.features.length > 0],
    ['OS', given.os],
    ['OS features', given['os-features'].length > 0],
    ['OS version', given['os-version']],
    ['variant', given.variant],
  ] as const
  const set = ofEntries.find(([, value]) => value)
  if (set === undefined) return
  throw invalid('flags-conflict', `setting ${set[0]} on an item in a manifest list requires an instance digest`)
}
