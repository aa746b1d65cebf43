import { describe, expect, test } from 'vitest'
import { parseMac, parseNetworks } from '../../../src/spec/network-text.ts'

const plain = (network: string) => ({ network, addresses: [], aliases: [] })

describe('parseNetworks', () => {
  test.each([
    [[], { mode: undefined, attachments: [] }],
    [['private'], { mode: undefined, attachments: [] }],
    [['none'], { mode: { kind: 'none' }, attachments: [] }],
    [['bridge'], { mode: { kind: 'bridge' }, attachments: [plain('default')] }],
    [['a,b'], { mode: { kind: 'bridge' }, attachments: [plain('a'), plain('b')] }],
    [['a', 'b', 'a'], { mode: { kind: 'bridge' }, attachments: [plain('a'), plain('b')] }],
    [
      ['a:ip=10.1.2.3,ip6=fd00::1,mac=aa-bb-cc-dd-ee-ff,alias=x,alias=y,interface_name=net0,mtu=1400'],
      {
        mode: { kind: 'bridge' },
        attachments: [
          {
            network: 'a',
            addresses: ['10.1.2.3', 'fd00::1'],
            mac: 'aa:bb:cc:dd:ee:ff',
            aliases: ['x', 'y'],
            interfaceName: 'net0',
            options: { mtu: '1400' },
          },
        ],
      },
    ],
    [['pasta:-T,80,--map-gw'], { mode: { kind: 'pasta', options: ['-T', '80', '--map-gw'] }, attachments: [] }],
    [['slirp4netns'], { mode: { kind: 'slirp4netns', options: [] }, attachments: [] }],
    [['container:web'], { mode: { kind: 'container', id: 'web' }, attachments: [] }],
  ])('%j', (texts, wanted) => expect(parseNetworks(texts)).toEqual(wanted))

  test.each([
    [['a:ip=x'], 'invalid option for network a: invalid ip address "x"'],
    [['a:alias='], 'invalid option for network a: alias cannot be empty'],
    [['a:mac=1'], 'invalid option for network a: address 1: invalid MAC address'],
    [['a', 'host'], 'can only set extra network names, selected mode host conflicts with bridge'],
    [['host', 'a'], 'cannot set multiple networks without bridge network mode, selected mode host'],
    [['ns:'], 'namespace mode path requires a value'],
  ])('%j is refused', (texts, message) => expect(() => parseNetworks(texts)).toThrow(message))
})

test('parseMac keeps to one separator', () => {
  expect(parseMac('AA:BB:CC:00:11:22')).toBe('aa:bb:cc:00:11:22')
  expect(() => parseMac('aa:bb-cc:00:11:22')).toThrow('invalid MAC address')
})
