// gantry completion SHELL: the generated script, for `source <(gantry completion bash)`.

import { openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { invalid } from '../../base/errors.ts'
import { installationFolder } from '../../os/installation.ts'
import { defineCommand } from '../command.ts'
import { print } from '../render/print.ts'

const files = { bash: 'gantry.bash', zsh: '_gantry', fish: 'gantry.fish' } as const

export default defineCommand({
  options: {
    file: { type: 'string', short: 'f', describe: 'Write the script to this file', complete: 'file' },
  },
  positionals: [{ name: 'shell', complete: 'none' }],
  examples: ['source <(gantry completion bash)', 'gantry completion -f ~/.config/fish/completions/gantry.fish fish'],
  run: async (_open, { args: [shell], options }) => {
    const name = Object.hasOwn(files, shell as string) ? files[shell as keyof typeof files] : undefined
    if (name === undefined)
      throw invalid('shell-unknown', `invalid shell "${shell}", choose from: ${Object.keys(files).join(', ')}`)
    const script = readFileSync(join(installationFolder, 'completions', name))
    if (options.file === undefined) print(script)
    else writeFileSync(openSync(options.file, 'w'), script)
    return 0
  },
})
