// Which stages a build needs, and which of them a word in one names.

import { defined } from '../../base/defined.ts'
import { invalid } from '../../base/errors.ts'
import type { Dockerfile, Instruction, Stage } from '../../dockerfile/instruction.ts'
import type { BuildScope } from '../../dockerfile/scope.ts'

/** With names that hold variables (`FROM a AS $NAME`) as they come to be. @throws as expandFrom */
export function nameStages(dockerfile: Dockerfile, scope: BuildScope): Dockerfile {
  const stages = dockerfile.stages.map((stage) =>
    stage.from.name?.includes('$') === true
      ? { ...stage, from: { ...stage.from, ...defined({ name: scope.expandFrom(stage.from).name }) } }
      : stage,
  )
  return { ...dockerfile, stages }
}

/** By name or number, among the stages before `index`; the latest of a name. */
export function findStage({ stages }: Dockerfile, word: string, index: number): Stage | undefined {
  const earlier = stages.slice(0, index)
  const named = earlier.findLast((stage) => stage.from.name === word.toLowerCase())
  if (named !== undefined) return named
  return /^\d+$/.test(word) ? earlier[Number(word)] : undefined
}

/** That of --target; the last one unless said. @throws invalid `target-unknown` */
export function targetStage(dockerfile: Dockerfile, target: string | undefined): Stage {
  const { stages } = dockerfile
  const found = target === undefined || target === '' ? stages.at(-1) : findStage(dockerfile, target, stages.length)
  if (found !== undefined) return found
  const names = stages.flatMap(({ from }) => from.name ?? [])
  throw invalid(
    'target-unknown',
    `the target ${JSON.stringify(target)} was not found in the provided Dockerfile`,
    names.length === 0 ? 'No stage has a name: FROM … AS NAME.' : `Its stages are ${names.join(', ')}.`,
  )
}

/** Words that name a stage, an image or a context: what has to be there before the stage is built. As written. */
export function wordsNeeded(stage: Stage): string[] {
  return [stage.from.image, ...stage.instructions.flatMap(sourcesOf)]
}

function sourcesOf(instruction: Instruction): string[] {
  if (instruction.kind === 'copy' || instruction.kind === 'add') {
    return instruction.from === undefined ? [] : [instruction.from]
  }
  if (instruction.kind !== 'run') return []
  return instruction.mounts.flatMap((mount) => /(?:^|,)from=([^,]*)/.exec(mount)?.[1] ?? [])
}
