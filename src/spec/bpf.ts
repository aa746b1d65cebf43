// A seccomp filter of intervals of numbers as the kernel takes it: classic BPF (linux/filter.h) over struct seccomp_data (linux/seccomp.h).

export interface Interval {
  /** It reaches to the next one's, the last to the end. */
  readonly first: number
  readonly verdict: Verdict
}

/** An errno, or what depends on the arguments. */
export type Verdict = 'allow' | number | AllowedValues | RefusedArguments

/** Of the first argument; with any other the call is refused. */
export interface AllowedValues {
  readonly kind: 'values'
  readonly values: readonly number[]
  readonly errno: number
}

/** The call is refused when all of these are so, and else allowed. */
export interface RefusedArguments {
  readonly kind: 'arguments'
  readonly args: readonly { readonly index: number; readonly value: number }[]
  readonly errno: number
}

export interface ArchitectureFilter {
  readonly auditArchitecture: number
  /** Ascending; the first begins at 0. */
  readonly intervals: readonly Interval[]
}

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, k: number]

const code = { load: 0x20, jumpIfEqual: 0x15, jumpIfAtLeast: 0x35, jump: 0x05, end: 0x06 } as const
/** Of struct seccomp_data; an argument's low half comes first, 16 bytes after the beginning. */
const offset = { number: 0, architecture: 4 } as const
const lowHalf = (index: number) => 16 + 8 * index
const highHalf = (index: number) => 20 + 8 * index
const allowed = 0x7fff0000
const refused = 0x00050000

/** struct sock_filter's one after the other, little-endian. Calls of another architecture are allowed. */
export function assemble(architectures: readonly ArchitectureFilter[]): Buffer {
  const program: Instruction[] = [[code.load, 0, 0, offset.architecture]]
  for (const { auditArchitecture, intervals } of architectures) {
    const body = bodyOf(intervals)
    // A conditional jump reaches 255 instructions at most.
    program.push([code.jumpIfEqual, 1, 0, auditArchitecture], [code.jump, 0, 0, body.length], ...body)
  }
  program.push(end('allow'))
  return encode(program)
}

function bodyOf(intervals: readonly Interval[]): Instruction[] {
  const body: Instruction[] = [[code.load, 0, 0, offset.number]]
  intervals.forEach(({ verdict }, index) => {
    const block = blockOf(verdict)
    const next = intervals[index + 1]
    if (next !== undefined) body.push([code.jumpIfAtLeast, block.length, 0, next.first])
    body.push(...block)
  })
  return body
}

function blockOf(verdict: Verdict): Instruction[] {
  if (typeof verdict !== 'object') return [end(verdict)]
  return verdict.kind === 'values' ? valuesBlock(verdict) : argumentsBlock(verdict)
}

function argumentsBlock({ args, errno }: RefusedArguments): Instruction[] {
  const checks = args.flatMap(({ index, value }, place): Instruction[] => {
    const behind = 4 * (args.length - place - 1)
    return [
      [code.load, 0, 0, highHalf(index)],
      [code.jumpIfEqual, 0, behind + 3, 0],
      [code.load, 0, 0, lowHalf(index)],
      [code.jumpIfEqual, 0, behind + 1, value],
    ]
  })
  return [...checks, end(errno), end('allow')]
}

function valuesBlock({ values, errno }: AllowedValues): Instruction[] {
  return [
    [code.load, 0, 0, highHalf(0)],
    [code.jumpIfEqual, 0, values.length + 1, 0],
    [code.load, 0, 0, lowHalf(0)],
    ...values.map((value, index): Instruction => [code.jumpIfEqual, values.length - index, 0, value]),
    end(errno),
    end('allow'),
  ]
}

function end(verdict: 'allow' | number): Instruction {
  return [code.end, 0, 0, verdict === 'allow' ? allowed : refused | verdict]
}

function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8)
  program.forEach(([operation, ifTrue, ifFalse, k], index) => {
    bytes.writeUInt16LE(operation, index * 8)
    bytes.writeUInt8(ifTrue, index * 8 + 2)
    bytes.writeUInt8(ifFalse, index * 8 + 3)
    bytes.writeUInt32LE(k, index * 8 + 4)
  })
  return bytes
}
