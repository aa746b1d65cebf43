// What pulling and publishing depend on: names, registries, sysctls.

import { readFileSync } from 'node:fs'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { readRegistriesConf } from '../../transport/registry/registries-conf.ts'
import type { Engine } from '../engine.ts'
import { type Finding, note, ok, problem } from './finding.ts'

export async function examineNetworkNeeds(engine: Engine): Promise<Finding[]> {
  return [examineDns(), await examineRegistries(engine), ...examineSysctls(engine)]
}

function examineDns(): Finding {
  const text = absentAsUndefined(() => readFileSync('/etc/resolv.conf', 'utf8')) ?? ''
  const servers = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server]) => server as string)
  if (servers.length > 0) return ok('DNS', servers.join(', '))
  return problem(
    'DNS',
    '/etc/resolv.conf names no server: no registry is found by name',
    "echo 'nameserver 9.9.9.9' | sudo tee -a /etc/resolv.conf",
  )
}

async function examineRegistries({ settings }: Engine): Promise<Finding> {
  try {
    const { searchRegistries } = await readRegistriesConf(settings.registriesConf)
    if (searchRegistries.length > 0)
      return ok('registries', `short names are looked for in ${searchRegistries.join(', ')}`)
    return note(
      'registries',
      'none are searched: images need their full names',
      'echo \'unqualified-search-registries = ["docker.io"]\' | sudo tee -a /etc/containers/registries.conf',
    )
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return problem('registries', error.message)
  }
}

function examineSysctls({ settings }: Engine): Finding[] {
  const read = (path: string) => absentAsUndefined(() => readFileSync(`/proc/sys/${path}`, 'utf8'))?.trim()
  if (!settings.isRootless) return []
  const first = Number(read('net/ipv4/ip_unprivileged_port_start') ?? 0)
  if (first <= 80) return [ok('ports', `from ${first} on`)]
  return [
    note(
      'ports',
      `below ${first} an ordinary user cannot publish`,
      'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80',
    ),
  ]
}
