// login: the registry is asked first, then the credentials are kept. They go to no log, no event and no other program's arguments.

import { readFileSync } from 'node:fs'
import { EngineError, invalid } from '../../../base/errors.ts'
import type { Engine } from '../../../engine/engine.ts'
import type { OpenedLogin } from '../../../engine/registry/login.ts'
import { askPassword, askUsername } from '../../ask-credentials.ts'
import { defineCommand, type Options } from '../../command.ts'
import { authFileOptions, toAuthFileChoice } from '../../options/auth-file.ts'
import { printLine } from '../../render/print.ts'

const options = {
  ...authFileOptions,
  'cert-dir': {
    type: 'string',
    describe: 'Use certificates at the specified path to access the registry',
    complete: 'folder',
  },
  'get-login': { type: 'boolean', describe: 'Return the current login user for the registry' },
  password: { type: 'string', short: 'p', describe: 'Password for registry', complete: 'none' },
  'password-stdin': { type: 'boolean', describe: 'Take the password from stdin' },
  secret: { type: 'string', describe: 'Retrieve password from a secret', complete: 'secret' },
  'tls-verify': { type: 'boolean', describe: 'Require HTTPS and verify certificates when contacting registries' },
  username: { type: 'string', short: 'u', describe: 'Username for registry', complete: 'none' },
  verbose: { type: 'boolean', short: 'v', describe: 'Write more detailed information to stdout' },
} as const

interface Answers {
  readonly username: string
  readonly password: string
}

export default defineCommand({
  options,
  positionals: [{ name: 'registry', isOptional: true }],
  description: 'Keeps credentials for pulling and pushing, when the registry accepts them.',
  examples: [
    'gantry login quay.io',
    'gantry login --username me --password-stdin quay.io < password',
    'gantry login --get-login quay.io',
  ],
  async run(open, { options: flags, args, given }) {
    const engine = await open()
    const { openLogin } = await import('../../../engine/registry/login.ts')
    const login = await openLogin(engine, {
      registry: args[0],
      ...toAuthFileChoice({ options: flags }),
      ...(given.has('tls-verify') ? { isTlsVerified: flags['tls-verify'] } : {}),
      ...(flags['cert-dir'] === undefined ? {} : { certificateFolder: flags['cert-dir'] }),
    })
    if (flags['get-login']) return tellLogin(login)
    const stated = await statedCredentials(engine, flags)
    if (stated.username === '' && stated.password === '' && (await isLoggedIn(login))) return 0
    const username = stated.username || askUsername(login.known?.username)
    const password = stated.password || askPassword()
    if (!(await login.isAccepted({ username, password }))) throw refused(login.key)
    const place = await login.keep({ username, password })
    if (flags.verbose) printLine(`Used:  ${place}`)
    printLine('Login Succeeded!')
    return 0
  },
})

function tellLogin({ known, key }: OpenedLogin): number {
  if (known === undefined || known.username === '') {
    throw new EngineError({ kind: 'not-found', code: 'login-missing', message: `not logged into ${key}` })
  }
  printLine(known.username)
  return 0
}

async function statedCredentials(engine: Engine, flags: Options<typeof options>): Promise<Answers> {
  const { username = '', password = '', secret = '' } = flags
  if (flags['password-stdin']) {
    if (password !== '') throw invalid('flags-conflict', "can't specify both --password-stdin and --password")
    if (username === '') throw invalid('credentials-incomplete', 'must provide --username with --password-stdin')
    return { username, password: readFileSync(0, 'utf8').replaceAll(/\r?\n/g, '') }
  }
  if (secret === '') return { username, password }
  if (password !== '') throw invalid('flags-conflict', '--secret can not be used with --password options')
  const [{ findSecret }, { readSecretData }] = await Promise.all([
    import('../../../secret/secret-store.ts'),
    import('../../../engine/secret/secret-data.ts'),
  ])
  const data = await readSecretData(engine, findSecret(engine.at, secret))
  return { username: username || secret, password: data.toString('utf8') }
}

/** Without flags, what is kept is tried first. */
async function isLoggedIn({ known, key, registry, isAccepted }: OpenedLogin): Promise<boolean> {
  if (known?.identityToken !== undefined) {
    throw invalid('login-by-token', 'currently logged in, auth file contains an Identity token')
  }
  if (known === undefined || known.username === '' || known.password === '') return false
  printLine(`Authenticating with existing credentials for ${key}`)
  if (await isAccepted(known)) {
    printLine(`Existing credentials are valid. Already logged in to ${registry}`)
    return true
  }
  printLine('Existing credentials are invalid, please enter valid username and password')
  return false
}

function refused(key: string): EngineError {
  return new EngineError({
    kind: 'denied',
    code: 'login-refused',
    message: `logging into "${key}": invalid username/password`,
  })
}
