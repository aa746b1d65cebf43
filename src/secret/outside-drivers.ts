// Secrets that are kept elsewhere: sealed in a folder (driver `file` with a path), by gpg in a password store (driver `pass`), or by the user's own
// commands (driver `shell`). To programs the secret goes by standard input and output, never by argument.

import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { absentAsUndefined, EngineError, invalid } from '../base/errors.ts'
import { removeFile } from '../os/atomic-file.ts'
import { runProcess } from '../os/exec.ts'
import { plainEnvironment } from '../os/spawn.ts'
import { sealedFolder } from './sealed-folder.ts'
import { maxSecretBytes, type SecretDriver } from './secret-record.ts'

export interface OutsideDriver {
  store(id: string, data: Uint8Array): Promise<void>
  /** @throws unavailable `secret-driver-failed` */
  lookup(id: string): Promise<Buffer>
  /** Idempotent where the program is. */
  remove(id: string): Promise<void>
}

export interface OutsideDriverPlaces {
  readonly home: string
  /** What seals. */
  readonly keyFile: string
}

/** Of a record that does not keep the secret itself. @throws invalid `secret-driver-invalid` for options that it wants and lacks */
export function outsideDriver(driver: SecretDriver, { home, keyFile }: OutsideDriverPlaces): OutsideDriver {
  switch (driver.name) {
    case 'file':
      return sealedFolder(driver.options['path'] as string, keyFile)
    case 'pass':
      return passDriver(driver, home)
    case 'shell':
      return shellDriver(driver)
  }
}

function passDriver({ options }: SecretDriver, home: string): OutsideDriver {
  const root = options['root'] === undefined ? defaultStore(home) : resolve(options['root'])
  const key = options['key'] ?? keyOf(root)
  const gpgHome = options['gpghomedir'] === undefined ? [] : ['--homedir', options['gpghomedir']]
  const gpg = async (words: readonly string[], input?: Uint8Array) =>
    run(
      {
        file: 'gpg',
        argv: ['--batch', '--quiet', '--no-auto-key-locate', ...gpgHome, ...words],
        environment: {},
        mayTell: true,
      },
      input,
    )
  return {
    async store(id, data) {
      if (key === undefined) throw bad(`driver pass needs to know whose key is used: option key, or ${root}/.gpg-id`)
      await gpg(['--encrypt', '-r', key, '-o', fileOf(root, id)], data)
    },
    lookup: async (id) => gpg(['--decrypt', fileOf(root, id)]),
    remove: async (id) => removeFile(fileOf(root, id)),
  }
}

function fileOf(root: string, id: string): string {
  return join(root, `${id}.gpg`)
}

function defaultStore(home: string): string {
  const places = [join(home, '.password-store'), join(home, '.local/share/gopass/stores/root')]
  return places.find((place) => keyIn(place) !== undefined) ?? (places[0] as string)
}

/** Of the store's folder, or of one above it. */
function keyOf(root: string): string | undefined {
  for (let folder = root; folder !== dirname(folder); folder = dirname(folder)) {
    const key = keyIn(folder)
    if (key !== undefined) return key
  }
  return undefined
}

function keyIn(folder: string): string | undefined {
  return absentAsUndefined(() => readFileSync(join(folder, '.gpg-id'), 'utf8'))?.trim()
}

const shellVerbs = ['list', 'lookup', 'store', 'delete'] as const

function shellDriver({ options }: SecretDriver): OutsideDriver {
  for (const verb of shellVerbs) {
    if (!options[verb]) throw bad(`missing config value for ${verb}: invalid key`)
  }
  const command = async (verb: (typeof shellVerbs)[number], id: string, input?: Uint8Array) =>
    run(
      { file: '/bin/sh', argv: ['-c', options[verb] as string], environment: { SECRET_ID: id }, mayTell: false },
      input,
    )
  return {
    store: async (id, data) => void (await command('store', id, data)),
    lookup: async (id) => command('lookup', id),
    remove: async (id) => void (await command('delete', id)),
  }
}

interface Program {
  readonly file: string
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Whether its complaints are known to hold nothing of the secret. */
  readonly mayTell: boolean
}

async function run({ file, argv, environment, mayTell }: Program, input?: Uint8Array): Promise<Buffer> {
  const { exitCode, stdout, stderr } = await runProcess(file, argv, {
    input: input ?? '',
    environment: { ...plainEnvironment(), ...environment },
    encoding: 'latin1',
    maxBytes: 2 * maxSecretBytes,
  })
  if (exitCode === 0) return Buffer.from(stdout, 'latin1')
  const reason = mayTell ? `: ${stderr.trim().split('\n')[0]}` : ''
  throw new EngineError({
    kind: 'unavailable',
    code: 'secret-driver-failed',
    message: `'${file}' of the secret's driver ended with ${exitCode}${reason}`,
  })
}

function bad(message: string): EngineError {
  return invalid('secret-driver-invalid', message)
}
