// What skopeo takes before its command, for the commands that are skopeo's: here it may stand before them or behind.

import { parseGoDuration } from '../../base/duration.ts'
import { EngineError } from '../../base/errors.ts'
import type { Engine } from '../../engine/engine.ts'
import { defineOptions, type Invocation } from '../command.ts'

const refused = { isHidden: true, complete: 'none' } as const

export const skopeoProgramOptions = defineOptions({
  'command-timeout': {
    type: 'string',
    value: 'duration',
    describe: 'Give up when the command has taken that long (default: never)',
    complete: 'none',
  },
  'insecure-policy': { type: 'boolean', describe: 'Ask no policy, not even that of --policy: any image is accepted' },
  policy: {
    type: 'string',
    value: 'PATH',
    describe: 'policy.json in place of the one that is configured',
    complete: 'file',
  },
  'registries.d': {
    type: 'string',
    value: 'DIR',
    describe: 'Folder that says where signatures are, in place of those that are configured',
    complete: 'folder',
  },
  'require-signed': { ...refused, type: 'boolean', describe: 'Not supported: name a policy' },
  'tls-details': { ...refused, type: 'string', describe: 'Not supported: TLS is as Node has it' },
  'user-agent-prefix': { ...refused, type: 'string', describe: 'Not supported: Gantry says who it is' },
})

const reasons: Readonly<Record<string, string>> = {
  'require-signed': 'say so in a policy.json, and name it with --policy',
  'tls-details': "versions and ciphers of TLS are Node's",
  'user-agent-prefix': 'registries are told who asks, and nothing else',
}

type Given = Pick<Invocation<typeof skopeoProgramOptions>, 'options' | 'given'>

/** `open`, with what the flags say in place of the configuration. @throws unsupported `flag-unsupported`; invalid `duration-malformed` */
export function openAsAsked(open: () => Promise<Engine>, { options, given }: Given): () => Promise<Engine> {
  const name = Object.keys(reasons).find((flag) => given.has(flag))
  if (name !== undefined) throw unsupported(name)
  const { policy, 'insecure-policy': isInsecure, 'registries.d': folder } = options
  const timeoutMs = parseGoDuration(options['command-timeout'] || '0s') / 1e6
  return async () => {
    const engine = await open()
    const { settings } = engine
    const policyPath = isInsecure ? undefined : (policy ?? settings.policyPath)
    const signaturePlaces =
      folder === undefined ? settings.signaturePlaces : { ...settings.signaturePlaces, configFolders: [folder] }
    const asked = { ...engine, settings: { ...settings, policyPath, signaturePlaces } }
    return timeoutMs > 0 ? { ...asked, ...limitedTo(asked, timeoutMs) } : asked
  }
}

function limitedTo({ signal, patience }: Engine, timeoutMs: number): Pick<Engine, 'signal' | 'patience'> {
  const end = new AbortController()
  setTimeout(() => end.abort(tookTooLong(timeoutMs)), timeoutMs).unref()
  const both = AbortSignal.any([signal, end.signal])
  return { signal: both, patience: { ...patience, signal: both } }
}

function tookTooLong(timeoutMs: number): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'command-timeout',
    message: `the command took longer than its --command-timeout of ${timeoutMs / 1000} s`,
    hint: 'Run it again: what has arrived is not sent twice.',
  })
}

function unsupported(name: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'flag-unsupported',
    message: `--${name} is not supported: ${reasons[name]}`,
  })
}
