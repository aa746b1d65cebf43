// tar-stream, for archives whose members are documents and blobs (docker-archive, oci-archive). Layers do not come this way:
// tar-stream decodes pax values as text, which destroys file capabilities, and knows no sparse members; see tar-reader.ts
// and tar-writer.ts.

import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, type Header, pack } from 'tar-stream'
import { invalid } from '../base/errors.ts'

export interface ArchiveMember {
  readonly name: string
  /** Bytes of the content; 0 for folders and links. */
  readonly size: number
  readonly type: 'file' | 'folder' | 'symlink'
  /** Of a symlink. */
  readonly linkName?: string
}

export interface ArchiveContent extends ArchiveMember {
  /** Exactly `size` bytes. Asked for when its turn comes. */
  readonly content?: () => Readable | Uint8Array
}

const tarTypes = { file: 'file', folder: 'directory', symlink: 'symlink' } as const

/** Writes the members in order, owned by root, dated 1970, so that equal content gives equal archives. */
export async function writeArchive(
  members: Iterable<ArchiveContent> | AsyncIterable<ArchiveContent>,
  out: NodeJS.WritableStream,
): Promise<void> {
  const archive = pack()
  const written = pipeline(archive as unknown as Readable, out)
  // A failing sink must stop the loop below, which otherwise waits for it to drain.
  written.catch((error: Error) => archive.destroy(error))
  for await (const member of members) await writeMember(archive, member)
  archive.finalize()
  await written
}

/**
 * Calls `visit` with each member in order; content that it does not read is skipped.
 * @throws invalid `archive-malformed`
 */
export async function readArchive(
  source: Readable,
  visit: (member: ArchiveMember, content: Readable) => Promise<void>,
): Promise<void> {
  const reader = extract()
  source.once('error', (error) => reader.destroy(error))
  source.pipe(reader)
  try {
    for await (const entry of reader) {
      const { header } = entry
      const member = memberOf(header)
      if (member !== undefined) await visit(member, entry as unknown as Readable)
      entry.resume()
    }
  } catch (error) {
    if (error instanceof Error && /tar|header|Unexpected end/i.test(error.message)) {
      throw invalid('archive-malformed', `not a sound tar archive: ${error.message}`)
    }
    throw error
  } finally {
    source.destroy()
  }
}

async function writeMember(archive: ReturnType<typeof pack>, member: ArchiveContent): Promise<void> {
  const header: Partial<Header> & Pick<Header, 'name'> = {
    name: member.name,
    size: member.size,
    type: tarTypes[member.type],
    mode: member.type === 'folder' ? 0o755 : 0o644,
    mtime: new Date(0),
    ...(member.linkName === undefined ? {} : { linkname: member.linkName }),
  }
  const content = member.content?.()
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: Error | null) => (error ? reject(error) : resolve())
    if (content === undefined || content instanceof Uint8Array) {
      archive.entry(header, Buffer.from(content ?? []), settle)
      return
    }
    const entry = archive.entry(header, settle)
    content.once('error', (error) => entry.destroy(error))
    content.pipe(entry as unknown as NodeJS.WritableStream)
  })
}

function memberOf(header: Header): ArchiveMember | undefined {
  const { name, size = 0 } = header
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      return { name, size, type: 'file' }
    case 'directory':
      return { name, size: 0, type: 'folder' }
    case 'symlink':
      return { name, size: 0, type: 'symlink', linkName: header.linkname ?? '' }
    default:
      return undefined
  }
}
