// What a running template carries along, and its errors.

import { type EngineError, invalid } from './errors.ts'
import { type Command, type GoTemplate, type Operand, sourceOf } from './go-template-tree.ts'
import { type GoFunction, goQuote } from './go-value.ts'

export interface TemplateFunction {
  /** Go's parameter types; the last one is repeated when `isVariadic`. */
  readonly parameters: readonly ParameterType[]
  readonly isVariadic?: boolean
  /** Throws a plain Error for what Go's function would return as one. */
  readonly call: GoFunction
}

export type ParameterType = 'any' | 'string' | 'int' | 'strings'

export type FunctionTable = Readonly<Record<string, TemplateFunction>>

export interface Run {
  readonly template: GoTemplate
  readonly functions: FunctionTable
  readonly output: string[]
  depth: number
}

export interface Frame {
  readonly dot: unknown
  readonly variables: { readonly name: string; value: unknown }[]
  readonly templateName: string
}

export interface Failure {
  readonly frame: Frame
  readonly node: Operand | Command
  readonly message: string
}

/** `template: ps:1:2: executing "ps" at <.Foo>: …` */
export function failed({ template }: Run, { frame, node, message }: Failure): EngineError {
  const before = template.text.slice(0, node.at)
  const line = before.split('\n').length
  const column = node.at - (before.lastIndexOf('\n') + 1)
  const place = `${template.name}:${line}:${column}`
  return invalid(
    'template-failed',
    `template: ${place}: executing ${goQuote(frame.templateName)} at <${sourceOf(node)}>: ${message}`,
  )
}
