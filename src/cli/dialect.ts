// Whose words are spoken: podman's, or docker's where bin/docker started us.

import type { AnyCommand } from './command.ts'
import { programName } from './program-name.ts'

export function isDocker(): boolean {
  return programName === 'docker'
}

export async function inDialect(path: readonly string[], command: AnyCommand): Promise<AnyCommand> {
  return isDocker() ? (await import('./docker-commands.ts')).asDocker(path, command) : command
}
