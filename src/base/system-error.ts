// What the system said, as C and Go programs put it: `open /x: no such file or directory`. Node puts it the other way round, in libuv's words.

/** Where libuv's words are not the C library's. */
const ownWords: Readonly<Record<string, string>> = {
  EISDIR: 'is a directory',
  EEXIST: 'file exists',
  EBUSY: 'device or resource busy',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  EIO: 'input/output error',
  EXDEV: 'invalid cross-device link',
  ENOTEMPTY: 'directory not empty',
}

interface Parts {
  readonly reason: string
  /** `open`, with the path if there is one. */
  readonly call: string
}

/** The message of what Node or the addon threw for a failed system call; undefined for any other error. */
export function systemMessage(error: unknown): string | undefined {
  const parts = partsOf(error)
  return parts === undefined ? undefined : `${parts.call}: ${parts.reason}`
}

/** Without the call and its path. */
export function systemReason(error: unknown): string | undefined {
  return partsOf(error)?.reason
}

function partsOf(error: unknown): Parts | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const [, errno, words, call, path, second] =
    /^(E[A-Z0-9]+): (.*?), ([\w.]+)(?: '(.*?)'(?: -> '(.*)')?)?$/s.exec(error.message) ?? []
  if (errno === undefined || errno !== error.code || words === undefined || call === undefined) return undefined
  const reason = ownWords[errno] ?? `${words.charAt(0).toLowerCase()}${words.slice(1)}`
  return { reason, call: [call, path, second].filter((part) => part !== undefined).join(' ') }
}
