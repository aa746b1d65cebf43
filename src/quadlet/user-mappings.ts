// The user namespace: the keys that say it plainly, and the Remap keys of older files.

import { invalid } from '../base/errors.ts'
import { type Conversion, textFlags, wordFlags } from './conversion.ts'
import { hasKey, lookup, lookupWords } from './unit-file.ts'

/** @throws invalid `quadlet-invalid` */
export function mappingFlags(conversion: Conversion, { isManualAllowed = true } = {}): string[] {
  const { quadlet, section } = conversion
  const plain = [
    ...textFlags(conversion, 'UserNS --userns'),
    ...wordFlags(conversion, 'UIDMap --uidmap \n GIDMap --gidmap'),
    ...textFlags(conversion, 'SubUIDMap --subuidname \n SubGIDMap --subgidname'),
  ]
  if (plain.length === 0) return remapFlags(conversion, isManualAllowed)
  if (['RemapUid', 'RemapGid', 'RemapUsers'].some((key) => hasKey(quadlet.file, section, key))) {
    throw invalid('quadlet-invalid', 'deprecated Remap keys are set along with explicit mapping keys')
  }
  return plain
}

function remapFlags(conversion: Conversion, isManualAllowed: boolean): string[] {
  const { quadlet, section } = conversion
  const uids = lookupWords(quadlet.file, section, 'RemapUid')
  const gids = lookupWords(quadlet.file, section, 'RemapGid')
  const way = lookup(quadlet.file, section, 'RemapUsers') ?? ''
  switch (way) {
    case '':
      if (uids.length > 0) throw invalid('quadlet-invalid', 'UidMap set without RemapUsers')
      if (gids.length > 0) throw invalid('quadlet-invalid', 'GidMap set without RemapUsers')
      return []
    case 'manual':
      if (!isManualAllowed) throw invalid('quadlet-invalid', 'RemapUsers=manual is not supported')
      return [...uids.flatMap((map) => ['--uidmap', map]), ...gids.flatMap((map) => ['--gidmap', map])]
    case 'auto': {
      const size = lookup(quadlet.file, section, 'RemapUidSize')
      const options = [
        ...uids.map((map) => `uidmapping=${map}`),
        ...gids.map((map) => `gidmapping=${map}`),
        ...(size === undefined ? [] : [`size=${size}`]),
      ]
      return ['--userns', withOptions('auto', options)]
    }
    case 'keep-id':
      return ['--userns', withOptions('keep-id', [...onlyOne('uid', uids), ...onlyOne('gid', gids)])]
    default:
      throw invalid('quadlet-invalid', `unsupported RemapUsers option '${way}'`)
  }
}

function onlyOne(kind: 'uid' | 'gid', maps: readonly string[]): string[] {
  if (maps.length <= 1) return maps.map((map) => `${kind}=${map}`)
  throw invalid('quadlet-invalid', `RemapUsers=keep-id supports only a single value for ${kind.toUpperCase()} mapping`)
}

function withOptions(mode: string, options: readonly string[]): string {
  return options.length === 0 ? mode : `${mode}:${options.join(',')}`
}
