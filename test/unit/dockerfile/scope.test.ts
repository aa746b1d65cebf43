// ARG and ENV as a Dockerfile is walked.

import { describe, expect, test } from 'vitest'
import { parseDockerfile } from '../../../src/dockerfile/parse-dockerfile.ts'
import { openScope } from '../../../src/dockerfile/scope.ts'

const platforms = {
  targetPlatform: { os: 'linux', architecture: 'arm', variant: 'v7' },
  buildPlatform: { os: 'linux', architecture: 'amd64' },
}

function walk(text: string, args: Record<string, string> = {}, env: string[] = []) {
  const dockerfile = parseDockerfile(text, { path: 'Dockerfile' })
  const undefinedNames: string[] = []
  const scope = openScope(dockerfile, {
    ...platforms,
    buildArgs: new Map(Object.entries(args)),
    onUndefined: ({ name }) => undefinedNames.push(name),
  })
  const stages = dockerfile.stages.map(({ from, instructions }) => {
    const stage = scope.openStage({ env })
    return {
      from: scope.expandFrom(from),
      expanded: instructions.map((instruction) => stage.expand(instruction)),
      stage,
    }
  })
  return { scope, stages, undefinedNames, last: stages.at(-1) as (typeof stages)[number] }
}

const text = (pairs: readonly { name: string; value: string }[]) => pairs.map(({ name, value }) => `${name}=${value}`)

describe('openScope', () => {
  test('global args stand in FROM, and in a stage only where it names them', () => {
    const { last, undefinedNames } = walk('ARG V=1\nARG W=$V.2\nFROM a:$W\nLABEL a=$V b=${W:-none}\nARG W\nLABEL c=$W')
    expect(last.from.image).toBe('a:1.2')
    expect(last.expanded).toMatchObject([
      { pairs: [{ value: '' }, { value: 'none' }] },
      {},
      { pairs: [{ value: '1.2' }] },
    ])
    expect(undefinedNames).toEqual(['V', 'W'])
  })

  test("a stage's own default counts before the global one, a build arg before both", () => {
    expect(text(walk('ARG V=1\nFROM a\nARG V=2').last.stage.declaredArgs())).toEqual(['V=2'])
    expect(text(walk('ARG V=1\nFROM a\nARG V=2', { V: '3' }).last.stage.declaredArgs())).toEqual(['V=3'])
  })

  test('platform args: in FROM at once, in a stage once named', () => {
    const { last } = walk(
      'FROM --platform=$BUILDPLATFORM a:$TARGETARCH$TARGETVARIANT\nARG TARGETPLATFORM BUILDOS\nUSER $TARGETPLATFORM$BUILDOS$TARGETOS',
    )
    expect(last.from).toMatchObject({ platform: 'linux/amd64', image: 'a:armv7' })
    expect(last.expanded[1]).toMatchObject({ text: 'linux/arm/v7linux' })
  })

  test("a stage's name may hold variables", () => {
    expect(walk('ARG A=B\nFROM a AS x-$A').last.from).toMatchObject({ name: 'x-b' })
    expect(() => walk('ARG A=:\nFROM a AS x-$A')).toThrow("invalid stage name 'x-:'")
  })

  test('ENV outranks ARG in words and in what a RUN sees', () => {
    const { last } = walk('FROM a\nENV X=env\nARG X=arg Y=y Z\nUSER $X', { Z: 'z' }, ['PATH=/bin'])
    expect(last.expanded.at(-1)).toMatchObject({ text: 'env' })
    expect(text(last.stage.runVariables()).sort()).toEqual(['PATH=/bin', 'X=env', 'Y=y', 'Z=z'])
    expect(text(last.stage.declaredArgs())).toEqual(['X=env', 'Y=y', 'Z=z'])
    expect(text(last.stage.env())).toEqual(['PATH=/bin', 'X=env'])
  })

  test('the pairs of one ENV do not see each other', () => {
    expect(text(walk('FROM a\nENV A=1\nENV A=2 B=$A').last.stage.env())).toEqual(['A=2', 'B=1'])
  })

  test('an ARG without a value is declared, but is none of what a RUN sees', () => {
    const { last, undefinedNames } = walk('FROM a\nARG X\nUSER ${X:-nobody}')
    expect(last.stage.declaredArgs()).toEqual([])
    expect(walk('FROM a\nARG X\nENV X=env').last.stage.declaredArgs()).toEqual([])
    expect(last.expanded[1]).toMatchObject({ text: 'nobody' })
    expect(undefinedNames).toEqual([])
  })

  test('proxies reach a RUN undeclared, and are recorded only where an ARG names them', () => {
    const args = { http_proxy: 'http://p', HTTPS_PROXY: 'http://q' }
    const { last, scope } = walk('FROM a\nARG HTTPS_PROXY', args)
    expect(text(last.stage.runVariables())).toEqual(['http_proxy=http://p', 'HTTPS_PROXY=http://q'])
    expect(text(last.stage.declaredArgs())).toEqual(['HTTPS_PROXY=http://q'])
    expect(scope.unusedBuildArgs()).toEqual([])
  })

  test('unused build args are told', () => {
    const { scope } = walk('ARG A\nFROM x\nARG B', {
      A: '1',
      B: '1',
      D: '1',
      C: '1',
      TARGETARCH: 'x',
      SOURCE_DATE_EPOCH: '0',
    })
    expect(scope.unusedBuildArgs()).toEqual(['C', 'D'])
  })

  test('a stage built on another one has its args', () => {
    const dockerfile = parseDockerfile('FROM a AS one\nARG X=1\nFROM one', { path: 'Dockerfile' })
    const scope = openScope(dockerfile, { ...platforms, buildArgs: new Map() })
    const parent = scope.openStage({ env: [] })
    for (const instruction of dockerfile.stages[0]?.instructions ?? []) parent.expand(instruction)
    expect(text(scope.openStage({ env: [], parent }).declaredArgs())).toEqual(['X=1'])
  })

  test('commands are left to the shell', () => {
    const lines = [
      'CMD $A',
      'ENTRYPOINT ["$A"]',
      'RUN echo $A',
      'HEALTHCHECK CMD $A',
      'ONBUILD USER $A',
      'SHELL ["$A"]',
    ]
    const { last } = walk(`FROM a\nENV A=1\n${lines.join('\n')}`)
    expect(JSON.stringify(last.expanded.slice(1)).match(/\$A/g)).toHaveLength(lines.length * 2)
  })

  test('where variables stand', () => {
    const lines = [
      'COPY --from=$A --chown=$A --chmod=$A $A ${A}x',
      'RUN --mount=type=cache,target=/$A x',
      'EXPOSE $B',
      'VOLUME ["/$A"]',
      'WORKDIR /$A',
      'STOPSIGNAL $A',
      "COPY <<x <<'y' /\n$A\nx\n$A\ny",
    ]
    const { last } = walk(`FROM a\nENV A=1 B="80 81"\n${lines.join('\n')}`)
    expect(last.expanded.slice(1)).toMatchObject([
      { from: '1', chown: '1', chmod: '1', sources: ['1'], target: '1x' },
      { mounts: ['type=cache,target=/1'] },
      { words: ['80', '81'] },
      { words: ['/1'] },
      { text: '/1' },
      { text: '1' },
      { heredocs: [{ content: '1\n' }, { content: '$A\n' }] },
    ])
  })

  test('errors have a place', () => {
    expect(() => walk('FROM a\nUSER ${A:?give A}')).toThrow('Dockerfile:2:1: A: give A\n  2 | USER ${A:?give A}')
    expect(() => walk('FROM $A')).toThrow("Dockerfile:1:6: '$A' comes to nothing")
  })
})
