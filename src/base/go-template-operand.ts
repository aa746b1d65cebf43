// Pipelines, commands and operands → values: fields, methods, map entries, variables, function calls.

import { type Frame, failed, type ParameterType, type Run, type TemplateFunction } from './go-template-frame.ts'
import { type Command, type Operand, type Pipe, sourceOf } from './go-template-tree.ts'
import { type GoFunction, goText, goType, isGoMap, isGoStruct, isTruth } from './go-value.ts'

/** Where evaluation stands. */
interface Scope {
  readonly run: Run
  readonly frame: Frame
}

/** What the previous command of a pipeline gave: the last argument of the next. */
type Final = readonly [] | readonly [unknown]

export function evaluatePipe(run: Run, pipe: Pipe, frame: Frame): unknown {
  let final: Final = []
  for (const command of pipe.commands) final = [evaluateCommand({ run, frame }, command, final)]
  return final[0]
}

function evaluateCommand(scope: Scope, command: Command, final: Final): unknown {
  const [first, ...rest] = command.args as [Operand, ...Operand[]]
  switch (first.kind) {
    case 'identifier':
      return callNamed(scope, { first, rest, command, final })
    case 'field':
      return walkFields(scope, { base: scope.frame.dot, names: first.names, node: first, rest, final })
    case 'chain':
      return walkFields(scope, { base: value(scope, first.base), names: first.names, node: first, rest, final })
    case 'variable':
      return walkFields(scope, { base: variable(scope, first.name), names: first.names, node: first, rest, final })
    default:
      checkNoArguments(scope, first, rest.length + final.length)
      return value(scope, first)
  }
}

function checkNoArguments({ run, frame }: Scope, node: Operand, count: number): void {
  if (node.kind === 'nil') throw failed(run, { frame, node, message: 'nil is not a command' })
  if (count === 0) return
  throw failed(run, { frame, node, message: `can't give argument to non-function ${sourceOf(node)}` })
}

function value(scope: Scope, operand: Operand): unknown {
  switch (operand.kind) {
    case 'dot':
      return scope.frame.dot
    case 'nil':
      return null
    case 'literal':
      return operand.value
    case 'pipe':
      return evaluatePipe(scope.run, operand, scope.frame)
    default:
      return evaluateCommand(scope, { kind: 'command', at: operand.at, args: [operand] }, [])
  }
}

function variable({ frame }: Scope, name: string): unknown {
  return frame.variables.findLast((known) => known.name === name)?.value
}

interface FieldWalk {
  readonly base: unknown
  readonly names: readonly string[]
  readonly node: Operand
  readonly rest: readonly Operand[]
  readonly final: Final
}

/** Arguments go to the last name of the chain, which must then be a method. */
function walkFields(scope: Scope, walk: FieldWalk): unknown {
  const { names, node, rest, final } = walk
  let at = walk.base
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1
    const found = readField(scope, at, { name, node })
    const words = isLast ? [...rest.map((operand) => value(scope, operand)), ...final] : []
    at = typeof found === 'function' ? callMethod(scope, found as GoFunction, { name, node, words }) : found
    if (typeof found !== 'function' && words.length > 0) {
      const what = isGoMap(walk.base) || !isGoStruct(walk.base) ? `${name} is not a method but has arguments` : ''
      const message = what === '' ? `${name} has arguments but cannot be invoked as function` : what
      throw failed(scope.run, { frame: scope.frame, node, message })
    }
  }
  if (names.length === 0 && rest.length + final.length > 0) checkNoArguments(scope, node, rest.length + final.length)
  return at
}

/** A hidden member of ours is no key. */
function isKey(map: object, name: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(map, name)
}

interface FieldPlace {
  readonly name: string
  readonly node: Operand
}

function readField({ run, frame }: Scope, receiver: unknown, { name, node }: FieldPlace): unknown {
  if (receiver === undefined) return undefined
  if (receiver === null) {
    throw failed(run, { frame, node, message: `nil pointer evaluating interface {}.${name}` })
  }
  if (isGoMap(receiver)) return isKey(receiver, name) ? receiver[name] : undefined
  if (isGoStruct(receiver) && Object.hasOwn(receiver, name)) return receiver[name]
  throw failed(run, { frame, node, message: `can't evaluate field ${name} in type ${goType(receiver)}` })
}

function callMethod(
  { run, frame }: Scope,
  method: GoFunction,
  { name, node, words }: FieldPlace & { readonly words: readonly unknown[] },
): unknown {
  try {
    return method(...words)
  } catch (error) {
    throw failed(run, { frame, node, message: `error calling ${name}: ${(error as Error).message}` })
  }
}

interface NamedCall {
  readonly first: Extract<Operand, { kind: 'identifier' }>
  readonly rest: readonly Operand[]
  readonly command: Command
  readonly final: Final
}

function callNamed(scope: Scope, call: NamedCall): unknown {
  const { name } = call.first
  if (name === 'and' || name === 'or') return shortCircuit(scope, call)
  const fun = scope.run.functions[name]
  if (fun === undefined) throw failedAt(scope, call.first, `"${name}" is not a defined function`)
  const operands = call.rest
  checkCount(scope, fun, { call, count: operands.length + call.final.length })
  const words = operands.map((operand, index) => {
    const word = value(scope, operand)
    return checked(scope, { word, node: operand, type: typeAt(fun, index) })
  })
  for (const word of call.final) {
    words.push(checked(scope, { word, node: call.command, type: typeAt(fun, operands.length) }))
  }
  try {
    return fun.call(...words)
  } catch (error) {
    throw failedAt(scope, call.command, `error calling ${name}: ${(error as Error).message}`)
  }
}

/** The first argument that decides, or the last; the others are not evaluated. */
function shortCircuit(scope: Scope, { first, rest, final, command }: NamedCall): unknown {
  if (rest.length + final.length === 0) {
    throw failedAt(scope, command, `wrong number of args for ${first.name}: want at least 1 got 0`)
  }
  const decides = (word: unknown) => isTruth(word) === (first.name === 'or')
  let last: unknown
  for (const operand of rest) {
    last = value(scope, operand)
    if (decides(last)) return last
  }
  return final.length > 0 ? final[0] : last
}

function checkCount(
  scope: Scope,
  { parameters, isVariadic = false }: TemplateFunction,
  { call, count }: { readonly call: NamedCall; readonly count: number },
): void {
  const least = isVariadic ? parameters.length - 1 : parameters.length
  if (isVariadic ? count >= least : count === least) return
  const want = isVariadic ? `at least ${least}` : String(least)
  throw failedAt(scope, call.first, `wrong number of args for ${call.first.name}: want ${want} got ${count}`)
}

function typeAt({ parameters }: TemplateFunction, index: number): ParameterType {
  return parameters[Math.min(index, parameters.length - 1)] ?? 'any'
}

interface Word {
  readonly word: unknown
  readonly node: Operand | Command
  readonly type: ParameterType
}

const goNames = { string: 'string', int: 'int', strings: '[]string', any: 'interface {}' } as const

function checked(scope: Scope, { word, node, type }: Word): unknown {
  if (type === 'any') return word
  if (type === 'string' && typeof word === 'string') return word
  if (type === 'int' && typeof word === 'number') return word
  if (type === 'strings' && Array.isArray(word)) return word.map((element) => goText(element))
  if (word === undefined) throw failedAt(scope, node, `invalid value; expected ${goNames[type]}`)
  if (node.kind === 'literal') throw failedAt(scope, node, literalComplaint(node, type))
  throw failedAt(scope, node, `wrong type for value; expected ${goNames[type]}; got ${goType(word)}`)
}

function literalComplaint(node: Operand, type: Exclude<ParameterType, 'any'>): string {
  if (type === 'strings') return `can't handle ${sourceOf(node)} for arg of type []string`
  return `expected ${type === 'int' ? 'integer' : 'string'}; found ${sourceOf(node)}`
}

function failedAt({ run, frame }: Scope, node: Operand | Command, message: string) {
  return failed(run, { frame, node, message })
}
