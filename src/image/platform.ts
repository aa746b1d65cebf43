// Platforms, `os/architecture[/variant]` in Go's words, and the choice of one entry of an index.

import { EngineError, invalid } from '../base/errors.ts'

export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: '386',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
  mips: 'mips',
  mipsel: 'mipsle',
}

/** Linux on this machine's processor. */
export function hostPlatform(): Platform {
  return normalize({ os: 'linux', architecture: architectures[process.arch] ?? process.arch })
}

/** Whether an image for `own` is what `wanted` asks for; what one of the two does not say fits. */
export function isForPlatform(own: Platform, wanted: Platform): boolean {
  const [has, asked] = [normalize(own), normalize(wanted)]
  if (has.os !== asked.os || has.architecture !== asked.architecture) return false
  return asked.variant === undefined || has.variant === undefined || has.variant === asked.variant
}

/** `linux/arm64/v8`, `arm64` or `linux`; what is not said is the host's. @throws invalid `platform-malformed` */
export function parsePlatform(text: string): Platform {
  const parts = text.split('/')
  if (parts.length > 3 || parts.some((part) => !/^[A-Za-z0-9_.-]+$/.test(part))) {
    throw invalid('platform-malformed', `invalid platform '${text}': must be OS/ARCH or OS/ARCH/VARIANT`)
  }
  const [first = '', architecture, variant] = parts
  if (architecture === undefined) {
    return isOs(first) ? { ...hostPlatform(), os: first } : normalize({ os: 'linux', architecture: first })
  }
  return normalize({ os: first, architecture, ...(variant === undefined ? {} : { variant }) })
}

export function printPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join('/')
}

/** uname's and Debian's words become Go's; the variant that every such processor has is left out. */
export function normalize(platform: Platform): Platform {
  const os = platform.os.toLowerCase()
  const variant = platform.variant?.toLowerCase()
  const [architecture, implied] = normalizeArchitecture(platform.architecture.toLowerCase())
  const known = variant ?? implied
  const isDefault = (architecture === 'arm64' && known === 'v8') || (architecture === 'amd64' && known === 'v1')
  return { os, architecture, ...(known === undefined || isDefault ? {} : { variant: known }) }
}

/**
 * The best entry of an index for `wanted`: exact variant first; an older arm variant next (v7 runs v6); then an entry without
 * variant. Entries without platform count only when nothing has one.
 * @throws not-found `platform-missing`, naming what there is
 */
export function choosePlatform<T extends { readonly platform?: Platform }>(entries: readonly T[], wanted: Platform): T {
  const rated = entries
    .filter((entry) => entry.platform !== undefined)
    .map((entry) => ({ entry, rank: rank(normalize(entry.platform as Platform), normalize(wanted)) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
  const best = rated[0]?.entry ?? (entries.some((entry) => entry.platform !== undefined) ? undefined : entries[0])
  if (best !== undefined) return best
  throw noPlatform(entries, wanted)
}

function rank(offered: Platform, wanted: Platform): number {
  if (offered.os !== wanted.os || offered.architecture !== wanted.architecture) return 0
  if (offered.variant === wanted.variant) return 100
  if (offered.variant === undefined) return 1
  const [have, want] = [variantNumber(offered.variant), variantNumber(wanted.variant ?? defaultVariant(wanted))]
  return have <= want ? 10 + have : 0
}

function defaultVariant(platform: Platform): string {
  return platform.architecture === 'arm' ? 'v7' : 'v0'
}

function variantNumber(variant: string): number {
  const number = Number(variant.replace(/^v/, ''))
  return Number.isFinite(number) ? number : Number.POSITIVE_INFINITY
}

function isOs(word: string): boolean {
  return ['linux', 'windows', 'darwin', 'freebsd', 'wasi'].includes(word.toLowerCase())
}

function normalizeArchitecture(word: string): [string, string | undefined] {
  switch (word) {
    case 'x86_64':
    case 'x86-64':
      return ['amd64', undefined]
    case 'i386':
    case 'i686':
      return ['386', undefined]
    case 'aarch64':
      return ['arm64', undefined]
    case 'armhf':
    case 'armv7l':
      return ['arm', 'v7']
    case 'armel':
    case 'armv6l':
      return ['arm', 'v6']
    default:
      return [word, undefined]
  }
}

function noPlatform(entries: readonly { readonly platform?: Platform }[], wanted: Platform): EngineError {
  const offered = entries.flatMap((entry) => (entry.platform === undefined ? [] : [printPlatform(entry.platform)]))
  const { os, architecture, variant = '' } = wanted
  return new EngineError({
    kind: 'not-found',
    code: 'platform-missing',
    message: `no image found in image index for architecture "${architecture}", variant "${variant}", OS "${os}"`,
    hint: offered.length === 0 ? 'The index is empty.' : `It has: ${[...new Set(offered)].slice(0, 20).join(', ')}`,
  })
}
