// The rules of --check: each with a Dockerfile that breaks it and one that does not.

import { describe, expect, test } from 'vitest'
import { checkDockerfile } from '../../../src/dockerfile/check-rules.ts'
import { parseDockerfile } from '../../../src/dockerfile/parse-dockerfile.ts'

const linux = { os: 'linux', architecture: 'amd64' }

function check(text: string, { check = '', ignorePatterns = [] as string[], known = true } = {}) {
  return checkDockerfile(parseDockerfile(text, { path: 'Dockerfile' }), {
    buildArgs: new Map(),
    targetPlatform: linux,
    buildPlatform: linux,
    envOf: () => (known ? ['JAVA_HOME=/java'] : undefined),
    ignorePatterns,
    check,
  })
}

const rules = (...input: Parameters<typeof check>) =>
  check(...input).findings.map(({ rule, range }) => `${rule} ${range.startLine}`)

describe('checkDockerfile', () => {
  test.each([
    ['FROM a AS Base', 'StageNameCasing 1'],
    ['FROM a as b', 'FromAsCasing 1'],
    ['FROM a\nRUN x \\\n\n  y', 'NoEmptyContinuation 2'],
    ['FROM a\nRUN x\nrun y', 'ConsistentInstructionCasing 3'],
    ['FROM a\nRun x', 'ConsistentInstructionCasing 2'],
    ['FROM a AS b\nFROM c AS b', 'DuplicateStageName 2'],
    ['FROM a AS scratch', 'ReservedStageName 1'],
    ['FROM a\nCMD x', 'JSONArgsRecommended 2'],
    ['FROM a\nMAINTAINER me', 'MaintainerDeprecated 2'],
    ['FROM a$TARGETARC', 'UndefinedArgInFrom 1'],
    ['FROM a\nWORKDIR x', 'WorkdirRelativePath 2'],
    ['FROM a\nLABEL x=$y', 'UndefinedVar 2'],
    ['FROM a\nCMD ["a"]\nCMD ["b"]', 'MultipleInstructionsDisallowed 2'],
    ['FROM a\nENV x y', 'LegacyKeyValueFormat 2'],
    ['FROM --platform=$TARGETPLATFORM a', 'RedundantTargetPlatform 1'],
    ['FROM a\nARG NPM_TOKEN', 'SecretsUsedInArgOrEnv 2'],
    ['ARG V\nFROM a:$V', 'InvalidDefaultArgInFrom 2'],
    ['FROM --platform=linux/arm64 a', 'FromPlatformFlagConstDisallowed 1'],
    ['FROM a\nEXPOSE 80/TCP', 'ExposeProtoCasing 2'],
    ['FROM a\nEXPOSE 127.0.0.1:80:80', 'ExposeInvalidFormat 2'],
  ])('%j: %s', (text, expected) => {
    expect(rules(text)).toEqual([expected])
  })

  test('a clean file has no findings', () => {
    const text = `# syntax=docker/dockerfile:1
ARG V=1
FROM --platform=$BUILDPLATFORM a:$V AS build
# a comment
ARG V KEY_FILE=/x
SHELL ["/bin/bash", "-c"]
WORKDIR /src
WORKDIR sub
ENV PATH=$PATH:$JAVA_HOME/bin
RUN x
CMD x $undefined
FROM --platform=linux/arm64 b AS for-arm64
COPY --from=build /x /y
EXPOSE 80/tcp
`
    expect(rules(text)).toEqual([])
  })

  test('variables of a base image that is not at hand are not called undefined', () => {
    expect(rules('FROM a\nLABEL x=$JAVA_HOEM', { known: false })).toEqual([])
    expect(check('FROM a\nLABEL x=$JAVA_HOEM').findings[0]?.message).toContain('did you mean $JAVA_HOME?')
    expect(rules('FROM scratch\nLABEL x=$JAVA_HOME', { known: false })).toEqual(['UndefinedVar 2'])
  })

  test('files that the ignore file leaves out', () => {
    const text = 'FROM a\nCOPY src/a b c/\nCOPY . /\nCOPY --from=x src /'
    expect(rules(text, { ignorePatterns: ['src'] })).toEqual(['CopyIgnoredFile 2'])
    expect(rules(text, { ignorePatterns: ['src', '!src/a'] })).toEqual([])
    expect(rules('FROM a\nCOPY . /', { ignorePatterns: ['*'] })).toEqual(['CopyIgnoredFile 2'])
  })

  test('descriptions only where asked for', () => {
    const text = 'FROM a\n# something\nARG x\n# y is good\nARG y'
    expect(rules(text)).toEqual([])
    expect(rules(text, { check: 'experimental=all' })).toEqual(['InvalidDefinitionDescription 3'])
  })

  test('skip, error, and a skip for one instruction', () => {
    const text = 'FROM a\nMAINTAINER me\nCMD x'
    expect(rules(`# check=skip=MaintainerDeprecated;error=true\n${text}`)).toEqual(['JSONArgsRecommended 4'])
    expect(check(`# check=skip=all;error=true\n${text}`)).toEqual({ findings: [], isError: true })
    expect(rules(`FROM a\n# check=skip=MaintainerDeprecated\nMAINTAINER me\nCMD x`)).toEqual(['JSONArgsRecommended 4'])
    expect(() => check(`# check=spik=all\n${text}`)).toThrow("Dockerfile:1:1: invalid check option 'spik=all'")
  })

  test('a finding has its page', () => {
    expect(check('FROM a\nCMD x').findings[0]?.url).toBe(
      'https://docs.docker.com/go/dockerfile/rule/json-args-recommended/',
    )
  })
})
