// manifest add: images, or files as an artifact, as entries of a list; its id is printed.

import { defineCommand } from '../../command.ts'
import { artifactOptions, toArtifact } from '../../options/artifact.ts'
import { listAccessOptions, toListAccess } from '../../options/list-access.ts'
import { listEntryOptions, toAnnotations, toPlatformNotes } from '../../options/list-entry.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    ...listAccessOptions,
    ...listEntryOptions,
    ...artifactOptions,
    all: { type: 'boolean', describe: "Add all of the list's images if the image is a list" },
  },
  positionals: [
    { name: 'list', complete: 'image' },
    { name: 'image-or-artifact', isVariadic: true, complete: 'image' },
  ],
  description:
    'Images may lie in registries, archives (oci: oci-archive: docker-archive: dir:) and the store. A bare name is looked for in its registry first, then in the store; containers-storage:NAME is the one in the store.',
  examples: [
    'gantry manifest add mylist:v1.11 quay.io/me/app:amd64',
    'gantry manifest add --arch arm64 --variant v8 mylist:v1.11 oci-archive:/tmp/app.tar',
    'gantry manifest add --all mylist:v1.11 docker://docker.io/library/busybox',
    'gantry manifest add --artifact --artifact-type application/spdx+json mylist:v1.11 sbom.json',
  ],
  async run(open, { options, args: [list = '', ...images], given }) {
    const artifact = toArtifact({ options, given })
    const access = toListAccess({ options, given })
    const annotations = toAnnotations(
      options.annotation,
      (pair) => `no value given for annotation ${JSON.stringify(pair)}`,
    )
    const engine = await open()
    const notes = { annotations, platform: toPlatformNotes(options) }
    if (artifact !== undefined) {
      const { addArtifact } = await import('../../../engine/manifest/add-artifact.ts')
      printLine(await addArtifact(engine, list, { ...artifact, files: images, notes }))
      return 0
    }
    const { add } = await import('../../../engine/manifest/add.ts')
    printLine(await add(engine, list, { images, notes, areAll: options.all, access }))
    return 0
  },
})
