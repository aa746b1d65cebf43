// inspect of an image in a registry, an archive or a folder, printed as skopeo does.

import { defined } from '../base/defined.ts'
import { invalid } from '../base/errors.ts'
import type { Engine } from '../engine/engine.ts'
import { goDocument } from '../engine/go-document.ts'
import { inspectOutside, readOutsideConfig, readOutsideManifest } from '../engine/image/inspect-outside.ts'
import { parseOrigin } from '../engine/image/outward-source.ts'
import { isObject, type JsonObject, parseBoundedJson } from '../image/bounded-json.ts'
import { maxConfigBytes } from '../image/config.ts'
import type { Invocation } from './command.ts'
import type { outsideImageOptions } from './options/outside-image.ts'
import { toOverriddenPlatform } from './options/override-platform.ts'
import { toRepositoryAccess } from './options/repository-access.ts'
import { print, printJson } from './render/print.ts'
import { isJsonFormat, printTemplate } from './render/template.ts'

interface Asked extends Pick<Invocation<typeof outsideImageOptions>, 'options' | 'given'> {
  readonly place: string
  readonly format: string
}

/** @throws invalid; what reading there throws */
export async function printOutside(
  open: () => Promise<Engine>,
  { place, format, options, given }: Asked,
): Promise<void> {
  const { raw, config } = options
  const isFormatted = format !== '' && !isJsonFormat(format)
  if (raw && isFormatted) throw invalid('flags-conflict', 'raw output does not support format option')
  const request = {
    origin: parseOrigin(place),
    access: {
      ...toRepositoryAccess({ options, given }),
      ...defined({ daemonHost: options['daemon-host'], sharedBlobs: sharedBlobsOf(options, place) }),
    },
    platform: toOverriddenPlatform(options),
    ...defined({ algorithm: toAlgorithm(options['manifest-digest']) }),
  }
  const engine = await open()
  if (raw) return print(config ? await readOutsideConfig(engine, request) : await readOutsideManifest(engine, request))
  const document = config
    ? goDocument(configDocument(await readOutsideConfig(engine, request)), '*v1.Image')
    : goDocument(await inspectOutside(engine, request, !options['no-tags']), '*inspect.Output')
  if (isFormatted) printTemplate(format, document, { name: 'skopeo inspect' })
  else printJson(document)
}

/** @throws invalid `flags-conflict` where there is no layout */
function sharedBlobsOf({ 'shared-blob-dir': folder }: Asked['options'], place: string): string | undefined {
  if (folder === undefined || folder === '' || place.startsWith('oci:')) return folder || undefined
  throw invalid('flags-conflict', `--shared-blob-dir means nothing for '${place}': it is for oci:`)
}

/** The option's choices leave no other. */
function toAlgorithm(text: string | undefined): 'sha256' | 'sha512' | undefined {
  return text === 'sha256' || text === 'sha512' ? text : undefined
}

const runMembers = 'User ExposedPorts Env Entrypoint Cmd Volumes WorkingDir Labels StopSignal'

/** The members that OCI knows, in its order. */
function configDocument(bytes: Uint8Array): object {
  const document = parseBoundedJson(bytes, { what: 'image config', maxBytes: maxConfigBytes })
  const { architecture = '', os = '', config } = document
  return {
    ...pick(document, 'created author'),
    ...{ architecture, os },
    ...pick(document, 'os.version os.features variant'),
    config: isObject(config) ? pick(config, runMembers) : {},
    ...pick(document, 'rootfs history'),
  }
}

/** Those that say something. */
function pick(document: JsonObject, names: string): object {
  const present = names.split(' ').filter((name) => !['', null, undefined].includes(document[name] as never))
  return Object.fromEntries(present.map((name) => [name, document[name]]))
}
