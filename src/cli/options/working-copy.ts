// The flags of buildah copy and buildah add → what is to be copied.

import { resolve } from 'node:path'
import { invalid } from '../../base/errors.ts'
import type { CopyInstruction } from '../../dockerfile/instruction.ts'
import type { Engine } from '../../engine/engine.ts'
import { defineOptions, type Invocation, type PositionalSpec } from '../command.ts'
import { printLine } from '../render/print.ts'
import { historyOption } from './working.ts'

export const workingCopyOptions = defineOptions({
  'add-history': historyOption,
  chmod: { type: 'string', value: 'mode', describe: 'Mode of what is copied', complete: 'none' },
  chown: { type: 'string', value: 'user[:group]', describe: 'Owner of what is copied', complete: 'none' },
  contextdir: {
    type: 'string',
    value: 'folder',
    describe: 'Sources are relative to it, and nothing above it is read',
    complete: 'folder',
  },
  exclude: { type: 'strings', value: 'pattern', describe: 'Leave out what matches', complete: 'none' },
  from: {
    type: 'string',
    value: 'image|container',
    describe: 'Take the files from an image or a container',
    complete: 'image',
  },
  ignorefile: {
    type: 'string',
    value: 'file',
    describe: 'Leave out what this file names; with --contextdir',
    complete: 'file',
  },
  parents: { type: 'boolean', describe: 'Keep the folders that the sources lie in' },
  quiet: { type: 'boolean', short: 'q', describe: 'Do not print the digest of what was copied' },
})

export const workingAddOptions = defineOptions({
  ...workingCopyOptions,
  checksum: { type: 'string', value: 'digest', describe: 'What is fetched must have this digest', complete: 'none' },
})

export const copyWords: readonly PositionalSpec[] = [
  { name: 'container', complete: 'container' },
  { name: 'source', isVariadic: true },
]

type CopyInvocation = Invocation<typeof workingCopyOptions> & {
  readonly options: { readonly checksum?: string | undefined }
}

export async function runCopy(
  open: () => Promise<Engine>,
  { options, args }: CopyInvocation,
  kind: 'copy' | 'add',
): Promise<number> {
  const [name = '', ...words] = args
  if (words.length === 0)
    throw invalid('arguments-invalid', 'src must be specified', `gantry buildah ${kind} CONTAINER SOURCE… [TARGET]`)
  const sources = words.length === 1 ? words : words.slice(0, -1)
  const target = words.length === 1 ? '.' : (words.at(-1) as string)
  const { contextdir, ignorefile } = options
  if (ignorefile !== undefined && contextdir === undefined)
    throw invalid('flags-conflict', '--ignorefile needs --contextdir')
  const folder = resolve(contextdir ?? '.')
  const engine = await open()
  const [{ copyIntoWorking }, { selectWorking }, { localContext }] = await Promise.all([
    import('../../engine/working/copy.ts'),
    import('../../engine/working/working-container.ts'),
    import('../../engine/build/local-context.ts'),
  ])
  const { ignored } = ignorefile === undefined ? {} : localContext(folder, {}, ignorefile)
  const digest = await copyIntoWorking(engine, selectWorking(engine, name), {
    instruction: instructionOf(options, { kind, sources, target }),
    folder,
    isConfined: contextdir !== undefined,
    ...(ignored === undefined ? {} : { ignored }),
    addsHistory: options['add-history'],
  })
  if (!options.quiet) printLine(digest)
  return 0
}

function instructionOf(
  { chmod, chown, from, exclude, parents, checksum }: CopyInvocation['options'],
  { kind, sources, target }: Pick<CopyInstruction, 'kind' | 'sources' | 'target'>,
): CopyInstruction {
  const given = Object.entries({ chmod, chown, from, checksum }).filter(
    ([, value]) => value !== undefined && value !== '',
  )
  return {
    kind,
    range: { startLine: 1, endLine: 1 },
    original: '',
    sources,
    heredocs: [],
    target,
    isLink: false,
    keepsParents: parents,
    excluded: exclude,
    keepsGitFolder: false,
    ...(Object.fromEntries(given) as Partial<CopyInstruction>),
  }
}
