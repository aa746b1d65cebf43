// A short-lived program that is waited for on the spot: where a synchronous contract (storage/driver.ts) leaves no other way.

export interface RunSyncResult {
  readonly exitCode: number
  /** Its last 4 KiB, for error messages. */
  readonly stderr: string
}

/** Runs `file` with an environment of PATH only. @throws the spawn error (ENOENT, EACCES) when it cannot be started */
export function runSync(file: string, argv: readonly string[], options: { cwd?: string } = {}): RunSyncResult {
  // Loaded on use: most commands start no program this way.
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const result = spawnSync(file, argv, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin' },
    ...options,
  })
  if (result.error !== undefined) throw result.error
  return { exitCode: result.status ?? 255, stderr: result.stderr.toString().slice(-4096).trim() }
}
