// "Did you mean": the known word that differs least from what was typed.

/** Undefined where nothing is near: more than two letters differ, or half of a short word. Case does not count. */
export function nearestWord(typed: string, known: readonly string[]): string | undefined {
  if (typed.length > 40) return undefined
  const rated = known.map((word) => ({ word, distance: distance(typed.toLowerCase(), word.toLowerCase()) }))
  const best = rated.sort((a, b) => a.distance - b.distance)[0]
  const limit = Math.min(2, Math.floor(typed.length / 2))
  return best !== undefined && best.distance <= limit ? best.word : undefined
}

export function didYouMean(typed: string, known: readonly string[]): { hint: string } | object {
  const word = nearestWord(typed, known)
  return word === undefined ? {} : { hint: `Did you mean ${word}?` }
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
function distance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const plain = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + cost)
      row.push(isSwap ? Math.min(plain, at(beforeLast, j - 2) + 1) : plain)
    }
    beforeLast = last
    last = row
  }
  return at(last, to.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] as number
}
