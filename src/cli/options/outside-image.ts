// The flags of `inspect` for an image that lies elsewhere than in the store, as skopeo has them.

import { invalid } from '../../base/errors.ts'
import { defineOptions } from '../command.ts'
import { overridePlatformOptions } from './override-platform.ts'
import { repositoryOptions } from './repository-access.ts'

export const outsideImageOptions = defineOptions({
  ...overridePlatformOptions,
  ...repositoryOptions,
  config: { type: 'boolean', describe: "Of an image elsewhere: print the image's configuration" },
  'daemon-host': {
    type: 'string',
    describe: 'Where docker-daemon: listens: unix://PATH or tcp://HOST:PORT',
    complete: 'none',
  },
  'manifest-digest': {
    type: 'string',
    value: 'ALGORITHM',
    describe: "Of an image elsewhere: the algorithm of the manifest's digest: sha256 or sha512",
    choices: ['sha256', 'sha512'],
  },
  'no-tags': { type: 'boolean', short: 'n', describe: 'Of an image elsewhere: do not list the tags of its repository' },
  raw: {
    type: 'boolean',
    describe: 'Of an image elsewhere: print the manifest, or with --config the configuration, as it is',
  },
  'shared-blob-dir': {
    type: 'string',
    describe: 'Of an image in an oci: layout: folder of blobs that several layouts share, in place of its own blobs/',
    complete: 'folder',
  },
})

/** A path has a slash, or a name behind it: no image's name has either behind its first colon. */
export function isOutside(name: string): boolean {
  return /^(docker:\/\/|(docker-daemon|containers-storage):|(dir|oci|oci-archive|docker-archive):.*[/:])/s.test(name)
}

/** @throws invalid `flags-conflict` for what only an image elsewhere has */
export function refuseOutsideFlags(given: ReadonlySet<string>): void {
  const flag = [...given].find((name) => Object.hasOwn(outsideImageOptions, name))
  if (flag === undefined) return
  throw invalid(
    'flags-conflict',
    `--${flag} is about images that lie elsewhere than in the store`,
    'Name one with its transport: inspect docker://REGISTRY/NAME',
  )
}
