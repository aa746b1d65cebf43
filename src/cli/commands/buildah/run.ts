// buildah run: a command in a working container.

import { isatty } from 'node:tty'
import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { buildRunOptions, runSettings } from '../../options/build-run.ts'
import { mountOptions } from '../../options/container-mounts.ts'
import { readEnvironment } from '../../options/environment.ts'
import { historyOption } from '../../options/working.ts'

const { cgroupns: _, ...usualOptions } = buildRunOptions

export default defineCommand({
  options: {
    ...usualOptions,
    cgroupns: buildRunOptions.cgroupns,
    'add-history': historyOption,
    env: {
      type: 'strings',
      short: 'e',
      value: 'name=value',
      describe: 'Set a variable for the command',
      complete: 'none',
    },
    isolation: { type: 'string', value: 'type', describe: 'oci; chroot and rootless are run as oci', complete: 'none' },
    network: { ...buildRunOptions.network, aliases: ['net'] },
    terminal: { type: 'boolean', short: 't', aliases: ['tty'], describe: 'Give the command a terminal' },
    user: { type: 'string', short: 'u', value: 'user[:group]', describe: 'Run it as this user', complete: 'none' },
    volume: { ...mountOptions.volume, short: 'v' },
    workingdir: {
      type: 'string',
      value: 'folder',
      describe: 'Run it in this folder of the container',
      complete: 'none',
    },
  },
  positionals: [
    { name: 'container', complete: 'container' },
    { name: 'command', isRest: true },
  ],
  description: 'As RUN of a Dockerfile would, with what the image is configured to be: its user, folder and variables.',
  examples: ['gantry buildah run web -- dnf -y install nginx', 'gantry buildah run -t web bash'],
  async run(open, invocation) {
    const { options, args, given } = invocation
    const [name = '', ...rest] = args
    const words = rest[0] === '--' ? rest.slice(1) : rest
    if (words.length === 0)
      throw invalid('arguments-invalid', 'a command must be specified', 'gantry buildah run CONTAINER COMMAND')
    const isTerminal = isatty(0) && isatty(1)
    const engine = await open()
    const [{ runInWorking }, { selectWorking }] = await Promise.all([
      import('../../../engine/working/run.ts'),
      import('../../../engine/working/working-container.ts'),
    ])
    const { user, workingdir } = options
    return runInWorking(engine, selectWorking(engine, name), {
      words,
      settings: runSettings(invocation as never),
      ...(user === undefined ? {} : { user }),
      ...(workingdir === undefined ? {} : { workdir: workingdir }),
      environment: readEnvironment({ files: [], entries: options.env }),
      mounts: [],
      hasTerminal: given.has('terminal') ? options.terminal && isTerminal : isTerminal,
      stdin: 0,
      addsHistory: options['add-history'],
    })
  },
})
