// What a build's context, or a source of ADD, is: told by the text alone.

import { invalid } from '../../base/errors.ts'

export type ContextSource =
  | { readonly kind: 'stdin' }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'url'; readonly url: URL }
  | GitSource

export interface GitSource {
  readonly kind: 'git'
  /** For git itself, without what the builder reads of it. */
  readonly repository: string
  /** A branch, a tag or a commit; the remote's HEAD where unset. */
  readonly ref?: string
  /** Below the repository's root. */
  readonly subfolder?: string
  /** What the last part of its name is: ADD puts it into a folder of no such name, but errors say it. */
  readonly name: string
}

/** `git@host:path`, as ssh and git have it. */
const scpLike = /^[a-zA-Z0-9._-]+@[a-zA-Z0-9.-]+:(?!\/\/)/

/** @throws invalid `context-invalid` for a git reference that git would take for something else */
export function parseContextSource(text: string): ContextSource {
  if (text === '-') return { kind: 'stdin' }
  return parseRemote(text) ?? { kind: 'path', path: text }
}

/** Undefined for a path. @throws as parseContextSource */
export function parseRemote(text: string): Exclude<ContextSource, { kind: 'stdin' | 'path' }> | undefined {
  if (text.startsWith('github.com/')) return parseGit(`https://${text}`)
  if (scpLike.test(text) || /^(?:git|ssh):\/\//i.test(text)) return parseGit(text)
  if (!/^https?:\/\//i.test(text)) return undefined
  const url = URL.parse(text)
  if (url === null) throw invalid('context-invalid', `'${text}' is no URL`)
  return url.pathname.endsWith('.git') ? parseGit(text) : { kind: 'url', url }
}

function parseGit(text: string): GitSource {
  const hash = text.indexOf('#')
  const [repository, fragment] = hash < 0 ? [text, ''] : [text.slice(0, hash), text.slice(hash + 1)]
  const colon = fragment.indexOf(':')
  const [ref, subfolder] = colon < 0 ? [fragment, ''] : [fragment.slice(0, colon), fragment.slice(colon + 1)]
  if (ref.startsWith('-') || /[\s:+^~?*[\\]/.test(ref)) {
    throw invalid('context-invalid', `'${ref}' is no branch, tag or commit`, 'REPOSITORY#BRANCH:FOLDER')
  }
  const name = (repository.split(/[/:]/).at(-1) ?? '').replace(/\.git$/, '')
  return {
    kind: 'git',
    repository,
    name,
    ...(ref === '' ? {} : { ref }),
    ...(subfolder === '' ? {} : { subfolder }),
  }
}
