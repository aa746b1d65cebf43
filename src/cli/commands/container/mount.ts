// mount: where a container's root file system is, mounted; without a container, all that are.

import { invalid } from '../../../base/errors.ts'
import { alignTabs } from '../../../base/tabwriter.ts'
import type { MountedContainer } from '../../../engine/container/mount.ts'
import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { refuseOutsideOfMounts } from '../../outside-of-mounts.ts'
import { printError } from '../../render/error.ts'
import { print, printLine } from '../../render/print.ts'
import { allOption, checkTargets, findTargets, latestOption, type Target } from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Mount all containers'),
    format: { type: 'string', describe: 'Print the mounted containers in specified format (json)', complete: 'none' },
    latest: latestOption,
    'no-trunc': { type: 'boolean', aliases: ['notruncate'], describe: 'Do not truncate output' },
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  description: 'Without a container, lists those that are mounted. As often as one is mounted it must be unmounted.',
  examples: ['gantry mount', 'gantry mount web', 'gantry unshare gantry mount web'],
  async run(open, { options, args, path }) {
    refuseOutsideOfMounts(path)
    const { all, latest, format = '' } = options
    const isListing = args.length === 0 && !all && !latest
    if (!isListing) checkTargets({ names: args, all, latest })
    if (format !== '' && format !== 'json') {
      throw invalid('format-invalid', `unknown --format argument: ${JSON.stringify(format)}`)
    }
    const engine = await open()
    const { mount, mountedContainers } = await import('../../../engine/container/mount.ts')
    if (isListing) {
      list(mountedContainers(engine), { isJson: format === 'json', isWhole: options['no-trunc'] })
      return 0
    }
    return mountEach(await findTargets(engine, { names: args, all, latest }), async ({ container }) =>
      mount(engine, container),
    )
  },
})

async function mountEach(targets: readonly Target[], mount: (target: Target) => Promise<string>): Promise<number> {
  let exitCode = 0
  for (const target of targets) {
    try {
      printLine(await mount(target))
    } catch (error) {
      printError(error)
      exitCode = exitCodes.failed
    }
  }
  return exitCode
}

function list(mounted: readonly MountedContainer[], { isJson, isWhole }: { isJson: boolean; isWhole: boolean }): void {
  if (isJson) {
    const documents = mounted.map(({ container: { id, name }, path }) => ({ id, Names: [name], mountpoint: path }))
    printLine(JSON.stringify(documents, undefined, 1))
    return
  }
  const lines = mounted.map(({ container: { id }, path }) => `${isWhole ? id : id.slice(0, 12)}\t${path}\n`)
  print(alignTabs(lines.join('')))
}
