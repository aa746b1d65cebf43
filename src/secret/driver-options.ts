// What a secret's driver may be told: an option that it lacks is refused, not passed over.

import { resolve } from 'node:path'
import { type EngineError, invalid } from '../base/errors.ts'
import type { SecretDriver } from './secret-record.ts'

const known: Readonly<Record<SecretDriver['name'], readonly string[]>> = {
  file: ['path'],
  pass: ['root', 'key', 'gpghomedir'],
  shell: ['list', 'lookup', 'store', 'delete'],
}

/** With folders from the root on, for a later command may be given elsewhere. @throws invalid `secret-driver-invalid` */
export function checkDriverOptions(driver: SecretDriver): SecretDriver {
  for (const name of Object.keys(driver.options)) {
    if (known[driver.name].includes(name)) continue
    const all = known[driver.name].join(', ')
    throw bad(`driver ${driver.name} has no option ${quoted(name)}: it has ${all}`)
  }
  if (driver.name === 'shell') return driver
  return {
    name: driver.name,
    options: Object.fromEntries(
      Object.entries(driver.options).map(([name, value]) => {
        if (value === '') throw bad(`option ${quoted(name)} of driver ${driver.name} is empty`)
        return [name, name === 'key' ? value : resolve(value)]
      }),
    ),
  }
}

function quoted(name: string): string {
  return `'${name}'`
}

function bad(message: string): EngineError {
  return invalid('secret-driver-invalid', message)
}
