// What a parsed template is, and how Go writes its parts back in messages.

import { goQuote } from './go-value.ts'

export interface GoTemplate {
  readonly name: string
  readonly text: string
  readonly root: readonly TemplateNode[]
  /** By `define` and `block`. */
  readonly defined: ReadonlyMap<string, readonly TemplateNode[]>
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | BranchNode
  | { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined; readonly at: number }
  | { readonly kind: 'break' | 'continue' }

export interface BranchNode {
  readonly kind: 'if' | 'range' | 'with'
  readonly pipe: Pipe
  readonly list: readonly TemplateNode[]
  readonly elseList: readonly TemplateNode[]
}

export interface Pipe {
  readonly kind: 'pipe'
  readonly at: number
  readonly isAssignment: boolean
  readonly variables: readonly string[]
  readonly commands: readonly Command[]
}

export interface Command {
  readonly kind: 'command'
  readonly at: number
  readonly args: readonly Operand[]
}

export type Operand = { readonly at: number } & (
  | { readonly kind: 'dot' | 'nil' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean; readonly source: string }
  | { readonly kind: 'field'; readonly names: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'chain'; readonly base: Operand; readonly names: readonly string[] }
  | Pipe
)

/** As Go's String methods print it. */
export function sourceOf(node: Operand | Command): string {
  switch (node.kind) {
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'literal':
      return typeof node.value === 'string' && !node.source.startsWith('`') ? goQuote(node.value) : node.source
    case 'field':
      return dotted(node.names)
    case 'variable':
      return node.name + dotted(node.names)
    case 'identifier':
      return node.name
    case 'chain':
      return `${parenthesized(node.base)}${dotted(node.names)}`
    case 'command':
      return node.args.map(parenthesized).join(' ')
    case 'pipe':
      return pipeSource(node)
  }
}

function pipeSource({ variables, isAssignment, commands }: Pipe): string {
  const names = variables.length === 0 ? '' : `${variables.join(', ')} ${isAssignment ? '=' : ':='} `
  return names + commands.map((command) => sourceOf(command)).join(' | ')
}

function parenthesized(operand: Operand): string {
  return operand.kind === 'pipe' ? `(${sourceOf(operand)})` : sourceOf(operand)
}

function dotted(names: readonly string[]): string {
  return names.map((name) => `.${name}`).join('')
}
