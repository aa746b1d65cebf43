// The flags of manifest add for files that are no images.

import { invalid } from '../../base/errors.ts'
import type { ArtifactToAdd } from '../../engine/manifest/add-artifact.ts'
import { defineOptions, type Invocation } from '../command.ts'

const text = (describe: string) => ({ type: 'string', describe, complete: 'none' }) as const

export const artifactOptions = defineOptions({
  artifact: { type: 'boolean', describe: 'Add all arguments as artifact files rather than as images' },
  'artifact-config': { type: 'string', describe: 'Artifact configuration file', complete: 'file' },
  'artifact-config-type': text('Artifact configuration media type'),
  'artifact-exclude-titles': {
    type: 'boolean',
    describe: 'Refrain from setting "org.opencontainers.image.title" annotations on layers',
  },
  'artifact-layer-type': text('Artifact layer media type'),
  'artifact-subject': text('Image that the artifact is about'),
  'artifact-type': text('Override the artifactType value (default: application/vnd.unknown.artifact.v1)'),
})

type Given = Pick<Invocation<typeof artifactOptions>, 'options' | 'given'>

/** undefined where images are added. @throws invalid `flags-conflict` */
export function toArtifact({ options, given }: Given): Omit<ArtifactToAdd, 'files' | 'notes'> | undefined {
  if (!options.artifact) return refuseAlone(given)
  const { 'artifact-config': configFile, 'artifact-config-type': configType, 'artifact-subject': subject } = options
  return {
    type: options['artifact-type'] ?? 'application/vnd.unknown.artifact.v1',
    hasTitles: !options['artifact-exclude-titles'],
    ...(configFile ? { configFile } : {}),
    ...(configType ? { configType } : {}),
    ...(options['artifact-layer-type'] ? { layerType: options['artifact-layer-type'] } : {}),
    ...(subject ? { subject } : {}),
  }
}

function refuseAlone(given: ReadonlySet<string>): undefined {
  const names = Object.keys(artifactOptions).filter((name) => name !== 'artifact' && given.has(name))
  if (names.length === 0) return undefined
  const flags = names.map((name) => `--${name}`).join('/')
  throw invalid('flags-conflict', `${flags} ${names.length === 1 ? 'requires' : 'require'} --artifact`)
}
