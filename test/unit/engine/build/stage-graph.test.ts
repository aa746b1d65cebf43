import { expect, test } from 'vitest'
import { parseDockerfile } from '../../../../src/dockerfile/parse-dockerfile.ts'
import { findStage, targetStage, wordsNeeded } from '../../../../src/engine/build/stage-graph.ts'

const dockerfile = parseDockerfile(
  [
    'FROM a AS One',
    'FROM b',
    'COPY --from=one /x /x',
    'FROM 1 AS one',
    'RUN --mount=type=bind,from=image,target=/x --mount=type=cache,target=/c true',
    'COPY --from=0 /x /x',
  ].join('\n'),
  { path: 'Dockerfile' },
)

test('findStage takes the latest earlier stage of the name, or the number', () => {
  expect(findStage(dockerfile, 'ONE', 2)?.index).toBe(0)
  expect(findStage(dockerfile, 'one', 3)?.index).toBe(2)
  expect(findStage(dockerfile, 'one', 0)).toBeUndefined()
  expect(findStage(dockerfile, '1', 2)?.index).toBe(1)
  expect(findStage(dockerfile, '2', 2)).toBeUndefined()
})

test('targetStage is the last, or the named one', () => {
  expect(targetStage(dockerfile, undefined).index).toBe(2)
  expect(targetStage(dockerfile, '1').index).toBe(1)
  expect(() => targetStage(dockerfile, 'none')).toThrow('the target "none" was not found')
})

test('wordsNeeded are those of FROM, COPY --from and mounts', () => {
  expect(dockerfile.stages.map(wordsNeeded)).toEqual([['a'], ['b', 'one'], ['1', 'image', '0']])
})
