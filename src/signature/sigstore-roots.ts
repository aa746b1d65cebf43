// What a sigstoreSigned requirement trusts: keys, or certificates that Fulcio or another authority issued; with Rekor's keys, only
// signatures that its log has recorded.

import { type KeyMaterial, materialAt } from './key-material.ts'
import { malformed, readSection, requiredTextAt, type Section, textAt } from './policy-section.ts'

export type SigstoreRoots =
  | { readonly kind: 'keys'; readonly keys: KeyMaterial; readonly rekorKeys: KeyMaterial | undefined }
  | FulcioRoots
  | PkiRoots

export interface FulcioRoots {
  readonly kind: 'fulcio'
  readonly authorities: KeyMaterial
  readonly oidcIssuer: string
  readonly subjectEmail: string
  readonly rekorKeys: KeyMaterial
}

export interface PkiRoots {
  readonly kind: 'pki'
  readonly authorities: KeyMaterial
  readonly intermediates: KeyMaterial | undefined
  readonly subjectEmail: string | undefined
  readonly subjectHostname: string | undefined
}

const keyKeys = { path: 'keyPath', paths: 'keyPaths', data: 'keyData', datas: 'keyDatas' }
const rekorKeys = {
  path: 'rekorPublicKeyPath',
  paths: 'rekorPublicKeyPaths',
  data: 'rekorPublicKeyData',
  datas: 'rekorPublicKeyDatas',
}

export const sigstoreRootKeys: readonly string[] = [
  ...Object.values(keyKeys),
  'fulcio',
  'pki',
  ...Object.values(rekorKeys),
]

/** @throws invalid `policy-malformed` */
export function parseSigstoreRoots(section: Section): SigstoreRoots {
  const { value, place } = section
  const keys = materialAt(section, keyKeys)
  const rekor = materialAt(section, rekorKeys)
  const sources = [keys, value['fulcio'], value['pki']].filter((each) => each !== undefined)
  if (sources.length !== 1) {
    throw malformed(place, 'exactly one of keyPath, keyPaths, keyData, keyDatas, fulcio and pki must be given')
  }
  if (keys !== undefined) return { kind: 'keys', keys, rekorKeys: rekor }
  if (value['fulcio'] !== undefined) return parseFulcio(value['fulcio'], `${place}.fulcio`, rekor)
  if (rekor !== undefined) throw malformed(place, 'rekorPublicKey… does not go with pki')
  return parsePki(value['pki'], `${place}.pki`)
}

function parseFulcio(value: unknown, place: string, rekor: KeyMaterial | undefined): FulcioRoots {
  const section = readSection(value, place, ['caPath', 'caData', 'oidcIssuer', 'subjectEmail'])
  const authorities = materialAt(section, { path: 'caPath', data: 'caData' })
  if (authorities === undefined) throw malformed(place, 'one of caPath and caData must be given')
  if (rekor === undefined) throw malformed(place, 'a rekorPublicKey… must be given beside it')
  const oidcIssuer = requiredTextAt(section, 'oidcIssuer')
  return {
    kind: 'fulcio',
    authorities,
    oidcIssuer,
    subjectEmail: requiredTextAt(section, 'subjectEmail'),
    rekorKeys: rekor,
  }
}

function parsePki(value: unknown, place: string): PkiRoots {
  const roots = { path: 'caRootsPath', data: 'caRootsData' }
  const middle = { path: 'caIntermediatesPath', data: 'caIntermediatesData' }
  const known = [...Object.values(roots), ...Object.values(middle), 'subjectEmail', 'subjectHostname']
  const section = readSection(value, place, known)
  const authorities = materialAt(section, roots)
  if (authorities === undefined) throw malformed(place, 'one of caRootsPath and caRootsData must be given')
  const [subjectEmail, subjectHostname] = [textAt(section, 'subjectEmail'), textAt(section, 'subjectHostname')]
  if (subjectEmail === undefined && subjectHostname === undefined) {
    throw malformed(place, 'at least one of subjectEmail and subjectHostname must be given')
  }
  return { kind: 'pki', authorities, intermediates: materialAt(section, middle), subjectEmail, subjectHostname }
}
