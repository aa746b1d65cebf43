// WWW-Authenticate (RFC 9110, 11.6.1) as registries send it.

export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string
  readonly parameters: Readonly<Record<string, string>>
}

const maxHeaderLength = 8192

/** All challenges of the header, in order; what cannot be read is left out. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  const token = /\s*,?\s*(?:([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([\w-]+))/gy
  const text = header.slice(0, maxHeaderLength)
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [, key, quoted, plain, scheme] = match
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} })
    else if (key !== undefined) {
      const current = challenges.at(-1)
      if (current !== undefined) current.parameters[key.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? ''
    }
  }
  return challenges
}
