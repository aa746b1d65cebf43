// The units of a pod: one of the infra container, which the pod lives and ends with, and one of each member.

import { invalid } from '../../base/errors.ts'
import { unitVariable } from '../../os/own-service.ts'
import { dependenciesOf } from '../../spec/dependencies.ts'
import type { Layout } from '../../state/layout.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import { isInfra, membersOf } from '../pod/members.ts'
import type { PodRecord } from '../pod/pod-record.ts'
import { containerUnit, containerUnitName, monitorPidFile, stopSeconds } from './container-unit.ts'
import { type CreateCommand, flagValue, flagWords, type ReadCreateCommand } from './create-command.ts'
import {
  commandLine,
  extraStopSeconds,
  line,
  literal,
  renderUnit,
  restartLines,
  type Unit,
  type UnitStyle,
  unitName,
} from './unit-text.ts'

export interface PodUnitRequest {
  readonly style: UnitStyle
  readonly pod: PodRecord
  readonly isNew: boolean
  readonly readCommand: ReadCreateCommand
}

/** The pod's first. @throws invalid `infra-missing`, `create-command-unknown`, and as containerUnit */
export async function podUnits(at: Layout, { style, pod, isNew, readCommand }: PodUnitRequest): Promise<Unit[]> {
  const all = membersOf(at, pod.id)
  const infra = all.find((member) => isInfra(member))
  if (infra === undefined) {
    throw invalid('infra-missing', `generating systemd unit files: Pod "${pod.name}" has no infra container`)
  }
  const name = unitName(style, style.podPrefix, style.isNamed ? pod.name : pod.id)
  const members = all.filter((member) => member !== infra)
  const nameOf = (id: string) => {
    const member = members.find((one) => one.id === id)
    return member === undefined ? [] : [containerUnitName(style, member)]
  }
  const command = await readCommand(pod.createCommand)
  const own = podUnit(at, { style, pod, infra, name, members, command, isNew })
  const others = members.map(async (container) =>
    containerUnit(at, {
      style,
      container,
      command: await readCommand(container.stored.spec.createCommand),
      isNew,
      isTemplate: false,
      boundTo: [name, ...dependenciesOf(container.stored.spec).flatMap(nameOf)],
      podIdFile: podIdFile(name),
    }),
  )
  return [own, ...(await Promise.all(others))]
}

function podIdFile(name: string): string {
  return `%t/${name}.pod-id`
}

interface PodFacts {
  readonly style: UnitStyle
  readonly pod: PodRecord
  readonly infra: StoredContainer
  readonly name: string
  readonly members: readonly StoredContainer[]
  readonly command: CreateCommand | undefined
  readonly isNew: boolean
}

function podUnit(at: Layout, facts: PodFacts): Unit {
  const { style, infra, name, members, isNew } = facts
  const services = members.map((member) => `${containerUnitName(style, member)}.service`).sort()
  return renderUnit(style, {
    name,
    isTemplate: false,
    folders: [at.run, at.root],
    unit: [...line('Wants', services), ...line('Before', services)],
    service: [
      `Environment=${unitVariable}=%n`,
      ...restartLines(style),
      `TimeoutStopSec=${stopSeconds(style, infra) + extraStopSeconds}`,
      ...(isNew ? newLines(facts) : standingLines(at, facts)),
      'Type=forking',
    ],
  })
}

function standingLines(at: Layout, { style, infra, command }: PodFacts): string[] {
  const called = style.isNamed ? infra.name : infra.id
  const program = literal([style.program, ...(command?.globalFlags ?? [])])
  const stop = commandLine([...program, 'stop', '-t', String(stopSeconds(style, infra)), called])
  return [
    `ExecStart=${commandLine([...program, 'start', called])}`,
    `ExecStop=${stop}`,
    `ExecStopPost=${stop}`,
    `PIDFile=${monitorPidFile(at, infra)}`,
  ]
}

function newLines({ style, pod, infra, name, command }: PodFacts): string[] {
  if (command?.name !== 'pod create') {
    const words = JSON.stringify(pod.createCommand)
    throw invalid(
      'create-command-unknown',
      `cannot use --new on pod "${pod.name}": its create command ${words} is not pod create`,
    )
  }
  const program = literal([style.program, ...command.globalFlags])
  const byFile = ['--pod-id-file', podIdFile(name)]
  const seconds = String(stopSeconds(style, infra))
  return [
    `ExecStartPre=${commandLine([...program, 'pod', 'create', ...createWords(name, command)])}`,
    `ExecStart=${commandLine([...program, 'pod', 'start', ...byFile])}`,
    `ExecStop=${commandLine([...program, 'pod', 'stop', '--ignore', ...byFile, '-t', seconds])}`,
    `ExecStopPost=${commandLine([...program, 'pod', 'rm', '--ignore', '-f', ...byFile])}`,
    `PIDFile=${pidFile(name)}`,
  ]
}

function pidFile(name: string): string {
  return `%t/${name}.pid`
}

function createWords(name: string, command: CreateCommand): string[] {
  const isReplacing = flagValue(command, 'replace') === 'true'
  const isNamed = flagValue(command, 'name') !== undefined || command.args.length > 0
  const without = new Set(['pod-id-file', 'infra-conmon-pidfile', ...(isReplacing ? [] : ['replace'])])
  return [
    ...['--infra-conmon-pidfile', pidFile(name)],
    ...['--pod-id-file', podIdFile(name)],
    ...(flagValue(command, 'exit-policy') === undefined ? ['--exit-policy=stop'] : []),
    ...literal(flagWords(command, without)),
    ...(isNamed && !isReplacing ? ['--replace'] : []),
    ...literal(command.args),
  ]
}
