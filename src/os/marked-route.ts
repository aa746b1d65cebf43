// Policy routing: packets with a mark go out by an interface of their own, whatever the main table says. In the namespace that we are in.

import { errnoOf } from '../base/errors.ts'
import { type NetlinkMessage, netlinkFlags, netlinkProtocols, talkNetlink, uint32Attribute } from './netlink.ts'

const types = { newRoute: 24, newRule: 32, deleteRule: 33 }
const families = [2, 10]

/** `mark` names the table, too. The route goes with the interface, the rule with removeMark. Idempotent. */
export function routeMarked(mark: number, index: number): void {
  for (const family of families) {
    sayUnless('EEXIST', [ruleMessage(types.newRule, family, mark)])
    sayUnless('EEXIST', [routeMessage(family, mark, index)])
  }
}

/** Idempotent. */
export function removeMark(mark: number): void {
  for (const family of families) sayUnless('ENOENT', [ruleMessage(types.deleteRule, family, mark)])
}

/** A kernel without IPv6 has no rules of that family. */
function sayUnless(done: string, messages: readonly NetlinkMessage[]): void {
  try {
    talkNetlink(netlinkProtocols.route, messages)
  } catch (error) {
    if (![done, 'EAFNOSUPPORT', 'EOPNOTSUPP'].includes(errnoOf(error) ?? '')) throw error
  }
}

/** Before the main table, which the kernel has at 32766. */
function ruleMessage(type: number, family: number, mark: number): NetlinkMessage {
  const [priority, fwmark, table, toTable] = [6, 10, 15, 1]
  const body = Buffer.alloc(12)
  body.set([family, 0, 0, 0, 0, 0, 0, toTable])
  const flags = type === types.newRule ? { flags: netlinkFlags.create | netlinkFlags.excl } : {}
  const attributes = [uint32Attribute(priority, 1000), uint32Attribute(fwmark, mark), uint32Attribute(table, mark)]
  return { type, ...flags, body, attributes }
}

function routeMessage(family: number, mark: number, index: number): NetlinkMessage {
  const [output, table, isStatic, linkScope, unicast] = [4, 15, 4, 253, 1]
  const body = Buffer.alloc(12)
  body.set([family, 0, 0, 0, 0, isStatic, linkScope, unicast])
  const attributes = [uint32Attribute(output, index), uint32Attribute(table, mark)]
  return { type: types.newRoute, flags: netlinkFlags.create | netlinkFlags.excl, body, attributes }
}
