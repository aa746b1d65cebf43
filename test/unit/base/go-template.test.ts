import { describe, expect, test } from 'vitest'
import { compileTemplate } from '../../../src/base/go-template.ts'
import { goMap, goPrinted, goStruct } from '../../../src/base/go-value.ts'

const data = goStruct('define.Container', {
  ID: 'abcdef0123456789',
  Names: ['web', 'db'],
  Labels: goMap({ b: '2', 'a.b': '1' }),
  State: goStruct('*define.State', { Pid: 42, Running: true, Health: null }),
  Ratio: 0.5,
  Empty: [],
  Created: goPrinted('2024-01-02 03:04:05 +0000 UTC', {}),
  Label: (key: unknown) => `<${String(key)}>`,
})

function run(text: string, value: unknown = data): string {
  return compileTemplate({ name: 't', text }).execute(value)
}

describe('compileTemplate prints', () => {
  test.each([
    ['plain', 'plain'],
    ['{{.ID}} {{.State.Pid}}', 'abcdef0123456789 42'],
    ['{{.Names}}', '[web db]'],
    ['{{.Labels}}', 'map[a.b:1 b:2]'],
    ['{{.Labels.b}}|{{.Labels.none}}', '2|<no value>'],
    ['{{index .Labels "a.b"}}|{{index .Labels "none"}}|', '1||'],
    ['{{.State}}', '{42 true <nil>}'],
    ['{{.Created}}', '2024-01-02 03:04:05 +0000 UTC'],
    ['{{.Label "x"}}{{"y" | .Label}}', '<x><y>'],
    ['{{index .Names 1}}{{len .Names}}{{slice .ID 0 3}}', 'db2abc'],
    ['{{range .Names}}<{{.}}>{{end}}', '<web><db>'],
    ['{{range $i, $n := .Names}}{{if $i}}, {{end}}{{$i}}={{$n}}{{end}}', '0=web, 1=db'],
    ['{{range $k, $v := .Labels}}{{$k}}:{{$v}};{{end}}', 'a.b:1;b:2;'],
    ['{{range .Empty}}x{{else}}none{{end}}', 'none'],
    ['{{range 3}}{{.}}{{end}}', '012'],
    ['{{range .Names}}{{if eq . "db"}}{{break}}{{end}}{{.}}{{end}}', 'web'],
    ['{{range .Names}}{{if eq . "web"}}{{continue}}{{end}}{{.}}{{end}}', 'db'],
    ['{{range .Names}}{{$.State.Pid}}{{end}}', '4242'],
    ['{{if .State.Running}}up{{else}}down{{end}}', 'up'],
    ['{{if .Empty}}a{{else if eq .State.Pid 42}}b{{else}}c{{end}}', 'b'],
    ['{{with .State}}{{.Pid}}{{end}}{{with .Empty}}x{{else}}-{{end}}', '42-'],
    ['{{with .Empty}}x{{else with .State}}{{.Pid}}{{end}}', '42'],
    ['{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}', '2'],
    ['{{with $s := .State}}{{$s.Pid}}{{end}}', '42'],
    ['{{define "row"}}[{{.}}]{{end}}{{range .Names}}{{template "row" .}}{{end}}', '[web][db]'],
    ['{{block "b" .State}}{{.Pid}}{{end}}', '42'],
    ['a {{- /* nothing */ -}} b', 'ab'],
    ['a {{- 1 -}} b{{-3}}', 'a1b-3'],
    ['{{(index .Names 0) | upper}}{{(.State).Pid}}', 'WEB42'],
    ['{{json .Names}}{{json .Labels}}{{json .ID}}', '["web","db"]{"a.b":"1","b":"2"}"abcdef0123456789"'],
    ['{{json "<&>"}}', '"<&>"'],
    ['{{join .Names ","}} {{split "a,b" ","}} {{title "ab cd"}} {{lower "AB"}}', 'web,db [a b] Ab Cd ab'],
    ['[{{pad "x" 1 2}}][{{pad "" 1 2}}]{{truncate .ID 4}}', '[ x  ][]abcd'],
    ['{{and 1 0}}{{or 0 "x"}}{{not true}}', '0xfalse'],
    ['{{eq 1 2 1}}{{ne "a" "b"}}{{lt 1 2}}{{le 2 2}}{{gt 1 2}}{{ge 1 2}}', 'truetruetruetruefalsefalse'],
    ['{{print 1 2 "x" 3}}|{{println "a" 1}}', '1 2x3|a 1\n'],
    ['{{html "<a&\'>"}}{{urlquery "a b/c"}}', '&lt;a&amp;&#39;&gt;a+b%2Fc'],
    ['{{`raw\\n`}}{{"q\\x41\\n"}}', 'raw\\nqA\n'],
    ['{{.Missing}}', '<no value>', goMap({})],
    ['{{.A.B.C}}', '<no value>', goMap({})],
  ])('%s', (text, wanted, value: unknown = data) => {
    expect(run(text, value)).toBe(wanted)
  })
})

describe('printf', () => {
  test.each([
    ['{{printf "%-6s|%6s|" "ab" "cd"}}', 'ab    |    cd|'],
    ['{{printf "%05d %x %X %o %b %c" 42 255 255 8 5 65}}', '00042 ff FF 10 101 A'],
    ['{{printf "%q %v %t %T" "a\\"b" .Names true .ID}}', '"a\\"b" [web db] true string'],
    ['{{printf "%.2f %6.1f %e" 1.005 2.26 1234.5}}', '1.00    2.3 1.234500e+03'],
    ['{{printf "%d" "x"}}', '%!d(string=x)'],
    ['{{printf "%s %s" "x"}}', 'x %!s(MISSING)'],
    ['{{printf "x" 1}}', 'x%!(EXTRA int=1)'],
    ['{{printf "%.3s%%" .ID}}', 'abc%'],
    ['{{printf "%*d" 4 7}}', '   7'],
    ['{{.ID | printf "%.2s-%s" "zz"}}', 'zz-abcdef0123456789'],
  ])('%s', (text, wanted) => {
    expect(run(text)).toBe(wanted)
  })
})

describe('compileTemplate complains', () => {
  test.each([
    ['{{.ID', 'template: t:1: unclosed action'],
    ['{{nope}}', 'template: t:1: function "nope" not defined'],
    ['{{$x}}', 'template: t:1: undefined variable "$x"'],
    ['{{}}', 'template: t:1: missing value for command'],
    ['{{if}}{{end}}', 'template: t:1: missing value for if'],
    ['{{if true}}', 'template: t:1: unexpected EOF'],
    ['{{end}}', 'template: t:1: unexpected {{end}}'],
    ['\n{{.A | }}', 'template: t:2: missing value for command'],
    ['{{break}}', 'template: t:1: {{break}} outside {{range}}'],
    ['{{range .}}{{else if .}}{{end}}', 'template: t:1: unexpected <if> in else'],
    ['{{.ID}', "template: t:1: bad character U+007D '}'"],
    ['{{"abc}}', 'template: t:1: unterminated quoted string'],
    ['{{/* x', 'template: t:1: unclosed comment'],
    ['{{(.ID}}', 'template: t:1: unclosed left paren'],
    ['{{.Nope}}', 'template: t:1:2: executing "t" at <.Nope>: can\'t evaluate field Nope in type define.Container'],
    [
      '{{.State.Nope}}',
      'template: t:1:8: executing "t" at <.State.Nope>: can\'t evaluate field Nope in type *define.State',
    ],
    ['{{.ID.X}}', 'template: t:1:5: executing "t" at <.ID.X>: can\'t evaluate field X in type string'],
    [
      '{{.State.Health.Log}}',
      'template: t:1:8: executing "t" at <.State.Health.Log>: nil pointer evaluating interface {}.Log',
    ],
    [
      '{{index .Names 7}}',
      'template: t:1:2: executing "t" at <index .Names 7>: error calling index: index out of range: 7',
    ],
    [
      '{{eq 1 "a"}}',
      'template: t:1:2: executing "t" at <eq 1 "a">: error calling eq: incompatible types for comparison',
    ],
    [
      '{{upper .Names}}',
      'template: t:1:8: executing "t" at <.Names>: wrong type for value; expected string; got []string',
    ],
    ['{{template "x"}}', 'template: t:1:11: executing "t" at <{{template "x"}}>: template "x" not defined'],
    ['{{len}}', 'template: t:1:2: executing "t" at <len>: wrong number of args for len: want 1 got 0'],
    [
      '{{range .State}}{{end}}',
      'template: t:1:8: executing "t" at <.State>: range can\'t iterate over {42 true <nil>}',
    ],
  ])('%s', (text, message) => {
    expect(() => run(text)).toThrow(expect.objectContaining({ kind: 'invalid', message }))
  })

  test('a template that calls itself for ever', () => {
    expect(() => run('{{define "x"}}{{template "x"}}{{end}}{{template "x"}}')).toThrow(
      /exceeded maximum template depth/,
    )
  })
})
