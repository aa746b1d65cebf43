// system prune: removes what nobody needs.

import { invalid } from '../../../base/errors.ts'
import { humanSize } from '../../../base/size.ts'
import type { SystemPruned } from '../../../engine/system/prune.ts'
import { defineCommand } from '../../command.ts'
import { isConfirmed } from '../../confirm.ts'
import { isDocker } from '../../dialect.ts'
import { exitCodes } from '../../exit-code.ts'
import { complainJoined } from '../../render/joined-errors.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    all: { type: 'boolean', short: 'a', describe: 'Remove all unused data' },
    build: { type: 'boolean', describe: 'Remove what builds keep for the next ones' },
    external: { type: 'boolean', describe: 'Remove what killed processes left, and nothing else' },
    filter: { type: 'strings', value: 'filter', describe: "Provide filter values (e.g. 'label=<key>=<value>')" },
    force: { type: 'boolean', short: 'f', describe: 'Do not prompt for confirmation' },
    volumes: { type: 'boolean', describe: 'Prune volumes that no container uses, too' },
  },
  examples: ['gantry system prune', 'gantry system prune --all --force', 'gantry system prune --filter until=24h'],
  async run(open, { options }) {
    const { all, build, external, filter, force, volumes } = options
    if (external && (all || build || volumes || filter.length > 0)) {
      throw invalid('flags-conflict', 'system prune --external cannot be combined with other options')
    }
    if (external) {
      const { sweepPassingBy } = await import('../../../engine/system/sweep-passing-by.ts')
      await sweepPassingBy(await open())
      return 0
    }
    if (!force && !(await isConfirmed(warning(options)))) return 0
    const { systemPrune } = await import('../../../engine/system/prune.ts')
    return show(
      await systemPrune(await open(), {
        areAll: all,
        filters: filter,
        ...rangesOf(options),
      }),
    )
  },
})

function rangesOf({ all, build, volumes }: { all: boolean; build: boolean; volumes: boolean }) {
  return {
    buildCache: all || build ? 'all' : 'dangling',
    volumes: volumes ? (isDocker() ? 'anonymous' : 'all') : 'none',
  } as const
}

function warning({ all, build, volumes }: { all: boolean; build: boolean; volumes: boolean }): string {
  const what = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(volumes ? [`all ${isDocker() ? 'anonymous ' : ''}volumes not used by at least one container`] : []),
    all ? 'all images without at least one container associated with them' : 'all dangling images',
    all || build ? 'all build cache' : 'all dangling build cache',
  ]
  return `WARNING! This command removes:\n${what.map((one) => `\t- ${one}\n`).join('')}`
}

function show({ pods, containers, images, volumes, freedBytes }: SystemPruned): number {
  showList(
    'Deleted Pods',
    pods.filter(({ error }) => error === undefined).map(({ id }) => id),
  )
  showList(
    'Deleted Containers',
    containers.filter(({ error }) => error === undefined).map(({ id }) => id),
  )
  showList('Deleted Images', images)
  showList(
    'Deleted Volumes',
    volumes.filter(({ error }) => error === undefined).map(({ name }) => name),
  )
  printLine(`Total reclaimed space: ${humanSize(freedBytes)}`)
  const errors = [...pods, ...containers, ...volumes].flatMap(({ error }) => error ?? [])
  complainJoined(errors)
  return errors.length === 0 ? 0 : exitCodes.failed
}

function showList(heading: string, ids: readonly string[]): void {
  if (ids.length === 0) return
  printLine(heading)
  for (const id of ids) printLine(id)
}
