// BuildKit's rules over the Dockerfile of a build: for --check, and for a file that wants no build with findings (`# check=error=true`).

import { invalid } from '../../base/errors.ts'
import { type CheckResult, checkDockerfile } from '../../dockerfile/check-rules.ts'
import type { Dockerfile } from '../../dockerfile/instruction.ts'
import { hostPlatform } from '../../image/platform.ts'
import type { BuildRequest } from './build-request.ts'

/** @throws invalid for malformed options, and for words that cannot be expanded */
export function findDoubts(dockerfile: Dockerfile, { context, buildArgs, platform }: BuildRequest): CheckResult {
  const check = buildArgs.get(checkArgument)
  return checkDockerfile(dockerfile, {
    buildArgs,
    targetPlatform: platform,
    buildPlatform: hostPlatform(),
    envOf: () => undefined,
    ignorePatterns: context.ignored?.patterns ?? [],
    ...(check === undefined ? {} : { check }),
  })
}

/** Before anything is built. @throws invalid `dockerfile-doubtful`; as findDoubts */
export function refuseDoubtful(dockerfile: Dockerfile, request: BuildRequest): void {
  const { findings, isError } = findDoubts(dockerfile, request)
  if (!isError || findings.length === 0) return
  const rules = new Set(findings.map(({ rule }) => rule))
  throw invalid(
    'dockerfile-doubtful',
    `${dockerfile.path}:${findings[0]?.range.startLine}: lint violation found for rules: ${[...rules].join(', ')}`,
    'See each with: build --check',
  )
}

const checkArgument = 'BUILDKIT_DOCKERFILE_CHECK'
