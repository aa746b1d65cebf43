// What is stored of a secret: secrets/<id>.json. What it says is sealed, or kept by another program.

import { invalid } from '../base/errors.ts'
import { randomHex } from '../base/random.ts'
import type { Versioned } from '../state/record.ts'
import type { Sealed } from './seal.ts'

export interface SecretRecord extends Versioned {
  readonly id: string
  readonly name: string
  readonly driver: SecretDriver
  readonly labels: Readonly<Record<string, string>>
  readonly createdAt: string
  readonly updatedAt: string
  /** Of driver `file` without a folder of its own. */
  readonly sealed?: Sealed
}

export interface SecretDriver {
  readonly name: 'file' | 'pass' | 'shell'
  readonly options: Readonly<Record<string, string>>
}

const idDigits = 25
const maxNameBytes = 253
export const maxSecretBytes = 512_000

export function newSecretId(): string {
  return randomHex(16).slice(0, idDigits)
}

/** @throws invalid `secret-name-invalid` */
export function checkSecretName(name: string): string {
  // Refused as podman refuses them; and what would be no name of a file in a container.
  if (/^[^,/=\0]+$/.test(name) && Buffer.byteLength(name) <= maxNameBytes && name !== '.' && name !== '..') return name
  throw invalid(
    'secret-name-invalid',
    `secret name ${JSON.stringify(name)} can not include '=', '/', ',', or the '\\0' (NULL) and be between 1 and ${maxNameBytes} characters: invalid secret name`,
  )
}

/** @throws invalid `secret-size` */
export function checkSecretSize(data: Uint8Array): void {
  if (data.length > 0 && data.length < maxSecretBytes) return
  throw invalid('secret-size', `secret data must be larger than 0 and less than ${maxSecretBytes} bytes`)
}

/** @throws invalid `secret-driver-invalid` */
export function checkSecretDriver(name: string): SecretDriver['name'] {
  if (name === 'file' || name === 'pass' || name === 'shell') return name
  throw invalid('secret-driver-invalid', `unknown driver ${name}: invalid driver`, 'There are: file, pass, shell.')
}
