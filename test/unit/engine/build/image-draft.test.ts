import { expect, test } from 'vitest'
import { parseDockerfile } from '../../../../src/dockerfile/parse-dockerfile.ts'
import { configure } from '../../../../src/engine/build/configure.ts'
import { createdBy } from '../../../../src/engine/build/created-by.ts'
import { draftDocument, draftOf, emptyDraft, type ImageDraft } from '../../../../src/engine/build/image-draft.ts'

const empty = emptyDraft({ os: 'linux', architecture: 'amd64' }, '2020-01-01T00:00:00Z')

function instructionsOf(lines: readonly string[]) {
  const dockerfile = parseDockerfile(`FROM scratch\n${lines.join('\n')}\n`, { path: 'Dockerfile' })
  return dockerfile.stages[0]?.instructions ?? []
}

function configured(lines: readonly string[], start: ImageDraft = empty): ImageDraft {
  return instructionsOf(lines).reduce(configure, start)
}

test.for([
  [['ENV A=1 B=2', 'ENV A=3'], { Env: [expect.stringContaining('PATH='), 'A=3', 'B=2'] }],
  [['WORKDIR /a', 'WORKDIR b', 'WORKDIR ../c'], { WorkingDir: '/a/c' }],
  [['EXPOSE 80 90-91/udp'], { ExposedPorts: { '80/tcp': {}, '90/udp': {}, '91/udp': {} } }],
  [['VOLUME ["/a", "/b"]', 'VOLUME /c'], { Volumes: { '/a': {}, '/b': {}, '/c': {} } }],
  [['CMD a', 'ENTRYPOINT ["b"]'], { Cmd: ['/bin/sh', '-c', 'a'], Entrypoint: ['b'] }],
  [['SHELL ["/bin/x"]', 'ENTRYPOINT a b'], { Entrypoint: ['/bin/x', 'a b'] }],
  [['HEALTHCHECK --retries=3 CMD true'], { Healthcheck: { Test: ['CMD-SHELL', 'true'], Retries: 3 } }],
  [['HEALTHCHECK NONE'], { Healthcheck: { Test: ['NONE'] } }],
  [['ONBUILD RUN a', 'ONBUILD RUN b'], { OnBuild: ['RUN a', 'RUN b'] }],
  [['USER a:b', 'STOPSIGNAL 9'], { User: 'a:b', StopSignal: '9' }],
] as const)('configure %j', ([lines, config]) => {
  expect(configured(lines).config).toMatchObject(config)
})

test('an entry point of its own leaves nothing of the command that its base had', () => {
  const base = draftOf({ config: { Cmd: ['of the base'], Entrypoint: ['x'] }, os: 'linux' }, 'base', [])
  expect(configured(['ENTRYPOINT ["a"]'], base).config.Cmd).toEqual([])
  expect(configured(['CMD ["own"]', 'ENTRYPOINT ["a"]'], base).config.Cmd).toEqual(['own'])
})

test('variables that a stage sets anew come after those of its base', () => {
  const base = draftOf({ config: { Env: ['PATH=/bin', 'A=1', 'B=2'] }, os: 'linux' }, 'base', [])
  expect(configured(['ENV A=3', 'ENV C=4', 'ENV A=5'], base).config.Env).toEqual(['PATH=/bin', 'B=2', 'A=5', 'C=4'])
})

test('what Docker alone has is in a document of its format, and empty things in none', () => {
  const draft = configured(['HEALTHCHECK CMD true', 'SHELL ["a"]', 'ENTRYPOINT []', 'LABEL b=1 a=2'])
  const config = (format: 'oci' | 'docker') =>
    Object.keys((JSON.parse(draftDocument(draft, format).toString()) as { config: object }).config)
  expect(config('oci')).toEqual(['Env', 'WorkingDir', 'Labels'])
  expect(config('docker')).toEqual(['Env', 'Healthcheck', 'WorkingDir', 'Labels', 'Shell'])
})

test.for([
  ['ARG A=1', '', '/bin/sh -c #(nop) ARG A B'],
  ['RUN echo $A', '', '|2 A=1 B=2 /bin/sh -c echo $A'],
  ['RUN ["a", "b"]', '', '|2 A=1 B=2 /bin/sh -c ["a", "b"]'],
  ['RUN cat <<X\none\nX', ':sha256:0', '|2 A=1 B=2 /bin/sh -c cat <<X\none:sha256:0'],
  ['RUN cat <<-X\n\tone\n\ttwo\nX', '', '|2 A=1 B=2 /bin/sh -c cat <<-X\none\n\ttwo'],
  ['COPY --chown=1 a b /c/', 'multi:0', '/bin/sh -c #(nop) COPY multi:0 in /c/ '],
  ['ADD --link a /c', 'multi:0', '/bin/sh -c #(nop) ADD --link multi:0 in /c '],
  ['LABEL a=b', '', '/bin/sh -c #(nop) LABEL a=b'],
] as const)('createdBy %j', ([line, summary, text]) => {
  const [instruction] = instructionsOf([line])
  const args = { names: ['A', 'B'], entries: ['A=1', 'B=2'] }
  expect(instruction && createdBy(instruction, args, summary)).toBe(text)
})
