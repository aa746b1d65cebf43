// manifest create: a list under a name of its own; its id is printed.

import { defineCommand } from '../../command.ts'
import { listAccessOptions, toListAccess } from '../../options/list-access.ts'
import { notAPair, toAnnotations } from '../../options/list-entry.ts'
import { printLine } from '../../render/print.ts'

const { insecure, 'tls-verify': tlsVerify } = listAccessOptions

export default defineCommand({
  options: {
    all: { type: 'boolean', describe: "Add all of the lists' images if the images to add are lists" },
    amend: {
      type: 'boolean',
      short: 'a',
      describe: 'Modify an existing list if one with the desired name already exists',
    },
    annotation: {
      type: 'strings',
      value: 'stringArray',
      describe: 'Set annotations (KEY=VALUE) on the new list',
      complete: 'none',
    },
    insecure,
    'tls-verify': tlsVerify,
  },
  positionals: [
    { name: 'list', complete: 'image' },
    { name: 'image', isVariadic: true, isOptional: true, complete: 'image' },
  ],
  description:
    'Images may lie in registries, archives (oci: oci-archive: docker-archive: dir:) and the store. A bare name is looked for in its registry first, then in the store; containers-storage:NAME is the one in the store.',
  examples: [
    'gantry manifest create mylist:v1.11',
    'gantry manifest create mylist:v1.11 quay.io/me/app:amd64 quay.io/me/app:arm64',
    'gantry manifest create --all mylist:v1.11 docker://docker.io/library/busybox',
  ],
  async run(open, { options, args: [name = '', ...images], given }) {
    const access = toListAccess({ options, given })
    const annotations = toAnnotations(options.annotation, notAPair)
    const engine = await open()
    const { create } = await import('../../../engine/manifest/create.ts')
    const wanted = { name, images, annotations, isAmended: options.amend, areAll: options.all, access }
    printLine(await create(engine, wanted))
    return 0
  },
})
