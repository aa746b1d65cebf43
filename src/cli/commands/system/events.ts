// events: what has happened, and what happens.

import { EngineError, invalid } from '../../../base/errors.ts'
import { goJson } from '../../../base/go-value.ts'
import { pointInTimeNs } from '../../../base/point-in-time.ts'
import type { Event } from '../../../event/journal.ts'
import { defineCommand } from '../../command.ts'
import { releaseInterrupts } from '../../interrupt.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    filter: {
      type: 'strings',
      short: 'f',
      describe: 'Filter events: container, event, image, label, pod, type, volume',
    },
    format: {
      type: 'string',
      describe: 'Format the output using a Go template, or as JSON',
      fields:
        'ContainerExitCode ID Image Name Network Status Time TimeNano Type HealthStatus Error ' +
        'ContainerInspectData PodID Attributes',
    },
    'no-trunc': { type: 'boolean', default: true, describe: 'Do not truncate the output' },
    since: { type: 'string', describe: 'Show all events created since timestamp', value: 'timestamp' },
    stream: {
      type: 'boolean',
      default: true,
      describe: 'Stream events and do not exit when returning the last known event',
    },
    until: { type: 'string', describe: 'Show all events until timestamp', value: 'timestamp' },
  },
  examples: ['gantry events', 'gantry events --filter event=create', "gantry events --since 1h --format '{{.Image}}'"],
  description:
    'By default, streaming mode is used, printing new events as they occur. Previous events can be listed via --since and --until.',
  async run(open, { options }) {
    const show = await printerOf(options.format, options['no-trunc'])
    const window = { sinceNs: timeOf('since', options.since), untilNs: timeOf('until', options.until) }
    const engine = await open()
    const { events } = await import('../../../engine/system/events.ts')
    // Nothing is held that an interruption would have to give back.
    releaseInterrupts()
    for await (const event of events(engine, { filters: options.filter, follow: options.stream, ...window }))
      show(event)
    return 0
  },
})

async function printerOf(format: string | undefined, isWhole: boolean): Promise<(event: Event) => void> {
  const [{ eventFields, eventLine }, { isJsonFormat, templatePrinter }] = await Promise.all([
    import('../../render/event-fields.ts'),
    import('../../render/template.ts'),
  ])
  if (format === undefined) return (event) => printLine(eventLine(event, { isShort: !isWhole }))
  if (isJsonFormat(format)) return (event) => printLine(goJson(eventFields(event)))
  const printFields = templatePrinter(format, { name: 'events' })
  return (event) => printFields(eventFields(event))
}

function timeOf(name: 'since' | 'until', text: string | undefined): bigint | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return pointInTimeNs(text, { isEnd: name === 'until' })
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    const what = `unable to convert ${name} time of ${text}: unable to interpret time value`
    throw invalid('time-malformed', `failed to parse event filters: ${what}`)
  }
}
