import { describe, expect, test } from 'vitest'
import { configFromChanges } from '../../../src/image/config-changes.ts'

describe('configFromChanges', () => {
  test.each([
    [['CMD=/bin/sh'], { Cmd: ['/bin/sh', '-c', '/bin/sh'] }],
    [['CMD ["a","b"]'], { Cmd: ['a', 'b'] }],
    [['ENTRYPOINT '], { Entrypoint: [] }],
    [['ENV A=b', 'env "C"="d e"'], { Env: ['A=b', 'C=d e'] }],
    [['EXPOSE 80', 'EXPOSE 53/UDP'], { ExposedPorts: { '80/tcp': {}, '53/udp': {} } }],
    [['WORKDIR /a', 'WORKDIR b'], { WorkingDir: '/a/b' }],
    [['LABEL x=y=z'], { Labels: { x: 'y=z' } }],
    [[`LABEL k='v w'`, `LABEL 'a b'="c'd"`, `ENV E='f'`], { Labels: { k: 'v w', 'a b': `c'd` }, Env: ['E=f'] }],
    [[`LABEL k='v"`, `LABEL l='`], { Labels: { k: `'v"`, l: `'` } }],
    [['STOPSIGNAL TERM'], { StopSignal: '15' }],
    [['VOLUME /a /b'], { Volumes: { '/a': {}, '/b': {} } }],
  ])('%j', (changes, config) => {
    expect(configFromChanges(changes)).toEqual(config)
  })

  test.each(['CMD', 'USER ', 'EXPOSE 0', 'EXPOSE 80/icmp', 'LABEL x', 'STOPSIGNAL NO', 'FROM x', 'ENV =b'])(
    'refuses %j',
    (change) => {
      expect(() => configFromChanges([change])).toThrow(`invalid change ${JSON.stringify(change)}`)
    },
  )
})
