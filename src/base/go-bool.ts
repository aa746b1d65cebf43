// Go's strconv.ParseBool.

const truths: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false])),
}

/** Undefined for what is neither. */
export function parseGoBool(text: string): boolean | undefined {
  return Object.hasOwn(truths, text) ? truths[text] : undefined
}
