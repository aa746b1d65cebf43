// The unit of one container: it starts the container that is there, or makes a new one by the command that made this one.

import { join } from 'node:path'
import { invalid } from '../../base/errors.ts'
import { unitVariable } from '../../os/own-service.ts'
import { quoteLiteralWord } from '../../quadlet/unit-words.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import { isInit } from '../pod/members.ts'
import { type CreateCommand, flagValue, flagWords, makesContainer, passedVariables } from './create-command.ts'
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

export interface ContainerUnitRequest {
  readonly style: UnitStyle
  readonly container: StoredContainer
  /** Of the container, or of its pod's infra container. */
  readonly command: CreateCommand | undefined
  readonly isNew: boolean
  readonly isTemplate: boolean
  /** Names of units, without ".service": it lives and ends with them. */
  readonly boundTo?: readonly string[]
  /** Of the pod that it is made in. */
  readonly podIdFile?: string
}

/** @throws invalid `init-container`, `create-command-unknown` */
export function containerUnit(at: Layout, request: ContainerUnitRequest): Unit {
  const { style, container, isTemplate, boundTo = [] } = request
  if (isInit(container)) {
    const message = `unsupported container ${container.id}: cannot generate systemd units for init containers`
    throw invalid('init-container', message)
  }
  const bound = boundTo.map((name) => `${name}.service`).sort()
  return renderUnit(style, {
    name: containerUnitName(style, container),
    isTemplate,
    folders: [at.run, at.root],
    unit: [...line('BindsTo', bound), ...line('After', bound)],
    service: [`Environment=${unitVariable}=%n`, ...(request.isNew ? newLines(request) : standingLines(at, request))],
  })
}

export function containerUnitName(style: UnitStyle, { id, name }: StoredContainer): string {
  return unitName(style, style.containerPrefix, style.isNamed ? name : id)
}

/** Where a start in a service leaves the monitor's pid. */
export function monitorPidFile(at: Layout, { id, stored }: StoredContainer): string {
  return stored.spec.pidFiles?.monitor ?? join(paths.runContainer(at, id), containerFiles.run.monitorPid)
}

/** It is there already. */
function standingLines(at: Layout, { style, container, command }: ContainerUnitRequest): string[] {
  const called = style.isNamed ? container.name : container.id
  const program = literal([style.program, ...(command?.globalFlags ?? [])])
  const seconds = stopSeconds(style, container)
  const stop = commandLine([...program, 'stop', '-t', String(seconds), called])
  return [
    ...ownEnvironment(style),
    ...restartLines(style),
    ...timeoutLines(style, seconds),
    `ExecStart=${commandLine([...program, 'start', called])}`,
    `ExecStop=${stop}`,
    `ExecStopPost=${stop}`,
    `PIDFile=${monitorPidFile(at, container)}`,
    'Type=forking',
  ]
}

const idFile = '--cidfile=%t/%n.ctr-id'

/** Made at the start of the service, and gone with its end. */
function newLines({ style, container, command, ...request }: ContainerUnitRequest): string[] {
  if (!makesContainer(command)) {
    const words = JSON.stringify(container.stored.spec.createCommand)
    throw invalid(
      'create-command-unknown',
      `cannot use --new on container "${container.id}": its create command ${words} is none of run or create`,
    )
  }
  const program = literal([style.program, ...command.globalFlags])
  const seconds = stopSeconds(style, container)
  const [policy, burst] = restartOf(command)
  return [
    // The service has another environment.
    ...line('Environment', literal(passedVariables(command, container.stored.spec.process.environment))),
    ...ownEnvironment(style),
    ...restartLines(style, policy),
    ...(burst === undefined || style.restartPolicy !== undefined ? [] : [`StartLimitBurst=${burst}`]),
    ...timeoutLines(style, seconds),
    `ExecStart=${commandLine([...program, 'run', ...startWords(style, container, { ...request, command })])}`,
    `ExecStop=${commandLine([...program, 'stop', '--ignore', '-t', String(seconds), idFile])}`,
    `ExecStopPost=${commandLine([...program, 'rm', '-f', '--ignore', '-t', String(seconds), idFile])}`,
    'Type=notify',
    'NotifyAccess=all',
  ]
}

interface StartFacts {
  readonly command: CreateCommand
  readonly isTemplate: boolean
  readonly podIdFile?: string
}

/** The unit decides by itself how the container is named, kept track of and restarted, and leaves the rest as it was said. */
function startWords(
  style: UnitStyle,
  container: StoredContainer,
  { command, podIdFile, isTemplate }: StartFacts,
): string[] {
  const name = flagValue(command, 'name')
  const decisions: readonly UnitDecision[] = [
    { flags: ['cidfile'], words: [idFile] },
    { flags: ['cgroups'], words: ['--cgroups=no-conmon'] },
    { flags: ['rm'], words: ['--rm'] },
    { flags: ['restart'], words: [] },
    ...(podIdFile === undefined ? [] : [{ flags: ['pod', 'pod-id-file'], words: ['--pod-id-file', podIdFile] }]),
    ...unless(!['', 'ignore'].includes(flagValue(command, 'sdnotify') ?? ''), ['sdnotify', '--sdnotify=conmon']),
    ...unless(flagValue(command, 'detach') === 'true', ['detach', '-d']),
    ...unless(name === undefined || flagValue(command, 'replace') === 'true', ['replace', '--replace']),
    ...unless(!isTemplate, ['name', `--name=${quoteLiteralWord(name ?? containerUnitName(style, container))}-%i`]),
  ]
  const decided = new Set(decisions.flatMap(({ flags }) => flags))
  return [...decisions.flatMap(({ words }) => words), ...literal([...flagWords(command, decided), ...command.args])]
}

/** `words` stand for whatever was said by the flags. */
interface UnitDecision {
  readonly flags: readonly string[]
  readonly words: readonly string[]
}

function unless(isApt: boolean, [flag, word]: readonly [string, string]): UnitDecision[] {
  return isApt ? [] : [{ flags: [flag], words: [word] }]
}

/** systemd restarts it instead. */
function restartOf(command: CreateCommand): [policy: string | undefined, burst?: string] {
  const [policy = '', retries] = (flagValue(command, 'restart') ?? '').replace(/,unhealthy$/, '').split(':')
  if (policy === '') return [undefined]
  if (policy === 'unless-stopped') return ['always']
  return retries === undefined ? [policy] : [policy, retries]
}

function ownEnvironment({ environment }: UnitStyle): string[] {
  return literal(environment).map((entry) => `Environment=${entry}`)
}

export function stopSeconds({ stopTimeoutSeconds }: UnitStyle, { stored }: StoredContainer): number {
  return stopTimeoutSeconds ?? stored.spec.stop.timeoutSeconds
}

function timeoutLines({ startTimeoutSeconds = 0 }: UnitStyle, stop: number): string[] {
  return [
    ...(startTimeoutSeconds === 0 ? [] : [`TimeoutStartSec=${startTimeoutSeconds}`]),
    `TimeoutStopSec=${stop + extraStopSeconds}`,
  ]
}
