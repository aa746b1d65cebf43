// One commit of a git repository with its submodules into an empty folder, by the program git.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { runProcess } from '../../os/exec.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { plainEnvironment } from '../../os/spawn.ts'
import type { GitSource } from './context-source.ts'

export interface CloneOptions {
  readonly folder: string
  readonly keepsGitFolder: boolean
  /** Beginning of the commit's id that it must be. */
  readonly checksum?: string
}

/**
 * Alone the commit, where the server gives it; else the whole history is fetched to find it.
 * @returns the commit's id
 * @throws unavailable `git-failed` with what git says; corrupt `checksum-mismatch`; not-found `program-not-found`; canceled
 */
export async function cloneGit(source: GitSource, options: CloneOptions, signal: AbortSignal): Promise<string> {
  const { folder } = options
  const git: Git = { folder, signal, source }
  await run(git, ['init', '--quiet', '.'])
  await run(git, ['remote', 'add', '--', 'origin', source.repository])
  await fetchRef(git)
  await run(git, ['checkout', '--quiet', '--force', 'FETCH_HEAD'])
  const commit = (await run(git, ['rev-parse', 'HEAD'])).trim()
  if (options.checksum !== undefined && !commit.startsWith(options.checksum.toLowerCase())) {
    throw new EngineError({
      kind: 'corrupt',
      code: 'checksum-mismatch',
      message: `'${source.repository}' is at commit ${commit}, not ${options.checksum}`,
    })
  }
  const hasSubmodules = existsSync(join(folder, '.gitmodules'))
  if (hasSubmodules) await fetchSubmodules(git)
  if (!options.keepsGitFolder) removeTree(join(folder, '.git'))
  if (hasSubmodules && !options.keepsGitFolder) dropGitFiles(folder)
  return commit
}

/** Each at the commit that the repository names. A server may give that one only with the history that it is in. */
async function fetchSubmodules(git: Git): Promise<void> {
  const update = ['submodule', '--quiet', 'update', '--checkout', '--init', '--recursive']
  if ((await attempt(git, [...update, '--depth=1'])).exitCode === 0) return
  await attempt(git, ['submodule', '--quiet', 'foreach', '--recursive', 'git fetch --quiet --unshallow || :'])
  await run(git, update)
}

/** The links of submodules to what is gone: git checks out no file of this name. */
function dropGitFiles(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) dropGitFiles(path)
    else if (entry.name === '.git') removeFile(path)
  }
}

interface Git {
  readonly folder: string
  readonly signal: AbortSignal
  readonly source: GitSource
}

async function fetchRef(git: Git): Promise<void> {
  const ref = git.source.ref ?? 'HEAD'
  const shallow = await attempt(git, ['fetch', '--quiet', '--update-head-ok', '--depth=1', 'origin', '--', ref])
  if (shallow.exitCode === 0) return
  // Many servers give a commit only with the branch that it is on, and the simplest ones no part of a history.
  if (!/^[0-9a-f]{4,64}$/i.test(ref)) {
    await run(git, ['fetch', '--quiet', '--update-head-ok', 'origin', '--', ref])
    return
  }
  await run(git, ['fetch', '--quiet', '--tags', 'origin', '--', '+refs/heads/*:refs/remotes/origin/*'])
  await run(git, ['fetch', '--quiet', '.', '--', ref])
}

async function run(git: Git, argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await attempt(git, argv)
  if (exitCode === 0) return stdout
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 500) ?? ''
  const { ref, repository } = git.source
  throw new EngineError({
    kind: 'unavailable',
    code: 'git-failed',
    message: `git ${argv[0]} of '${withoutPassword(repository)}'${ref === undefined ? '' : ` at '${ref}'`} failed: ${withoutPassword(said)}`,
  })
}

async function attempt({ folder, signal }: Git, argv: readonly string[]) {
  // No hook and no file system monitor, also in submodules: what the repository says is a stranger's.
  const safe = ['core.hooksPath=/dev/null', 'core.fsmonitor=false']
  const settings = safe.flatMap((setting) => ['-c', setting])
  return runProcess('git', [...settings, ...argv], { workingFolder: folder, environment: environment(), signal })
}

const passedOn = /^(?:SSH_AUTH_SOCK|GIT_SSH|GIT_SSH_COMMAND|GIT_SSL_\w+|(?:https?|no|all)_proxy)$/i

function environment(): Record<string, string> {
  const given = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && passedOn.test(name) ? [[name, value] as const] : [],
  )
  return {
    ...plainEnvironment(),
    ...Object.fromEntries(given),
    // Those of contexts: a submodule is no folder of this machine (CVE-2022-39253), and no command (ext::).
    GIT_ALLOW_PROTOCOL: 'git:http:https:ssh',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  }
}

function withoutPassword(text: string): string {
  return text.replaceAll(/(\w+:\/\/)[^/@\s]+@/g, '$1')
}
