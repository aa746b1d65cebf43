// image scp: an image between this store and those of other users and machines. One program saves an archive, another loads it; nothing is kept
// in between. The other end is Gantry, or else podman.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import { gantryCommand } from '../../os/installation.ts'
import { type ProgramCommand, pipePrograms } from '../../os/pipe-programs.ts'
import type { Engine } from '../engine.ts'
import { resolveImage } from './resolve.ts'

export type ScpPlace =
  | { readonly kind: 'here' }
  | { readonly kind: 'user'; readonly name: string }
  /** `destination`: `[user@]host`, as ssh(1) takes it. */
  | { readonly kind: 'host'; readonly destination: string; readonly port: string | undefined }

export interface ScpRequest {
  readonly from: ScpPlace
  readonly image: string
  readonly to: ScpPlace
  readonly isQuiet: boolean
}

/** What stands before `::`. @throws invalid `scp-place-malformed` */
export function parseScpPlace(text: string): ScpPlace {
  if (text === '') return { kind: 'here' }
  const [, user] = /^([\w.][\w.-]*)@localhost$/.exec(text) ?? []
  if (user !== undefined) return { kind: 'user', name: user }
  // A socket's path may follow, for podman's service: none is needed.
  const [, destination, port] =
    /^(?:ssh:\/\/)?((?:[\w.][\w.-]*@)?(?:[\w.][\w.-]*|\[[0-9a-fA-F:]+\]))(?::(\d+))?(?:\/.*)?$/.exec(text) ?? []
  if (destination !== undefined) return { kind: 'host', destination: destination.replace(/\[(.*)\]/, '$1'), port }
  throw invalid('scp-place-malformed', `'${text}' is neither USER@localhost nor [USER@]HOST[:PORT]`)
}

/** What the loading end prints goes to standard output. @throws not-found `image-unknown`; unavailable `scp-failed` */
export async function transferImage(engine: Engine, { from, image, to, isQuiet }: ScpRequest): Promise<void> {
  if (from.kind === 'here') await resolveImage(engine, image)
  const quiet = isQuiet ? ['-q'] : []
  const save = commandAt(engine, from, ['save', ...quiet, '--format', 'oci-archive', image])
  const load = commandAt(engine, to, ['load', ...quiet])
  const { writer, reader } = await pipePrograms(save, load, engine.signal)
  if (writer !== 0) throw failed('saving', from, writer)
  if (reader !== 0) throw failed('loading', to, reader)
}

function commandAt({ settings }: Engine, place: ScpPlace, words: readonly string[]): ProgramCommand {
  switch (place.kind) {
    case 'here':
      return [gantryCommand, ...settings.globalFlags, ...words]
    case 'user':
      // Out of an ordinary user's namespace nobody else can be reached.
      if (settings.isRootless) throw needsRoot(place.name)
      return ['su', '-', place.name, '-c', shellLine([gantryCommand, ...words])]
    case 'host': {
      const line = shellLine(words)
      const either = `if command -v gantry >/dev/null; then exec gantry ${line}; else exec podman ${line}; fi`
      const port = place.port === undefined ? [] : ['-p', place.port]
      return ['ssh', ...(settings.isRootless ? ownFiles(process.env) : []), ...port, '--', place.destination, either]
    }
  }
}

const identities = ['id_ed25519', 'id_ecdsa', 'id_rsa', 'id_ed25519_sk', 'id_ecdsa_sk']

/** In an ordinary user's namespace ssh takes itself for root's, and looks for everything in root's home. */
function ownFiles({ HOME: home = '', USER: user = '' }: NodeJS.ProcessEnv): string[] {
  const at = (name: string) => join(home, '.ssh', name)
  return [
    ...['-F', existsSync(at('config')) ? at('config') : 'none'],
    ...['-o', `UserKnownHostsFile=${at('known_hosts')}`],
    ...identities.flatMap((name) => (existsSync(at(name)) ? ['-i', at(name)] : [])),
    ...(user === '' ? [] : ['-o', `User=${user}`]),
  ]
}

function needsRoot(user: string): EngineError {
  return new EngineError({
    kind: 'denied',
    code: 'scp-needs-root',
    message: `only root can reach the images of ${user}`,
    hint: `Run it as root: sudo gantry image scp …, with ${process.env['USER'] ?? 'USER'}@localhost:: for what is yours`,
  })
}

function shellLine(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
}

function failed(doing: string, place: ScpPlace, code: number): EngineError {
  const where = place.kind === 'here' ? 'here' : place.kind === 'user' ? `as ${place.name}` : `at ${place.destination}`
  return new EngineError({
    kind: 'unavailable',
    code: 'scp-failed',
    message: `${doing} the image ${where} failed with exit code ${code}: what it said is above`,
  })
}
