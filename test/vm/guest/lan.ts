// The machine's neighbourhood: a LAN on the interface parent0, and on it, in a network namespace, one neighbour who is the way out. He and
// the containers that serve answer a question of who asks.

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import type { Caller } from './caller.ts'
import { equal, eventually, matches } from './check.ts'

export const parent = 'parent0'
export const host = { ipv4: '10.70.0.254', ipv6: 'fd00:70::254' }
export const neighbour = { ipv4: '10.70.0.1', ipv6: 'fd00:70::1', beyond: '192.0.2.1' }
export const subnets = ['--subnet', '10.70.0.0/24', '--ip-range', '10.70.0.128/26', '--subnet', 'fd00:70::/64']

const who = '#!/bin/sh\nprintf "Content-Type: text/plain\\r\\n\\r\\n%s" "$REMOTE_ADDR"\n'
/** Of a container: a server of one page that names who asks. */
const serve = `mkdir -p /www/cgi-bin; cat >/www/cgi-bin/who <<'END'\n${who}END\nchmod 755 /www/cgi-bin/who; exec httpd -f -p 80 -h /www`
/** runc compiles the seccomp profile at every start and exec: half of their time here. */
export const cheap = ['--security-opt', 'seccomp=unconfined']

/** An interface eth0 of the host's takes the name that containers have for theirs. */
export function makeLan(): void {
  const ip = (...words: string[]) => execFileSync('ip', words)
  ip('netns', 'add', 'lan')
  ip('link', 'add', parent, 'type', 'veth', 'peer', 'name', 'lan0', 'netns', 'lan')
  ip('link', 'add', 'eth0', 'type', 'dummy')
  ip('address', 'add', `${host.ipv4}/24`, 'dev', parent)
  ip('address', 'add', `${host.ipv6}/64`, 'dev', parent, 'nodad')
  ip('link', 'set', parent, 'up')
  const there = (...words: string[]) => ip('-n', 'lan', ...words)
  there('link', 'set', 'lo', 'up')
  there('address', 'add', `${neighbour.ipv4}/24`, 'dev', 'lan0')
  there('address', 'add', `${neighbour.ipv6}/64`, 'dev', 'lan0', 'nodad')
  there('address', 'add', neighbour.beyond, 'dev', 'lo')
  there('link', 'set', 'lan0', 'up')
  ip('route', 'add', 'default', 'via', neighbour.ipv4)
  ip('-6', 'route', 'add', 'default', 'via', neighbour.ipv6)
  mkdirSync('/srv/www/cgi-bin', { recursive: true })
  writeFileSync('/srv/www/cgi-bin/who', who)
  chmodSync('/srv/www/cgi-bin/who', 0o755)
  execFileSync('ip', ['netns', 'exec', 'lan', 'busybox', 'httpd', '-p', '80', '-h', '/srv/www'])
}

/** A container that answers at port 80, reached or not. */
export function serveAs(as: Caller, name: string, ...flags: string[]): void {
  as.ok('run', '-d', '--name', name, ...cheap, ...flags, 'busybox', 'sh', '-c', serve)
}

/** Whom each address answers, asked by a container of its own; empty where none does. */
export function askFrom(as: Caller, network: string, ...addresses: string[]): string {
  // Debian 12's wget in busybox-static dies of its own time limit, -T.
  const script = 'for a; do timeout 10 wget -qO- http://$a/cgi-bin/who 2>/dev/null || echo nobody; echo; done'
  const answer = as.try(
    'run',
    '--rm',
    '--network',
    network,
    ...cheap,
    'busybox',
    'sh',
    '-c',
    script,
    'sh',
    ...addresses,
  )
  if (answer.code !== 0) throw new Error(answer.stderr)
  return answers(answer.stdout)
}

/** The same, asked by the host itself, or by the neighbour. */
export function ask(from: 'host' | 'lan', address: string): string {
  const enter = from === 'lan' ? ['ip', 'netns', 'exec', 'lan'] : []
  const [file = '', ...words] = [...enter, 'busybox', 'wget', '-qO-', '-T', '5', `http://${address}/cgi-bin/who`]
  const { status, stdout } = spawnSync(file, words, { encoding: 'utf8' })
  return status === 0 ? answers(stdout) : 'nobody'
}

/** A server in a container takes a moment after its start. */
export async function isAnswered(from: 'host' | 'lan', address: string, expected: string | RegExp): Promise<void> {
  await eventually(`${address} answers the ${from}`, () => ask(from, address) !== 'nobody')
  if (typeof expected === 'string') equal(ask(from, address), expected)
  else matches(ask(from, address), expected)
}

/** How the interface is that the container has, with all that the driver says of it. */
export function deviceOf(as: Caller, container: string, name = 'eth0'): string {
  const pid = as.ok('inspect', '--format', '{{.State.Pid}}', container)
  return execFileSync('nsenter', ['-t', pid, '-n', 'ip', '-d', 'link', 'show', name], { encoding: 'utf8' })
}

export function hostLinks(): string {
  return execFileSync('ip', ['-brief', 'link'], { encoding: 'utf8' })
}

/** busybox writes an IPv4 client of an IPv6 socket as [::ffff:1.2.3.4]. */
function answers(text: string): string {
  return text
    .trim()
    .split(/\s+/)
    .map((one) => one.replace(/^\[?(::ffff:)?|\]$/g, ''))
    .join(' ')
}
