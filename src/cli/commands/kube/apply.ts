// kube apply: containers, pods, volumes or a manifest to a Kubernetes cluster.

import { invalid } from '../../../base/errors.ts'
import type { Engine } from '../../../engine/engine.ts'
import { defineCommand } from '../../command.ts'
import { refuseConflicts } from '../../flag-conflicts.ts'
import { readKubeFile } from '../../kube-file.ts'
import { manifestText } from '../../manifest-text.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    'ca-cert-file': {
      type: 'string',
      value: 'file',
      describe:
        "Certificate of the authority that vouches for the cluster, or insecure for none; the kubeconfig's unless said",
      complete: 'file',
    },
    file: {
      type: 'string',
      short: 'f',
      value: 'file',
      describe: 'Manifest to apply; - is standard input',
      complete: 'file',
    },
    kubeconfig: {
      type: 'string',
      short: 'k',
      value: 'file',
      describe: 'kubeconfig of the cluster; KUBECONFIG unless said',
      complete: 'file',
    },
    ns: {
      type: 'string',
      aliases: ['namespace'],
      value: 'namespace',
      describe: "Namespace in the cluster; the kubeconfig's unless said",
      complete: 'none',
    },
    service: { type: 'boolean', short: 's', describe: 'Add a Service for the published ports' },
  },
  positionals: [
    {
      name: 'container',
      usage: '[CONTAINER...|POD...|VOLUME...]',
      isOptional: true,
      isVariadic: true,
      complete: 'container',
    },
  ],
  description: 'What is named goes as kube generate writes it. An object that is there already is changed.',
  examples: [
    'gantry kube apply --kubeconfig ~/.kube/config web data',
    'gantry kube apply --ns project --file web.yaml',
  ],
  async run(open, { options, args }) {
    refuseConflicts([
      [options.file !== undefined && options.service, 'cannot set --service and --file at the same time'],
      [
        options.file === undefined && args.length === 0,
        'apply needs the name of a container, a pod or a volume, or --file',
      ],
    ])
    const kubeconfig = options.kubeconfig || process.env['KUBECONFIG']
    if (!kubeconfig) throw invalid('kubeconfig-missing', 'kubeconfig not given, unable to connect to cluster')
    const { readKubeconfig } = await import('../../../engine/kube/kubeconfig.ts')
    const cluster = await readKubeconfig(kubeconfig, options['ca-cert-file'])
    const engine = await open()
    const text =
      options.file === undefined ? await generated(engine, args, options.service) : await readKubeFile(options.file)
    printLine('Deploying to cluster...')
    const { apply } = await import('../../../engine/kube/apply.ts')
    await apply(engine, { text, cluster, namespace: options.ns })
    printLine('Successfully deployed workloads to cluster!')
    return 0
  },
})

async function generated(engine: Engine, names: readonly string[], hasService: boolean): Promise<string> {
  const { generate } = await import('../../../engine/kube/generate.ts')
  return manifestText(await generate(engine, { names, hasService, type: 'pod', replicas: 1, isPodmanOnly: false }))
}
