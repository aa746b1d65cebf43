import { expect, test } from 'vitest'
import { alignTabs } from '../../../src/base/tabwriter.ts'

test.each([
  ['ID\tNAME\n1\tweb\n', 'ID          NAME\n1           web\n'],
  ['0123456789abc\tx\ny\tz\n', '0123456789abc  x\ny              z\n'],
  ['a\t\tb\n', 'a                       b\n'],
  ['é\tx\n', 'é           x\n'],
  ['no columns\n', 'no columns\n'],
  ['0123456789abc\tx\nplain\ny\tz\n', '0123456789abc  x\nplain\ny           z\n'],
  ['a\tb\t\n', 'a           b           \n'],
])('alignTabs %j', (text, wanted) => {
  expect(alignTabs(text)).toBe(wanted)
})
