// As much of a shell's grammar as examples in help use: quotes, pipes, lists, redirections, `<(…)` and `$(…)`.

/** The arguments of each call of gantry in a line of shell. */
export function examplesOf(line: string): string[][] {
  return commandsOf(line).flatMap((words) => {
    const at = words.indexOf('gantry')
    return at === -1 ? [] : [words.slice(at + 1)]
  })
}

/** Simple commands, without their redirections; a comment ends the line. */
function commandsOf(line: string): string[][] {
  const commands: string[][] = [[]]
  const tokens = line.matchAll(/\s+#.*$|<\(|\$\(|[|&;()]+|\d*[<>]+\s*\S+|(?:'[^']*'|"[^"]*"|\\.|[^\s'"|&;()<>\\])+/g)
  for (const [token] of tokens) {
    if (/^\s*#/.test(token)) break
    if (/^(?:<\(|\$\(|[|&;()]+)$/.test(token)) commands.push([])
    else if (!/^\d*[<>]/.test(token)) commands.at(-1)?.push(unquote(token))
  }
  return commands
}

function unquote(word: string): string {
  return word.replaceAll(/'([^']*)'|"([^"]*)"|\\(.)/g, (_all, single, double, escaped) => single ?? double ?? escaped)
}
