// --network, in podman's words: a mode, or the networks of a container with its place in each.

import { invalid } from '../base/errors.ts'
import { parseIp, printIp } from '../base/ip-address.ts'
import type { NetworkAttachment } from '../state/network-attachment.ts'
import { type NetworkMode, parseJoinedNamespace } from './namespaces.ts'

export interface ParsedNetwork {
  /** Undefined: the configured way, which root and ordinary users have different ones of. */
  readonly mode: NetworkMode | undefined
  readonly attachments: readonly NetworkAttachment[]
}

/** The name under which the default network is asked for without its name being known. */
export const defaultNetworkAlias = 'default'

const modeWords = ['bridge', 'slirp4netns', 'pasta', 'pod', 'none', 'default', 'private', 'ns', 'container', 'host']

/** @throws invalid `namespace-invalid`, `network-invalid`; unsupported `namespace-unsupported` */
export function parseNetworks(texts: readonly string[]): ParsedNetwork {
  const [first, ...more] = texts
  const parsed = first === undefined ? { mode: undefined, attachments: [] } : parseFirst(first)
  if (more.length === 0) return parsed
  if (parsed.mode?.kind !== 'bridge') {
    throw invalid(
      'namespace-invalid',
      `cannot set multiple networks without bridge network mode, selected mode ${first || 'private'}: invalid argument`,
    )
  }
  return { mode: parsed.mode, attachments: unite([...parsed.attachments, ...more.map(parseMore)]) }
}

function parseFirst(text: string): ParsedNetwork {
  const [word, options] = cut(text)
  if (text === '' || text === 'default' || text === 'private') return { mode: undefined, attachments: [] }
  if (text === 'none' || text === 'host') return { mode: { kind: text }, attachments: [] }
  if (word === 'pasta' || word === 'slirp4netns') {
    return { mode: { kind: word, options: options === undefined ? [] : options.split(',') }, attachments: [] }
  }
  const joined = parseJoinedNamespace(text)
  if (joined !== undefined) return { mode: joined, attachments: [] }
  return { mode: { kind: 'bridge' }, attachments: parseBridge(text) }
}

/** Networks without options may stand in one list, as docker-compose once wrote them. */
function parseBridge(text: string): NetworkAttachment[] {
  const [word, options] = cut(text)
  if (word === 'bridge') return [withOptions(defaultNetworkAlias, options)]
  if (options === undefined) return unite(text.split(',').map((name) => withOptions(name, undefined)))
  if (word === '') throw invalid('network-invalid', 'network name cannot be empty')
  return [withOptions(word, options)]
}

function parseMore(text: string): NetworkAttachment {
  const [word, options] = cut(text)
  if (word === '') throw invalid('network-invalid', 'network name cannot be empty: invalid argument')
  if (modeWords.includes(word)) {
    throw invalid(
      'network-invalid',
      `can only set extra network names, selected mode ${word} conflicts with bridge: invalid argument`,
    )
  }
  return withOptions(word, options)
}

function withOptions(network: string, options: string | undefined): NetworkAttachment {
  const plain: NetworkAttachment = { network, addresses: [], aliases: [] }
  if (options === undefined || options === '') return plain
  try {
    return options.split(',').reduce(withOption, plain)
  } catch (error) {
    if (network === defaultNetworkAlias || !(error instanceof Error)) throw error
    throw invalid('network-invalid', `invalid option for network ${network}: ${error.message}`)
  }
}

function withOption(attachment: NetworkAttachment, text: string): NetworkAttachment {
  const at = text.indexOf('=')
  const [name, value] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
  switch (name) {
    case 'ip':
    case 'ip6':
      return { ...attachment, addresses: [...attachment.addresses, parseStaticAddress(value)] }
    case 'mac':
      return { ...attachment, mac: parseMac(value) }
    case 'alias':
      if (value === '') throw invalid('network-invalid', 'alias cannot be empty')
      return { ...attachment, aliases: [...attachment.aliases, value] }
    case 'interface_name':
      if (value === '') throw invalid('network-invalid', 'interface_name cannot be empty')
      return { ...attachment, interfaceName: value }
    default:
      return { ...attachment, options: { ...attachment.options, [name]: value } }
  }
}

function parseStaticAddress(text: string): string {
  const address = parseIp(text)
  if (address === undefined) throw invalid('network-invalid', `invalid ip address ${JSON.stringify(text)}`)
  return printIp(address)
}

/** Six bytes with colons or dashes. @throws invalid `mac-invalid` */
export function parseMac(text: string): string {
  if (/^[0-9a-f]{2}(?:([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4})$/i.test(text))
    return text.toLowerCase().replaceAll('-', ':')
  throw invalid('mac-invalid', `address ${text}: invalid MAC address`)
}

/** Of one network named twice the later word counts, at the place of the first. */
function unite(attachments: readonly NetworkAttachment[]): NetworkAttachment[] {
  return [...new Map(attachments.map((attachment) => [attachment.network, attachment])).values()]
}

function cut(text: string): [word: string, options: string | undefined] {
  const at = text.indexOf(':')
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
