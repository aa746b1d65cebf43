// What is split and what is left whole. That both say the same of every call is shown with real filters: test/e2e/call-filter.test.ts.

import { describe, expect, test } from 'vitest'
import { defaultSeccompProfile } from '../../../src/spec/default-seccomp.ts'
import type { OciSeccomp, OciSyscall } from '../../../src/spec/oci-config.ts'
import { resolveSeccomp } from '../../../src/spec/seccomp.ts'
import { splitSeccomp } from '../../../src/spec/split-seccomp.ts'
import { verdictOf } from '../../support/bpf-machine.ts'

const amd64 = 0xc000003e
const i386 = 0x40000003
const allow = 'SCMP_ACT_ALLOW'
const refuse = 'SCMP_ACT_ERRNO'

const usual = resolveSeccomp(defaultSeccompProfile(), {
  architecture: 'amd64',
  kernelVersion: [6, 1],
  hasX32: false,
  capabilities: [],
})

const withRule = (rule: OciSyscall): OciSeccomp => ({ ...usual, syscalls: [rule, ...usual.syscalls] })

describe('splitSeccomp', () => {
  test('refuses by name what every runtime knows, and the rest by number', () => {
    const split = splitSeccomp(usual)
    const names = split?.seccomp.syscalls.flatMap((rule) => rule.names) ?? []
    expect(names).toEqual(expect.arrayContaining(['bpf', 'add_key', 'vm86']))
    expect(names).not.toEqual(expect.arrayContaining(['io_uring_setup', 'mount', 'personality', 'socket']))
    const verdict = (architecture: number, number: number, ...args: bigint[]) =>
      verdictOf([split?.filter ?? Buffer.alloc(0)], { architecture, number, args })
    expect(verdict(amd64, 425)).toBe('errno 38')
    expect(verdict(i386, 425)).toBe('errno 38')
    expect(verdict(amd64, 9999)).toBe('errno 38')
    expect(verdict(amd64, 452)).toBe('allow')
    expect(verdict(amd64, 135, 8n)).toBe('allow')
    expect(verdict(amd64, 135, 9n)).toBe('errno 38')
    expect(verdict(amd64, 41, 16n, 3n, 9n)).toBe('errno 22')
    expect(verdict(amd64, 41, 16n, 3n, 0n)).toBe('allow')
  })

  test.each<[string, OciSeccomp]>([
    ['a list of what is refused', { ...usual, defaultAction: allow }],
    ['a default without a number', { defaultAction: refuse, architectures: usual.architectures, syscalls: [] }],
    ['another architecture', { ...usual, architectures: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'] }],
    ['x32', { ...usual, architectures: [...usual.architectures, 'SCMP_ARCH_X32'] }],
    ['a list of nearly nothing', { ...usual, syscalls: [{ names: ['read'], action: allow }] }],
    ['an action that is neither', withRule({ names: ['read'], action: 'SCMP_ACT_TRACE' })],
    ['what a runtime needs', { ...usual, defaultErrnoRet: 1, syscalls: usual.syscalls.map(without('openat2')) }],
    ['conditions of another kind', { ...usual, syscalls: [...usual.syscalls.map(without('clone')), masked('clone')] }],
  ])('leaves whole: %s', (_, profile) => {
    expect(splitSeccomp(profile)).toBe(undefined)
  })
})

function without(name: string): (rule: OciSyscall) => OciSyscall {
  return (rule) => ({ ...rule, names: rule.names.filter((one) => one !== name) })
}

function masked(name: string): OciSyscall {
  return {
    names: [name],
    action: allow,
    args: [{ index: 0, value: 0x7e020000, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
  }
}
