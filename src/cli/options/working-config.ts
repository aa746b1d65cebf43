// The flags of buildah config, and what they change of the image to come.

import { parseGoDuration } from '../../base/duration.ts'
import { invalid } from '../../base/errors.ts'
import { shellWords } from '../../base/shell-words.ts'
import type { DraftConfig, DraftHealthcheck, DraftHistory } from '../../engine/build/image-draft.ts'
import type { WorkingImage } from '../../engine/working/working-container.ts'
import { parseExpose } from '../../spec/port-text.ts'
import { defineOptions, type Options } from '../command.ts'
import { historyOption } from './working.ts'
import { changeEnvironment, changeMembers, changeNames } from './working-changes.ts'

const text = (describe: string, value?: string) =>
  ({ type: 'string', describe, complete: 'none', ...(value === undefined ? {} : { value }) }) as const
const list = (describe: string, value: string) => ({ type: 'strings', describe, value, complete: 'none' }) as const

export const workingConfigOptions = defineOptions({
  'add-history': historyOption,
  annotation: { ...list('Set an annotation; NAME- removes it, - all', 'name=value'), short: 'a' },
  arch: text('Architecture of the image', 'architecture'),
  author: text('Author of the image'),
  cmd: text('Default command of the image', 'command'),
  comment: text('Comment of the image, in Docker’s format'),
  'created-by': text('What history says that the image was made by', 'description'),
  entrypoint: text('Entry point of the image: a JSON array, or a command for a shell', 'command'),
  env: { ...list('Set a variable; NAME- removes it, - all', 'name=value'), short: 'e' },
  healthcheck: text('Health check of the image, in Docker’s format', 'command'),
  'healthcheck-interval': text('Time from one check to the next', 'duration'),
  'healthcheck-retries': { type: 'number', value: 'number', describe: 'How often it must fail', complete: 'none' },
  'healthcheck-start-interval': text('Time between checks while the container starts', 'duration'),
  'healthcheck-start-period': text('Time in which failures do not count', 'duration'),
  'healthcheck-timeout': text('How long a check may take', 'duration'),
  'history-comment': text('Comment in the history of the image'),
  label: { ...list('Set a label; NAME- removes it, - all', 'name=value'), short: 'l' },
  onbuild: list('Instruction for builds on this image, in Docker’s format', 'instruction'),
  os: text('Operating system of the image', 'OS'),
  'os-feature': list('Feature that the image needs; NAME- removes it, - all', 'feature'),
  'os-version': text('Version of the system that the image needs', 'version'),
  port: { ...list('Port to expose; PORT- removes it, - all', 'port'), short: 'p', isCommaSeparated: true },
  shell: text('Shell of the image, in Docker’s format', 'words'),
  'stop-signal': text('Signal that stops a container of the image', 'signal'),
  unsetannotation: list('Remove an annotation', 'name'),
  unsetlabel: list('Remove a label', 'name'),
  user: { ...text('User of the image', 'user[:group]'), short: 'u' },
  variant: text('Variant of the architecture'),
  volume: { ...list('Volume of the image; PATH- removes it, - all', 'path'), short: 'v', isCommaSeparated: true },
  workingdir: text('Working folder of the image', 'folder'),
})

type ConfigWords = Options<typeof workingConfigOptions>

/** @throws invalid for ports, durations, quotes and variables that are none */
export function changedImage(image: WorkingImage, words: ConfigWords, now: string): WorkingImage {
  const { draft } = image
  const config = changedConfig(draft.config, words)
  const steps = words['add-history'] ? stepsOf(words, now) : []
  return {
    ...image,
    draft: { ...draft, about: changedAbout(draft.about, words), author: words.author ?? draft.author, config },
    annotations: changeMembers(image.annotations, [...words.annotation, ...words.unsetannotation.map(removal)]),
    ...(words['created-by'] === undefined ? {} : { createdBy: words['created-by'] }),
    ...(words['history-comment'] === undefined ? {} : { comment: words['history-comment'] }),
    steps: [...image.steps, ...steps],
  }
}

function changedAbout(about: WorkingImage['draft']['about'], words: ConfigWords): WorkingImage['draft']['about'] {
  const { arch, os, variant, comment } = words
  const features = changeNames((about['os.features'] as string[] | undefined) ?? [], words['os-feature'])
  const given = { architecture: arch, os, variant, comment, 'os.version': words['os-version'] }
  return {
    ...about,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(features.length === 0 ? {} : { 'os.features': features }),
  }
}

/** Empty members are left out of the document. */
function changedConfig(config: DraftConfig, words: ConfigWords): DraftConfig {
  const { cmd, entrypoint, shell, user, workingdir } = words
  const stopSignal = words['stop-signal']
  return {
    ...config,
    ...(entrypoint === undefined ? {} : { Entrypoint: entrypointOf(entrypoint) }),
    ...(cmd === undefined ? {} : { Cmd: shellWords(cmd) }),
    ...(shell === undefined ? {} : { Shell: shellWords(shell) }),
    ...(user === undefined ? {} : { User: user }),
    ...(workingdir === undefined ? {} : { WorkingDir: workingdir }),
    ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
    ...changedLists(config, words),
    ...changedHealth(config.Healthcheck, words),
  }
}

function changedLists(config: DraftConfig, words: ConfigWords): DraftConfig {
  const ports = words.port.map((port) => (port.endsWith('-') ? port : portOf(port)))
  const asMembers = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]))
  return {
    Env: changeEnvironment(config.Env ?? [], words.env),
    ExposedPorts: asMembers(changeNames(Object.keys(config.ExposedPorts ?? {}), ports)),
    Volumes: asMembers(changeNames(Object.keys(config.Volumes ?? {}), words.volume)),
    Labels: changeMembers(config.Labels ?? {}, [...words.label, ...words.unsetlabel.map(removal)]),
    OnBuild: [...(config.OnBuild ?? []), ...words.onbuild],
  }
}

function removal(name: string): string {
  return `${name}-`
}

function portOf(words: string): string {
  const [port] = parseExpose(words)
  if (port === undefined) throw invalid('port-invalid', `${JSON.stringify(words)} is no port`)
  return `${port.port}/${port.protocol}`
}

/** As buildah reads it. */
function entrypointOf(words: string): string[] {
  if (words.trim() === '') return []
  try {
    const list: unknown = JSON.parse(words)
    if (Array.isArray(list) && list.every((word) => typeof word === 'string')) return list
  } catch {
    // No JSON: a command for a shell.
  }
  return ['/bin/sh', '-c', words]
}

const secondNs = 1e9

function changedHealth(before: DraftHealthcheck | undefined, words: ConfigWords): Pick<DraftConfig, 'Healthcheck'> {
  const retries = words['healthcheck-retries']
  const durations = {
    Interval: words['healthcheck-interval'],
    StartInterval: words['healthcheck-start-interval'],
    StartPeriod: words['healthcheck-start-period'],
    Timeout: words['healthcheck-timeout'],
  }
  const given = Object.entries(durations).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, parseGoDuration(value)]],
  )
  if (words.healthcheck === undefined && retries === undefined && given.length === 0) return {}
  const usual = { Test: ['NONE'], Interval: 30 * secondNs, Timeout: 30 * secondNs, Retries: 3 }
  return {
    Healthcheck: {
      ...(before ?? usual),
      ...Object.fromEntries(given),
      ...(retries === undefined ? {} : { Retries: retries }),
      ...(words.healthcheck === undefined ? {} : { Test: shellWords(words.healthcheck) }),
    },
  }
}

/** What --add-history tells of. */
function stepsOf(words: ConfigWords, now: string): DraftHistory[] {
  const said: [keyword: string, value: string | undefined][] = [
    ['USER', words.user],
    ['SHELL', words.shell],
    ['STOPSIGNAL', words['stop-signal']],
    ['EXPOSE', joined(words.port)],
    ['ENV', joined(words.env)],
    ['ENTRYPOINT', words.entrypoint],
    ['CMD', words.cmd],
    ['VOLUME', joined(words.volume)],
    ['LABEL', joined(words.label)],
    ['WORKDIR', words.workingdir],
    ...words.onbuild.map((one): [string, string] => ['ONBUILD', one]),
  ]
  return said.flatMap(([keyword, value]) =>
    value === undefined
      ? []
      : [{ created: now, created_by: `/bin/sh -c #(nop) ${keyword} ${value}`, empty_layer: true as const }],
  )
}

function joined(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(' ')
}
