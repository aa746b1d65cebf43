// docker-credential-<name>: the protocol of docker's credential helpers.

import { EngineError } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import type { RunOutcome } from '../../os/exec.ts'
import type { Credentials } from '../../transport/registry/credentials.ts'

/** undefined if it has none. @throws not-found `credential-helper-missing`; unavailable `credential-helper-failed` */
export async function askCredentialHelper(name: string, server: string): Promise<Credentials | undefined> {
  const outcome = await ask(name, 'get', server)
  if (outcome.exitCode === 0) return parseAnswer(name, outcome.stdout)
  const said = saidBy(outcome)
  if (said !== '' && !/not found/i.test(said)) throw failed(name, 'get', outcome)
  logDebug(`docker-credential-${name} has nothing for ${server}`)
  return undefined
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
  const outcome = await ask(name, verb, input)
  if (outcome.exitCode !== 0) throw failed(name, verb, outcome)
}

async function ask(name: string, verb: Verb, input: string): Promise<RunOutcome> {
  const { runProcess } = await import('../../os/exec.ts')
  const program = `docker-credential-${name}`
  try {
    return await runProcess(program, [verb], { input })
  } catch (cause) {
    if (!(cause instanceof EngineError) || cause.code !== 'program-not-found') throw cause
    throw new EngineError({
      kind: 'not-found',
      code: 'credential-helper-missing',
      message: `getting credentials: ${program}: executable file not found in $PATH`,
      hint: 'Install it, or take it out of credHelpers in auth.json or config.json, or of registries.conf.',
      cause,
    })
  }
}

type Verb = 'get' | 'store' | 'erase'

function saidBy({ stderr, stdout }: RunOutcome): string {
  return `${stderr}${stdout}`.trim().split('\n')[0] ?? ''
}

function failed(name: string, verb: Verb, outcome: RunOutcome): EngineError {
  const said = saidBy(outcome)
  return new EngineError({
    kind: 'unavailable',
    code: 'credential-helper-failed',
    message: `docker-credential-${name} ${verb} ended with ${outcome.exitCode}${said === '' ? '' : `: ${said.slice(0, 200)}`}`,
  })
}

function parseAnswer(name: string, text: string): Credentials | undefined {
  const answer = readAnswer(name, text)
  if (typeof answer.Username !== 'string' || typeof answer.Secret !== 'string') return undefined
  if (answer.Username === '<token>') return { username: '', password: '', identityToken: answer.Secret }
  return { username: answer.Username, password: answer.Secret }
}

/** What it said is a secret, whatever it is: no message holds it. */
function readAnswer(name: string, text: string): { Username?: unknown; Secret?: unknown } {
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer === 'object' && answer !== null) return answer
  } catch {
    // Told below.
  }
  throw new EngineError({
    kind: 'unavailable',
    code: 'credential-helper-failed',
    message: `docker-credential-${name} get did not answer with a JSON object`,
  })
}
