// GANTRY_UNPACK_LIMITS: what one layer may cost, for who trusts an origin more, or less, than the defaults do.

import { invalid } from '../../base/errors.ts'
import { parseBinarySize } from '../../base/size.ts'
import { defaultLimits, type UnpackLimits } from '../../image/unpack-limits.ts'

const keys: Readonly<Record<string, keyof UnpackLimits>> = {
  total: 'totalBytes',
  file: 'fileBytes',
  entries: 'entries',
  path: 'pathBytes',
  depth: 'depth',
}

/** `total=10g,file=2g,entries=100000,path=1000,depth=100`; what is not named keeps its default. @throws invalid `unpack-limits-malformed` */
export function unpackLimits(text: string | undefined): UnpackLimits {
  const pairs = (text ?? '').split(',').filter((part) => part !== '')
  return { ...defaultLimits, ...Object.fromEntries(pairs.map((pair) => readPair(pair))) }
}

function readPair(pair: string): [keyof UnpackLimits, number] {
  const [name = '', value = ''] = pair.split('=')
  const key = keys[name.trim()]
  if (key !== undefined && /^\d/.test(value)) return [key, parseBinarySize(value.trim())]
  throw invalid(
    'unpack-limits-malformed',
    `GANTRY_UNPACK_LIMITS has '${pair}', which is no limit`,
    `Its form is: ${Object.keys(keys)
      .map((known) => `${known}=N`)
      .join(',')}`,
  )
}
