// nft, started only when something changes: whether a network's rules are there is asked of the kernel directly. The firewall has no lock:
// a transaction of nft's is atomic, and ours may be said again.

import { EngineError, errnoOf } from '../../base/errors.ts'
import { runProcess } from '../../os/exec.ts'
import { netlinkProtocols, talkNetlink, textAttribute } from '../../os/netlink.ts'
import { inNetworkNamespace, namespacedCommand } from '../../os/network-namespace.ts'
import { conflict } from '../conflict.ts'
import { findProgram } from '../find-helper.ts'
import type { NetworkRecord } from '../record/network-record.ts'
import { helperMissing } from '../uplink/helper-missing.ts'
import { chainOf, tableName } from './rules.ts'

/** Where bridges lie: a pinned namespace, or undefined for our own. */
export type BridgePlace = string | undefined

/** Runs what must not wait where the bridges lie. */
export function atBridges<T>(place: BridgePlace, act: () => T): T {
  return place === undefined ? act() : inNetworkNamespace(place, act)
}

/** As one transaction. @throws not-found `network-helper-missing`; unavailable `firewall-refused` with nft's words; conflict `port-in-use`, `subnet-in-use` */
export async function applyFirewall(place: BridgePlace, text: string): Promise<void> {
  const nft = findProgram('nft')
  if (nft === undefined) throw helperMissing('nft', 'nftables')
  const command = atBridges(place, () => namespacedCommand(nft, ['-f', '-']))
  const { exitCode, stderr } = await runProcess(command.file, command.argv, { input: text })
  if (exitCode === 0) return
  throw subnetTaken(stderr) ?? refused(stderr, exitCode)
}

/** nft shows the statement that failed: here one for a subnet or a gateway that leads to another network's chains. */
function subnetTaken(stderr: string): EngineError | undefined {
  if (!/File exists|overlaps/.test(stderr)) return undefined
  const statement = /^add element inet \S+ (?:sources|hairpins|gateways)[46] \{ (\S+) : jump [a-z]+_(\S+) \}/m
  const [, key, name] = statement.exec(stderr) ?? []
  if (key === undefined) return undefined
  const message = `${key} of network ${name} is another network's in the firewall, one of another store or left of one`
  const way = `nft delete table inet ${tableName}; gantry network reload --all`
  return conflict('subnet-in-use', message, `Use a network with another subnet; or, to forget what was left: ${way}`)
}

function refused(stderr: string, exitCode: number): EngineError {
  const isTaken = stderr.includes('File exists') && stderr.includes('element')
  const told = stderr
    .trim()
    .split('\n')[0]
    ?.replace(/^\/dev\/stdin:[^:]*: /, '')
  return new EngineError({
    kind: isTaken ? 'conflict' : 'unavailable',
    code: isTaken ? 'port-in-use' : 'firewall-refused',
    message: `nft: ${told || `exit code ${exitCode}`}`,
  })
}

/** Whether the network's rules are there, in the namespace that we are in. */
export function hasRules(network: NetworkRecord): boolean {
  const getChain = (10 << 8) | 4
  const inet = Buffer.from([1, 0, 0, 0])
  const attributes = [textAttribute(1, tableName), textAttribute(3, chainOf(network))]
  try {
    return talkNetlink(netlinkProtocols.netfilter, [{ type: getChain, body: inet, attributes }]).length > 0
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}
