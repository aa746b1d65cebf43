// generate systemd: units that run a container, or a pod and its containers, printed or written as files.

import { resolve } from 'node:path'
import { defined } from '../../../base/defined.ts'
import { EngineError, errorReason, invalid } from '../../../base/errors.ts'
import type { Unit, UnitStyle } from '../../../engine/systemd/unit-text.ts'
import { writeResult } from '../../../os/atomic-file.ts'
import { gantryCommand } from '../../../os/installation.ts'
import { defineCommand, type Invocation } from '../../command.ts'
import { readEnvironment } from '../../options/environment.ts'
import { gantryVersion } from '../../product.ts'
import { asCalled } from '../../program-name.ts'
import { complain, print, printLine } from '../../render/print.ts'
import { isJsonFormat } from '../../render/template.ts'

const seconds = { type: 'number', value: 'seconds', complete: 'none' } as const
const units = { type: 'strings', value: 'unit', complete: 'none' } as const

const options = {
  after: { ...units, describe: 'Start it after this unit' },
  'container-prefix': {
    type: 'string',
    value: 'prefix',
    default: 'container',
    describe: 'Prefix of the names of units of containers',
    complete: 'none',
  },
  env: {
    type: 'strings',
    short: 'e',
    value: 'name=value',
    describe: 'Set a variable in the service',
    complete: 'none',
  },
  files: {
    type: 'boolean',
    short: 'f',
    describe: 'Write .service files into the working folder, and print their paths',
  },
  format: { type: 'string', describe: 'Print the units as: json', complete: 'none' },
  name: { type: 'boolean', short: 'n', describe: 'Name containers and pods by their names, not by their ids' },
  new: { type: 'boolean', describe: 'Make a new container or pod at each start, by the command that made this one' },
  'no-header': { type: 'boolean', describe: 'Say neither who wrote it nor when' },
  'pod-prefix': {
    type: 'string',
    value: 'prefix',
    default: 'pod',
    describe: 'Prefix of the names of units of pods',
    complete: 'none',
  },
  requires: { ...units, describe: 'Start it with this unit, and not without it' },
  'restart-policy': {
    type: 'string',
    value: 'policy',
    default: 'on-failure',
    describe: 'Restart= of the service: no, on-success, on-failure, on-abnormal, on-watchdog, on-abort, always',
  },
  'restart-sec': { ...seconds, describe: 'RestartSec= of the service' },
  separator: {
    type: 'string',
    value: 'text',
    default: '-',
    describe: 'What is between prefix and name',
    complete: 'none',
  },
  'start-timeout': { ...seconds, describe: 'TimeoutStartSec= of the service' },
  'stop-timeout': { ...seconds, describe: "Seconds to wait for the container's stop before it is killed" },
  template: {
    type: 'boolean',
    describe: 'Write a template, whose instances add %i to the name; of a container, with --new',
  },
  time: { ...seconds, short: 't', aliases: ['timeout'], describe: 'The same as --stop-timeout', isHidden: true },
  wants: { ...units, describe: 'Start this unit with it' },
} as const

const restartPolicies = ['no', 'on-success', 'on-failure', 'on-abnormal', 'on-watchdog', 'on-abort', 'always']

const deprecation = `
DEPRECATED command:
Quadlet files run containers and pods under systemd and need no generated copy of a command: see gantry quadlet --help
`

export default defineCommand({
  options,
  positionals: [{ name: 'CONTAINER|POD', complete: 'container' }],
  description: `Prints systemd units that run a container, or a pod and its containers; systemctl(1) works on them then.\n${deprecation}`,
  examples: [
    'gantry generate systemd web',
    'gantry generate systemd --new --time 10 web',
    'gantry generate systemd --files --name shop',
  ],
  async run(open, invocation) {
    complain(asCalled(deprecation))
    const { options: asked, args, given } = invocation
    if (given.has('new') && !asked.new && asked.template) {
      throw invalid('flags-conflict', '--template cannot be set with --new=false')
    }
    const isJson = asked.format !== undefined && isJsonFormat(asked.format)
    if (!isJson && (asked.format ?? '') !== '') {
      throw invalid('format-unknown', `unknown --format argument: ${asked.format}`)
    }
    const style = styleOf(invocation)
    const [engine, { generateUnits }, { readCreateCommand: readCommand }] = await Promise.all([
      open(),
      import('../../../engine/systemd/generate.ts'),
      import('../../create-command.ts'),
    ])
    const [name = ''] = args
    const isNew = asked.new || asked.template
    const made = await generateUnits(engine, { name, style, isNew, isTemplate: asked.template, readCommand })
    show(asked.files ? made.map(writeUnit) : made, isJson)
    return 0
  },
})

/** @throws invalid, in podman's words */
function styleOf({ options: asked, given }: Invocation<typeof options>): UnitStyle {
  if (given.has('time') && given.has('stop-timeout')) {
    throw invalid('flags-conflict', 'stop-timeout and time are redundant and cannot be used together')
  }
  const policy = asked['restart-policy']
  if (!restartPolicies.includes(policy)) {
    throw invalid('restart-policy-invalid', `${policy} is not a valid restart policy`)
  }
  const header = [`autogenerated by Gantry ${gantryVersion()}`, new Date().toUTCString()]
  return {
    program: gantryCommand,
    title: 'Gantry',
    header: asked['no-header'] ? [] : header,
    isNamed: asked.name,
    containerPrefix: asked['container-prefix'],
    podPrefix: asked['pod-prefix'],
    separator: asked.separator,
    wants: asked.wants,
    after: asked.after,
    requires: asked.requires,
    environment: readEnvironment({ files: [], entries: asked.env }),
    ...defined({
      startTimeoutSeconds: wholeSeconds('--start-timeout', asked['start-timeout']),
      stopTimeoutSeconds:
        wholeSeconds('-t, --time', asked.time) ?? wholeSeconds('--stop-timeout', asked['stop-timeout']),
      restartPolicy: given.has('restart-policy') ? policy : undefined,
      restartSeconds: wholeSeconds('--restart-sec', asked['restart-sec']),
    }),
  }
}

function wholeSeconds(flag: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= 0)) return value
  throw invalid(
    'flag-invalid',
    `invalid argument "${value}" for "${flag}" flag: strconv.ParseUint: parsing "${value}": invalid syntax`,
  )
}

/** Its path takes the place of its text. */
function writeUnit({ name, text }: Unit): Unit {
  const path = resolve(`${name}.service`)
  try {
    writeResult(path, text)
  } catch (cause) {
    const message = `cannot write the unit ${path}: ${errorReason(cause)}`
    throw new EngineError({ kind: 'denied', code: 'unit-unwritable', message, cause })
  }
  return { name, text: path }
}

function show(made: readonly Unit[], isJson: boolean): void {
  if (isJson)
    return printLine(JSON.stringify(Object.fromEntries(made.map(({ name, text }) => [name, text])), undefined, 1))
  for (const { text } of made) print(text.endsWith('\n') ? text : `${text}\n`)
}
