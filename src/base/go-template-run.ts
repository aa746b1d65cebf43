// Tree and data → text. Operands are evaluated in go-template-operand.ts; here are lists, branches, loops and what is printed.

import { type Frame, type FunctionTable, failed, type Run } from './go-template-frame.ts'
import { evaluatePipe } from './go-template-operand.ts'
import type { BranchNode, GoTemplate, Pipe, TemplateNode } from './go-template-tree.ts'
import { goQuote, goText, isGoMap, isTruth } from './go-value.ts'

/** @throws invalid `template-failed`, in Go's words */
export function runTemplate(template: GoTemplate, data: unknown, functions: FunctionTable): string {
  const run: Run = { template, functions, output: [], depth: 0 }
  walkList(run, template.root, { dot: data, variables: [{ name: '$', value: data }], templateName: template.name })
  return run.output.join('')
}

/** What a list ended with, for the loop around it. */
type Flow = 'on' | 'break' | 'continue'

function walkList(run: Run, nodes: readonly TemplateNode[], frame: Frame): Flow {
  const known = frame.variables.length
  for (const node of nodes) {
    const flow = walk(run, node, frame)
    if (flow === 'on') continue
    frame.variables.length = known
    return flow
  }
  frame.variables.length = known
  return 'on'
}

function walk(run: Run, node: TemplateNode, frame: Frame): Flow {
  switch (node.kind) {
    case 'text':
      run.output.push(node.text)
      return 'on'
    case 'action': {
      const value = evaluateDeclaring(run, node.pipe, frame)
      if (node.pipe.variables.length === 0) run.output.push(printed(value))
      return 'on'
    }
    case 'if':
    case 'with':
      return walkChoice(run, node, frame)
    case 'range':
      return walkRange(run, node, frame)
    case 'template':
      callTemplate(run, node, frame)
      return 'on'
    case 'break':
    case 'continue':
      return node.kind
  }
}

function printed(value: unknown): string {
  return value === undefined ? '<no value>' : goText(value)
}

function evaluateDeclaring(run: Run, pipe: Pipe, frame: Frame): unknown {
  const value = evaluatePipe(run, pipe, frame)
  for (const name of pipe.variables) {
    if (pipe.isAssignment) assign(frame, name, value)
    else frame.variables.push({ name, value })
  }
  return value
}

function assign(frame: Frame, name: string, value: unknown): void {
  const variable = frame.variables.findLast((known) => known.name === name)
  if (variable !== undefined) variable.value = value
}

function walkChoice(run: Run, node: BranchNode, frame: Frame): Flow {
  const known = frame.variables.length
  const value = evaluateDeclaring(run, node.pipe, frame)
  const isTrue = isTruth(value)
  const inner: Frame = isTrue && node.kind === 'with' ? { ...frame, dot: value } : frame
  const flow = walkList(run, isTrue ? node.list : node.elseList, inner)
  frame.variables.length = known
  return flow
}

function walkRange(run: Run, node: BranchNode, frame: Frame): Flow {
  const known = frame.variables.length
  const entries = entriesOf(run, evaluatePipe(run, node.pipe, frame), { node, frame })
  if (entries.length === 0) return walkList(run, node.elseList, frame)
  for (const [key, value] of entries) {
    bindLoop(frame, node.pipe, { key, value })
    const flow = walkList(run, node.list, { ...frame, dot: value })
    frame.variables.length = known
    if (flow === 'break') break
  }
  return 'on'
}

function bindLoop(frame: Frame, { variables, isAssignment }: Pipe, entry: { key: unknown; value: unknown }): void {
  const values = variables.length === 2 ? [entry.key, entry.value] : [entry.value]
  for (const [index, name] of variables.entries()) {
    if (isAssignment) assign(frame, name, values[index])
    else frame.variables.push({ name, value: values[index] })
  }
}

function entriesOf(
  run: Run,
  value: unknown,
  place: { readonly node: BranchNode; readonly frame: Frame },
): (readonly [unknown, unknown])[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.map((element, index) => [index, element] as const)
  if (isGoMap(value)) {
    const keys = Object.keys(value).sort()
    return keys.map((key) => [key, value[key]] as const)
  }
  if (typeof value === 'number' && Number.isInteger(value)) {
    return Array.from({ length: Math.max(0, value) }, (_, index) => [index, index] as const)
  }
  throw failed(run, {
    frame: place.frame,
    node: place.node.pipe,
    message: `range can't iterate over ${goText(value)}`,
  })
}

/** Of templates that call themselves: less than Go's, for each level takes several frames of our stack. */
const maxDepth = 1000

function callTemplate(run: Run, node: Extract<TemplateNode, { kind: 'template' }>, frame: Frame): void {
  const body = run.template.defined.get(node.name)
  const place = { kind: 'identifier', at: node.at, name: `{{template ${goQuote(node.name)}}}` } as const
  if (body === undefined) {
    throw failed(run, { frame, node: place, message: `template "${node.name}" not defined` })
  }
  if (++run.depth > maxDepth) {
    throw failed(run, { frame, node: place, message: `exceeded maximum template depth (${maxDepth})` })
  }
  const dot = node.pipe === undefined ? undefined : evaluatePipe(run, node.pipe, frame)
  walkList(run, body, { dot, variables: [{ name: '$', value: dot }], templateName: node.name })
  run.depth--
}
