// Go's text/template as podman's users meet it in --format: Go's language and builtin functions, podman's own beside them.

import { builtinFunctions } from './go-template-builtins.ts'
import type { FunctionTable } from './go-template-frame.ts'
import { parseTemplate } from './go-template-parse.ts'
import { podmanFunctions } from './go-template-podman.ts'
import { runTemplate } from './go-template-run.ts'

export interface CompiledTemplate {
  /** @throws invalid `template-failed`, in Go's words */
  readonly execute: (data: unknown) => string
}

export interface TemplateSource {
  /** In messages. */
  readonly name: string
  readonly text: string
  /** A command's own, which win over the others. */
  readonly functions?: FunctionTable
}

/** @throws invalid `template-malformed`, in Go's words */
export function compileTemplate({ name, text, functions = {} }: TemplateSource): CompiledTemplate {
  const table: FunctionTable = { ...builtinFunctions, ...podmanFunctions, ...functions }
  const known = new Set([...Object.keys(table), 'and', 'or'])
  const template = parseTemplate({ name, text, functions: known })
  return { execute: (data) => runTemplate(template, data, table) }
}
