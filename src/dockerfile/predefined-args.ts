// ARGs that need no declaration: the platforms', usable in FROM; the proxies', which every RUN sees and nothing records.

export interface PlatformWords {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

const proxies = new Set(['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy', 'all_proxy'])

export function isProxyArg(name: string): boolean {
  return proxies.has(name.toLowerCase()) && (name === name.toLowerCase() || name === name.toUpperCase())
}

export interface PlatformArgs {
  readonly buildArgs: ReadonlyMap<string, string>
  readonly targetPlatform: PlatformWords
  readonly buildPlatform: PlatformWords
  readonly targetStage?: string
}

/** A build arg of the same name wins. */
export function platformArgs({
  buildArgs,
  targetPlatform,
  buildPlatform,
  targetStage,
}: PlatformArgs): Map<string, string> {
  const own = [
    ...prefixed('BUILD', buildPlatform),
    ...prefixed('TARGET', targetPlatform),
    ['TARGETSTAGE', targetStage ?? 'default'] as const,
  ]
  return new Map(own.map(([name, value]) => [name, buildArgs.get(name) ?? value]))
}

function prefixed(prefix: string, { os, architecture, variant }: PlatformWords): (readonly [string, string])[] {
  const whole = [os, architecture, ...(variant === undefined ? [] : [variant])].join('/')
  return [
    [`${prefix}PLATFORM`, whole],
    [`${prefix}OS`, os],
    [`${prefix}OSVERSION`, ''],
    [`${prefix}ARCH`, architecture],
    [`${prefix}VARIANT`, variant ?? ''],
  ]
}
