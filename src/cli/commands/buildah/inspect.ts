// buildah inspect.

import { invalid } from '../../../base/errors.ts'
import { goMap } from '../../../base/go-value.ts'
import type { Engine } from '../../../engine/engine.ts'
import type { JsonObject } from '../../../image/bounded-json.ts'
import { defineCommand } from '../../command.ts'
import { printJson } from '../../render/print.ts'

export default defineCommand({
  options: {
    format: { type: 'string', short: 'f', describe: 'Print with a Go template', complete: 'none' },
    type: {
      type: 'string',
      short: 't',
      default: 'container',
      describe: 'What to look for: container or image',
      choices: ['container', 'image'],
    },
  },
  positionals: [{ name: 'object', complete: 'container' }],
  examples: [
    'gantry buildah inspect web',
    "gantry buildah inspect --type image --format '{{.OCIv1.Config.Cmd}}' my-web",
  ],
  async run(open, { options, args: [name = ''] }) {
    const { format = '' } = options
    const engine = await open()
    const document = await documentOf(engine, name, options.type)
    if (format === '') {
      printJson(document)
      return 0
    }
    const { printTemplate } = await import('../../render/template.ts')
    printTemplate(format, goNames(filled(document)))
    return 0
  },
})

/** An image where no container has the name, as buildah does. */
async function documentOf(engine: Engine, name: string, type: string): Promise<JsonObject> {
  if (name === '') throw invalid('arguments-invalid', 'container or image name must be specified')
  const [{ inspectBuiltImage, inspectWorking }, { findContainer }, { selectWorking }] = await Promise.all([
    import('../../../engine/working/inspect.ts'),
    import('../../../engine/container/find-container.ts'),
    import('../../../engine/working/working-container.ts'),
  ])
  const isContainer = type === 'container' && findContainer(engine.at, name) !== undefined
  if (isContainer) return inspectWorking(engine, selectWorking(engine, name))
  const { resolveImage } = await import('../../../engine/image/resolve.ts')
  return inspectBuiltImage(engine, (await resolveImage(engine, name)).record)
}

const special: Readonly<Record<string, string>> = { os: 'OS', rootfs: 'RootFS', diff_ids: 'DiffIDs' }

const emptyConfig = {
  User: '',
  Env: [],
  Entrypoint: [],
  Cmd: [],
  WorkingDir: '',
  StopSignal: '',
  ExposedPorts: {},
  Volumes: {},
  Labels: {},
}
const emptyDocker = { ...emptyConfig, OnBuild: [], Shell: [], Healthcheck: null }

/** A template may name what the document leaves out. */
function filled(document: JsonObject): JsonObject {
  const part = (key: string, empty: object) => {
    const image = document[key] as JsonObject
    return { author: '', ...image, config: { ...empty, ...(image['config'] as object) } }
  }
  return { ...document, OCIv1: part('OCIv1', emptyConfig), Docker: part('Docker', emptyDocker) }
}

const maps = ['Labels', 'ExposedPorts', 'Volumes', 'ImageAnnotations']

/** Templates name Go's fields, not JSON's members; keys of maps stay. */
function goNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(goNames)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([key, member]) => [
    goName(key),
    maps.includes(key) ? goMap(member as Record<string, unknown>) : goNames(member),
  ])
  return Object.fromEntries(members)
}

function goName(key: string): string {
  if (/^[A-Z]/.test(key)) return key
  return (
    special[key] ??
    key
      .split(/[_.]/)
      .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
      .join('')
  )
}
