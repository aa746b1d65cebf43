// cp: files and folders between containers, the host and a tar stream.

import { closeSync, createReadStream, readSync } from 'node:fs'
import { Readable } from 'node:stream'
import { invalid } from '../../../base/errors.ts'
import type { CopyOptions, CopyPlace } from '../../../engine/container/copy.ts'
import type { Engine } from '../../../engine/engine.ts'
import { isTerminal } from '../../../os/terminal.ts'
import { defineCommand } from '../../command.ts'
import { print } from '../../render/print.ts'

export default defineCommand({
  options: {
    archive: {
      type: 'boolean',
      short: 'a',
      default: true,
      describe: 'Chown copied files to the primary uid/gid of the destination container',
    },
    extract: { type: 'boolean', isHidden: true, describe: 'Accepted for compatibility: does nothing' },
    overwrite: {
      type: 'boolean',
      describe: 'Allow to overwrite directories with non-directories and vice versa',
    },
    pause: { type: 'boolean', default: true, isHidden: true, describe: 'Accepted for compatibility: does nothing' },
  },
  positionals: [
    { name: '[container:]source-path', complete: 'file' },
    { name: '[container:]dest-path', complete: 'file' },
  ],
  description:
    'One of the two is in a container, running or not. `-` stands for a tar archive from standard input or to standard output. ' +
    '`folder/.` copies what is in the folder. Paths that hold a colon begin with a dot or a slash.',
  examples: [
    'gantry cp web:/etc/nginx .',
    'gantry cp ./page.html web:/usr/share/html/index.html',
    'gantry cp web:/var/log - | tar -x',
    'gantry cp one:/data/. two:/data',
  ],
  async run(open, { options, args: [from = '', to = ''] }) {
    const [source, target] = [parse(from), parse(to)]
    if (source.path === '' || target.path === '') {
      throw invalid(
        'arguments-invalid',
        `invalid arguments ${JSON.stringify(from)}, ${JSON.stringify(to)}: you must specify paths`,
      )
    }
    if (source.container === undefined && target.container === undefined) {
      throw invalid(
        'arguments-invalid',
        'neither path is in a container',
        'Name one: gantry cp CONTAINER:PATH PATH, or gantry cp PATH CONTAINER:PATH',
      )
    }
    const isOut = target.container === undefined && target.path === '-'
    if (isOut && isTerminal(1))
      throw invalid('stdout-is-terminal', 'refusing to write an archive to a terminal. Redirect it')
    const engine = await open()
    const how = { isChowned: options.archive, isOverwriting: options.overwrite }
    await transfer(engine, { from: await toPlace(engine, source), to: await toPlace(engine, target) }, how)
    return 0
  },
})

interface Words {
  /** Undefined: on the host. */
  readonly container: string | undefined
  readonly path: string
}

function parse(text: string): Words {
  const colon = /^[./]/.test(text) ? -1 : text.indexOf(':')
  if (colon === -1) return { container: undefined, path: text }
  return { container: text.slice(0, colon), path: text.slice(colon + 1) }
}

async function toPlace(engine: Engine, { container, path }: Words): Promise<CopyPlace> {
  if (container === undefined) return { kind: 'host', path }
  const { selectContainer } = await import('../../../engine/container/select.ts')
  const { id } = selectContainer(engine, container)
  return { kind: 'container', container: { id, name: container }, path }
}

interface Ends {
  readonly from: CopyPlace
  readonly to: CopyPlace
}

async function transfer(engine: Engine, { from, to }: Ends, options: CopyOptions): Promise<void> {
  const { copy, copyIn, copyOut } = await import('../../../engine/container/copy.ts')
  if (to.kind === 'host' && to.path === '-' && from.kind === 'container') {
    for await (const chunk of copyOut(engine, from)) print(chunk)
  } else if (from.kind === 'host' && from.path === '-' && to.kind === 'container') {
    using archive = await spoolArchive(engine)
    await copyIn(engine, archive.open(), { ...options, to })
  } else await copy(engine, { ...options, from, to })
}

/** Read whole before anything is touched: it may be none, or end half-way. */
async function spoolArchive(engine: Engine): Promise<Disposable & { open(): AsyncIterable<Uint8Array> }> {
  const [{ spool }, { compressionOf, decompress }, { decodeHeader, isZeroBlock }] = await Promise.all([
    import('../../../transport/spool.ts'),
    import('../../../image/decompress.ts'),
    import('../../../image/tar-header.ts'),
  ])
  const fd = await spool(engine.at, [Readable.from(process.stdin, { objectMode: false })], engine.signal)
  const beginning = Buffer.alloc(6)
  const length = readSync(fd, beginning, 0, beginning.length, 0)
  // Opened anew each time: a stream that is left half-way closes what it reads.
  const open = () =>
    decompress(
      createReadStream(`/proc/self/fd/${fd}`, { highWaterMark: 1 << 18 }),
      compressionOf(beginning.subarray(0, length)),
    )
  try {
    const block = await firstBlock(open())
    if (!isZeroBlock(block)) decodeHeader(block)
  } catch (cause) {
    closeSync(fd)
    throw Object.assign(
      invalid('archive-invalid', 'source must be a (compressed) tar archive when copying from stdin'),
      { cause },
    )
  }
  return { open, [Symbol.dispose]: () => closeSync(fd) }
}

async function firstBlock(stream: Readable): Promise<Buffer> {
  let block = Buffer.alloc(0)
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    block = Buffer.concat([block, chunk])
    if (block.length >= 512) return block.subarray(0, 512)
  }
  throw new Error('too short for a tar')
}
