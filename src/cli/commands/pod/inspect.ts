// pod inspect: what is known of pods. One that is not there is told of after the others.

import { invalid } from '../../../base/errors.ts'
import { goDocument } from '../../../engine/go-document.ts'
import { defineCommand } from '../../command.ts'
import { inspectOptions } from '../../inspect-options.ts'
import { findPods, latestPodOption } from '../../pod-targets.ts'
import { printLine } from '../../render/print.ts'
import { isJsonFormat, printRows } from '../../render/template.ts'

export default defineCommand({
  options: {
    format: {
      ...inspectOptions.format,
      fields:
        'ID Name Created CreateCommand ExitPolicy State Hostname Labels CreateCgroup CgroupParent CgroupPath ' +
        'CreateInfra InfraContainerID InfraConfig SharedNamespaces NumContainers Containers RestartPolicy ' +
        'LockNumber',
    },
    latest: latestPodOption,
  },
  positionals: [{ name: 'pod', isVariadic: true, isOptional: true, complete: 'pod' }],
  examples: ['gantry pod inspect web', "gantry pod inspect --format '{{.State}}' web"],
  async run(open, { options, args }) {
    const { latest, format } = options
    if (args.length === 0 && !latest) throw invalid('arguments-invalid', 'you must provide at least one name or id')
    if (args.length > 0 && latest) {
      throw invalid('arguments-invalid', '--latest and arguments cannot be used together')
    }
    const [engine, { inspect }] = await Promise.all([open(), import('../../../engine/pod/inspect.ts')])
    const pods = await findPods(engine, { names: args, latest })
    const documents = pods.map(({ pod }) => goDocument(inspect(engine, pod), '*define.InspectPodData'))
    if (isJsonFormat(format)) printLine(JSON.stringify(documents, undefined, 5))
    else printRows({ name: 'inspect', format, rows: documents, headings: {} })
    return 0
  },
})
