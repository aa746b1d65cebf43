// An OCI runtime as a program: how it is called, and what became of a call.

import { runProcess } from '../os/exec.ts'
import type { StoredSpec } from '../spec/stored-spec.ts'
import { type Layout, paths } from '../state/layout.ts'
import { runtimeError } from './runtime-error.ts'

export interface OciRuntime {
  readonly name: string
  readonly path: string
  /** Before the verb: flags from the user, `--root`, `--systemd-cgroup`. */
  readonly globalArguments: readonly string[]
}

/** The runtime that the container was created with, and goes on with for its whole life. */
export function runtimeOf(at: Layout, stored: StoredSpec): OciRuntime {
  const { name, path, flags } = stored.runtime
  return { name, path, globalArguments: [...flags, ...cgroupArguments(stored), '--root', paths.runtimeState(at, name)] }
}

function cgroupArguments({ spec, cgroupManager }: StoredSpec): string[] {
  // crun's: runc would make a group of its own.
  if (spec.cgroup.mode === 'disabled') return ['--cgroup-manager=disabled']
  return cgroupManager === 'systemd' ? ['--systemd-cgroup'] : []
}

export interface RuntimeOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export async function callRuntime(runtime: OciRuntime, words: readonly string[]): Promise<RuntimeOutcome> {
  return runProcess(runtime.path, [...runtime.globalArguments, ...words])
}

/** @throws what runtimeError makes of a failure */
export async function callRuntimeOrThrow(runtime: OciRuntime, words: readonly string[]): Promise<string> {
  const outcome = await callRuntime(runtime, words)
  if (outcome.exitCode !== 0) throw runtimeError(runtime.name, outcome.stderr)
  return outcome.stdout
}
