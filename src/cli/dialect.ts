// Whose words are spoken: podman's, or docker's where bin/docker started us.

import type { AnyCommand } from './command.ts'

const speaksDocker = takeDialect() === 'docker'

export function isDocker(): boolean {
  return speaksDocker
}

export async function inDialect(path: readonly string[], command: AnyCommand): Promise<AnyCommand> {
  return speaksDocker ? (await import('./docker-commands.ts')).asDocker(path, command) : command
}

/** What runs below us, and `--env-host`, are not told. */
function takeDialect(): string | undefined {
  const name = '_GANTRY_DIALECT'
  const dialect = process.env[name]
  delete process.env[name]
  return dialect
}
