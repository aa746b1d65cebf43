// build: an image from a Dockerfile.

import { defineCommand } from '../../command.ts'
import { buildOptions } from '../../options/build.ts'

export default defineCommand({
  options: buildOptions,
  positionals: [{ name: 'context', isOptional: true, complete: 'folder' }],
  description:
    'Follows a Containerfile or Dockerfile, step by step; a step whose instruction and files are as they were takes its layer from the cache.',
  examples: [
    'gantry build .',
    'gantry build -t app -f Containerfile.simple .',
    'gantry build --platform linux/amd64,linux/arm64 --manifest app .',
  ],
  async run(open, invocation) {
    const { runBuild } = await import('../../run-build.ts')
    return runBuild(open, invocation)
  },
})
