// secret inspect and ls: podman's document of a secret. What it says is in it only when that is asked for.

import { invalid } from '../../base/errors.ts'
import type { SecretRecord } from '../../secret/secret-record.ts'
import { listSecrets } from '../../secret/secret-store.ts'
import type { Engine } from '../engine.ts'
import { compileExpression, splitFilter } from '../filter-text.ts'
import { readSecretData } from './secret-data.ts'

export interface SecretDocument {
  readonly ID: string
  readonly CreatedAt: string
  readonly UpdatedAt: string
  readonly Spec: {
    readonly Name: string
    readonly Driver: { readonly Name: string; readonly Options: Readonly<Record<string, string>> }
    readonly Labels: Readonly<Record<string, string>>
  }
  readonly SecretData?: string
}

/** @throws as readSecretData, when the secret is to be shown */
export async function inspectSecret(
  engine: Engine,
  record: SecretRecord,
  { isShown }: { readonly isShown: boolean },
): Promise<SecretDocument> {
  const { id, name, driver, labels, createdAt, updatedAt } = record
  return {
    ID: id,
    CreatedAt: createdAt,
    UpdatedAt: updatedAt,
    Spec: { Name: name, Driver: { Name: driver.name, Options: driver.options }, Labels: labels },
    ...(isShown ? { SecretData: (await readSecretData(engine, record)).toString('utf8') } : {}),
  }
}

/** By name. `filters`: `name=` and `id=` with regular expressions, values of one name alternatives. @throws invalid `filter-invalid` */
export function listMatchingSecrets(engine: Engine, filters: readonly string[]): SecretRecord[] {
  const wanted = filters.map(parseFilter)
  const matches = (record: SecretRecord, key: 'name' | 'id') => {
    const expressions = wanted.filter((filter) => filter.key === key).map(({ expression }) => expression)
    return expressions.length === 0 || expressions.some((expression) => expression.test(record[key]))
  }
  return listSecrets(engine.at).filter((record) => matches(record, 'name') && matches(record, 'id'))
}

function parseFilter(text: string): { key: string; expression: RegExp } {
  const [name, value] = splitFilter(text)
  const key = name.toLowerCase()
  if (key !== 'name' && key !== 'id') throw invalid('filter-invalid', `invalid filter ${JSON.stringify(key)}`)
  return { key, expression: compileExpression(value) }
}
