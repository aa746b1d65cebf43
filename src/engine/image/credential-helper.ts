// docker-credential-<name>: the protocol of docker's credential helpers.

import { EngineError, errnoOf } from '../../base/errors.ts'
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

/** The secret goes over standard input, never in argv. @throws unavailable `credential-helper-failed` */
export async function storeWithHelper(name: string, server: string, credentials: Credentials): Promise<void> {
  const { username, password } = credentials
  await order(name, 'store', JSON.stringify({ ServerURL: server, Username: username, Secret: password }))
}

/** @throws unavailable `credential-helper-failed` */
export async function eraseWithHelper(name: string, server: string): Promise<void> {
  await order(name, 'erase', server)
}

async function order(name: string, verb: 'store' | 'erase', input: string): Promise<void> {
  const { runProcess } = await import('../../os/exec.ts')
  const { exitCode, stderr, stdout } = await runProcess(`docker-credential-${name}`, [verb], { input })
  if (exitCode === 0) return
  const said = `${stderr}${stdout}`.trim().split('\n')[0] ?? ''
  throw new EngineError({
    kind: 'unavailable',
    code: 'credential-helper-failed',
    message: `docker-credential-${name} ${verb} ended with ${exitCode}${said === '' ? '' : `: ${said.slice(0, 200)}`}`,
  })
}

function parseAnswer(text: string): Credentials | undefined {
  const answer = JSON.parse(text) as { Username?: unknown; Secret?: unknown }
  if (typeof answer.Username !== 'string' || typeof answer.Secret !== 'string') return undefined
  if (answer.Username === '<token>') return { username: '', password: '', identityToken: answer.Secret }
  return { username: answer.Username, password: answer.Secret }
}
