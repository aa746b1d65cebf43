import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/base/errors.ts'
import type { NetworkFacet, PortMapping } from '../../../src/spec/network.ts'
import { parseExpose, parsePublish } from '../../../src/spec/port-text.ts'
import { completePorts, unpublished } from '../../../src/spec/ports.ts'

const short = ({ hostAddress, hostPort, port, count, protocol }: PortMapping) =>
  `${hostAddress}|${hostPort}|${port}|${count}|${protocol}`

describe('parsePublish', () => {
  test.each([
    ['80', ['|0|80|1|tcp']],
    ['8080:80', ['|8080|80|1|tcp']],
    [':80', ['|0|80|1|tcp']],
    ['8080:80/UDP', ['|8080|80|1|udp']],
    ['8080:80/tcp,udp', ['|8080|80|1|tcp', '|8080|80|1|udp']],
    ['127.0.0.1:8080:80', ['127.0.0.1|8080|80|1|tcp']],
    ['127.0.0.1::80', ['127.0.0.1|0|80|1|tcp']],
    ['0.0.0.0:8080:80', ['|8080|80|1|tcp']],
    ['[::1]:8080:80', ['::1|8080|80|1|tcp']],
    ['5000-5002:6000-6002', ['|5000|6000|3|tcp']],
  ])('%s', (text, wanted) => expect(parsePublish(text).map(short)).toEqual(wanted))

  test.each([
    ['', 'must provide a non-empty container port to publish'],
    ['a', 'parsing container port: invalid port number: strconv.Atoi: parsing "a": invalid syntax'],
    ['70000', 'parsing container port: port numbers must be between 1 and 65535 (inclusive), got 70000'],
    ['80-81:80', 'host and container port ranges have different lengths: 2 vs 1'],
    [
      '80-80',
      'parsing container port: the end port of a range must be higher than the start port - 80 is not higher than 80',
    ],
    ['1:2:3:4', 'invalid port format - format is [[hostIP:]hostPort:]containerPort'],
    ['[::1]:80', 'invalid port format - must provide host and destination port if specifying an IP'],
    ['x:1:2', 'cannot parse "x" as an IP address'],
    ['80/', 'must provide a non-empty protocol to publish'],
    ['80/dccp', 'unrecognized protocol "dccp" in port mapping'],
    ['80/tcp/udp', 'invalid port format - protocol can only be specified once'],
  ])('%s is refused', (text, message) => expect(() => parsePublish(text)).toThrow(message))
})

test.each([
  ['80', ['80/tcp']],
  ['80-82/udp', ['80/udp', '81/udp', '82/udp']],
])('parseExpose %s', (text, wanted) =>
  expect(parseExpose(text).map(({ port, protocol }) => `${port}/${protocol}`)).toEqual(wanted),
)

describe('completePorts', () => {
  const facet = (texts: readonly string[], rest: Partial<NetworkFacet> = {}): NetworkFacet => ({
    attachments: [],
    ports: texts.flatMap(parsePublish),
    exposed: [],
    isAllPublished: false,
    dns: { servers: [], options: [], searches: [], isImages: false },
    hosts: { added: [] },
    ...rest,
  })
  const choice = () => {
    let next = 40_000
    return {
      isFree: () => true,
      randomPort() {
        next += 1
        return next
      },
    }
  }

  test.each([
    [['81:81', '80:80'], ['|80|80|2|tcp']],
    [['80:80', '80:80'], ['|80|80|1|tcp']],
    [
      ['80:80', '81:82'],
      ['|80|80|1|tcp', '|81|82|1|tcp'],
    ],
    [
      ['80:80', '127.0.0.1:81:81'],
      ['127.0.0.1|81|81|1|tcp', '|80|80|1|tcp'],
    ],
    [
      ['80', '443'],
      ['|40001|80|1|tcp', '|40002|443|1|tcp'],
    ],
  ])('%j', (texts, wanted) =>
    expect(completePorts(facet(texts), choice()).map(short).sort()).toEqual([...wanted].sort()),
  )

  test('a port that somebody uses is passed over', () => {
    const ports = completePorts(facet(['80']), { ...choice(), isFree: ({ port }) => port > 40_005 })
    expect(ports.map(short)).toEqual(['|40006|80|1|tcp'])
  })

  test('none free is an error', () => {
    expect(() => completePorts(facet(['80']), { ...choice(), isFree: () => false })).toThrow(EngineError)
  })

  test('what is exposed and not published is published on demand', () => {
    const exposed = [80, 443].map((port) => ({ port, protocol: 'tcp' as const }))
    const ports = completePorts(facet(['8080:80'], { exposed, isAllPublished: true }), choice())
    expect(ports.map(short)).toEqual(['|8080|80|1|tcp', '|40001|443|1|tcp'])
    expect(unpublished(exposed, ports.slice(0, 1))).toEqual([{ port: 443, protocol: 'tcp' }])
  })
})
