// A label of an image that holds a command for the host, as `runlabel` runs it: its words, with the image's and the container's names
// and a few variables in them.

import { invalid } from '../base/errors.ts'
import { shellWords } from '../base/shell-words.ts'

export interface LabelFacts {
  readonly image: string
  readonly name: string
  /** Further words, which stay as they were typed. */
  readonly args: readonly string[]
  /** All that a label may ask for; others are empty. */
  readonly variables: Readonly<Record<string, string>>
}

/** The program is the first word. @throws invalid `label-command-malformed`, `quote-unclosed` */
export function labelCommand(text: string, { image, name, args, variables }: LabelFacts): [string, ...string[]] {
  const [program, ...words] = shellWords(expand(text, { ...variables, NAME: name, IMAGE: image }))
  if (program === undefined) throw invalid('label-command-malformed', 'the label holds no command')
  const named = words.map((word) => withName(withName(word, 'NAME', name), 'IMAGE', image))
  return [program, ...named, ...args]
}

/** Before the words are known: what is quoted stays one word. */
function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_all, braced: string | undefined, bare: string | undefined) => {
    return variables[braced ?? bare ?? ''] ?? ''
  })
}

/** `NAME`, and `=NAME` at the end, without a dollar. */
function withName(word: string, key: string, value: string): string {
  if (word === key) return value
  return word.endsWith(`=${key}`) ? word.slice(0, -key.length) + value : word
}
