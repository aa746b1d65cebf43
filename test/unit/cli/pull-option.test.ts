import { expect, test } from 'vitest'
import { readGlobalFlags } from '../../../src/cli/global-flags.ts'

const read = (value: string) => readGlobalFlags([{ name: 'pull-option', value }])

test.each(['enable_partial_images=true', 'convert_images=false', 'use_hard_links=false', 'ostree_repos='])(
  '--pull-option %s asks for what is done anyway',
  (option) => {
    expect(() => read(option)).not.toThrow()
  },
)

test.each([
  ['enable_partial_images=false', 'it is always true'],
  ['convert_images=true', 'it is always false'],
  ['bogus=1', 'only containers-storage knows it'],
])('--pull-option %s is refused: %s', (option, reason) => {
  expect(() => read(option)).toThrow(reason)
})
