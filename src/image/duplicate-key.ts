// Keys that stand twice in one object: JSON.parse takes the last of them, another reader may take the first. Documents that decide
// about trust are refused where two readers could disagree.

/** The first key that an object of `json` has twice. `json` has been parsed: it is well-formed. */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = []
  for (const [token, key] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set())
    else if (token === '}') open.pop()
    else if (key !== undefined) {
      const name = JSON.parse(key) as string
      if (open.at(-1)?.has(name) === true) return name
      open.at(-1)?.add(name)
    }
  }
  return undefined
}
