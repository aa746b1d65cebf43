// Kubernetes' quantities: `500m`, `1.5`, `64Mi`, `1e3`.

import { invalidManifest } from './fields.ts'

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** @throws invalid `manifest-invalid`, naming the path */
export function parseQuantity(value: string | number, path: string): number {
  const [, number, suffix = ''] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(value)) ?? []
  const factor = Object.hasOwn(factors, suffix) ? factors[suffix] : undefined
  if (number !== undefined && factor !== undefined) return Number(number) * factor
  throw invalidManifest(`${path}: ${JSON.stringify(value)} is no quantity such as 500m or 64Mi`)
}
