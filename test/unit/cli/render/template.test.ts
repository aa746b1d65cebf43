import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { goMap } from '../../../../src/base/go-value.ts'
import { redirectOutput } from '../../../../src/cli/render/print.ts'
import { headingOf, isJsonFormat, printLayout, printRows, printTemplate } from '../../../../src/cli/render/template.ts'

const folder = mkdtempSync(join(tmpdir(), 'gantry-print-'))
afterAll(() => rmSync(folder, { recursive: true }))

function printed(print: () => void): string {
  const path = join(folder, 'out')
  const fd = openSync(path, 'w')
  redirectOutput(fd)
  try {
    print()
  } finally {
    redirectOutput(1)
    closeSync(fd)
  }
  return readFileSync(path, 'utf8')
}

const rows = [
  { ID: 'abc', Names: 'web', Labels: goMap({ a: 'b' }) },
  { ID: 'defdefdefdefdef', Names: 'db', Labels: goMap({}) },
]
const headings = { ID: 'CONTAINER ID' }

test.each([
  ['json', true],
  [' json ', true],
  ['{{json}}', true],
  ['{{ json. }}', true],
  ['{{json .}}', false],
  ['jsonx', false],
])('isJsonFormat %j', (format, wanted) => {
  expect(isJsonFormat(format)).toBe(wanted)
})

describe('printRows', () => {
  test.each([
    ['{{.ID}} {{.Names}}', 'abc web\ndefdefdefdefdef db\n'],
    ['{{.ID}}\\t{{.Names}}', 'abc\tweb\ndefdefdefdefdef\tdb\n'],
    ['{{range .}}{{.Names}},{{end}}', 'web,db,\n'],
    ['{{printf "%s\\n" .ID}}', 'abc\ndefdefdefdefdef\n'],
    ['table {{.ID}} {{.Names}}', 'CONTAINER ID     NAMES\nabc              web\ndefdefdefdefdef  db\n'],
    ['table {{.Labels}}\\t{{.ID}}', 'LABELS      CONTAINER ID\nmap[a:b]    abc\nmap[]       defdefdefdefdef\n'],
  ])('%s', (format, wanted) => {
    expect(printed(() => printRows({ format, rows, headings }))).toBe(wanted)
  })

  test('a heading needs no rows, and may be hidden', () => {
    expect(printed(() => printRows({ format: 'table {{.CreatedAt}} {{.ID}}', rows: [], headings }))).toBe(
      'CREATED AT  CONTAINER ID\n',
    )
    expect(printed(() => printRows({ format: 'table {{.ID}}', rows, headings, isHeadingHidden: true }))).toBe(
      'abc\ndefdefdefdefdef\n',
    )
  })
})

test('printTemplate prints one value, and the text as typed where escapes break it', () => {
  expect(printed(() => printTemplate('{{.ID}}\\n', rows[0]))).toBe('abc\n')
  expect(printed(() => printTemplate('{{"\\n"}}', rows[0]))).toBe('\n')
  expect(() => printTemplate('{{.Nope}}', rows[0], { name: 'version' })).toThrow(/^template: version:1:2: /)
})

test('printLayout aligns', () => {
  expect(printed(() => printLayout('A:\\t{{.ID}}\\nLong heading:\\t{{.Names}}', rows[0]))).toBe(
    'A:             abc\nLong heading:  web\n',
  )
})

test.each([
  ['CreatedAt', 'CREATED AT'],
  ['ID', 'ID'],
  ['ImageID', 'IMAGE ID'],
  ['RepoTags', 'REPO TAGS'],
  ['OCIRuntime', 'OCI RUNTIME'],
])('headingOf %s', (field, wanted) => {
  expect(headingOf(field)).toBe(wanted)
})
