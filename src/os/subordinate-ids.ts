// /etc/subuid and /etc/subgid: which ids are somebody's to give away.

import { readFileSync } from 'node:fs'
import { absentAsUndefined } from '../base/errors.ts'

export interface SubordinateRange {
  readonly start: number
  readonly end: number
}

/** Half-open, in the file's order; none where the file is missing. */
export function subordinateIds(kind: 'uid' | 'gid', user: string): SubordinateRange[] {
  return parseSubordinateIds(absentAsUndefined(() => readFileSync(`/etc/sub${kind}`, 'utf8')) ?? '', user)
}

/** `USER:START:COUNT` lines; others are no business of ours. */
export function parseSubordinateIds(text: string, user: string): SubordinateRange[] {
  return text.split('\n').flatMap((line) => {
    const [name, first = '', count = ''] = line.trim().split(':')
    if (name !== user || !/^\d+$/.test(first) || !/^\d+$/.test(count) || Number(count) === 0) return []
    return [{ start: Number(first), end: Number(first) + Number(count) }]
  })
}
