// kube generate: a manifest of containers, pods and volumes.

import { existsSync } from 'node:fs'
import { invalid } from '../../../base/errors.ts'
import { replaceFile } from '../../../os/atomic-file.ts'
import { defineCommand } from '../../command.ts'
import { manifestText } from '../../manifest-text.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    filename: {
      type: 'string',
      short: 'f',
      value: 'file',
      describe: 'Write to this file, which must not exist',
      complete: 'file',
    },
    'no-trunc': { type: 'boolean', describe: 'Has no effect: annotations are never cut', isHidden: true },
    'podman-only': {
      type: 'boolean',
      describe: 'Add annotations that only podman and Gantry understand; a cluster may refuse them',
    },
    replicas: { type: 'number', short: 'r', default: 1, describe: 'How many replicas a Deployment has' },
    service: { type: 'boolean', short: 's', describe: 'Add a Service for the published ports' },
    type: {
      type: 'string',
      short: 't',
      value: 'kind',
      describe:
        'What pods and containers become: pod, deployment, daemonset or job; pod unless containers.conf says otherwise',
      complete: 'none',
    },
  },
  positionals: [
    { name: 'container', usage: '{CONTAINER...|POD...|VOLUME...}', isVariadic: true, complete: 'container' },
  ],
  description:
    'As with podman, containers that are in no pod come in one together. What is written, kube play takes, and a cluster, too.',
  examples: [
    'gantry kube generate web > web.yaml',
    'gantry kube generate --service --filename shop.yaml shop',
    'gantry kube generate --type deployment --replicas 3 web',
  ],
  async run(open, { options, args }) {
    const [engine, { generate }] = await Promise.all([open(), import('../../../engine/kube/generate.ts')])
    const file = options.filename
    if (file !== undefined && existsSync(file)) throw invalid('file-exists', `cannot write to "${file}"; file exists`)
    const generated = await generate(engine, {
      names: args,
      type: options.type ?? engine.settings.kubeGenerateType ?? 'pod',
      replicas: options.replicas,
      hasService: options.service,
      isPodmanOnly: options['podman-only'],
    })
    if (file === undefined) printLine(manifestText(generated))
    else replaceFile(file, manifestText(generated))
    return 0
  },
})
