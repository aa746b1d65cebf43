// docker-credential-<name> get: the protocol of docker's credential helpers.

import { errnoOf } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import type { Credentials } from '../../transport/registry/credentials.ts'

export async function askCredentialHelper(name: string, server: string): Promise<Credentials | undefined> {
  const { execute } = await import('../../os/exec.ts')
  try {
    const answer = await execute(`docker-credential-${name}`, ['get'], { input: server })
    return parseAnswer(answer)
  } catch (error) {
    logDebug(`docker-credential-${name} has nothing: ${errnoOf(error) ?? 'refused'}`)
    return undefined
  }
}

function parseAnswer(text: string): Credentials | undefined {
  const answer = JSON.parse(text) as { Username?: unknown; Secret?: unknown }
  if (typeof answer.Username !== 'string' || typeof answer.Secret !== 'string') return undefined
  if (answer.Username === '<token>') return { username: '', password: '', identityToken: answer.Secret }
  return { username: answer.Username, password: answer.Secret }
}
