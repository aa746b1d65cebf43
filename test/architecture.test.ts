// The layering rule of src/README.md, read from that very page: who may import whom, and which file owns which package.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const sources = resolve(import.meta.dirname, '..', 'src')
const page = readFileSync(join(sources, 'README.md'), 'utf8')
const levels = new Map(
  [...page.matchAll(/^\| (\d) \| (\w+) \| ?([\w ]*) ?\|$/gm)].map(([, level, folder, sideways]) => [
    folder as string,
    { level: Number(level), sideways: (sideways ?? '').split(' ').filter((name) => name !== '') },
  ]),
)
const adapters = new Map(
  [...page.matchAll(/^\| ([\w-]+) \| ([\w/-]+\.ts) \|$/gm)].map(([, name, file]) => [name as string, file as string]),
)
const exempt = new Set(['build'])

interface Import {
  readonly target: string
  readonly isType: boolean
  readonly isLazy: boolean
}

const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
const imports = new Map(files.map((file) => [file, importsOf(file)]))

const tree = resolve(sources, '..')

test.skipIf(!existsSync(join(tree, '.git')))(
  'the top level holds what it shall, and nothing that somebody forgot',
  () => {
    const tracked = execFileSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z'], { cwd: tree, encoding: 'utf8' })
    const names = new Set(tracked.split('\0').flatMap((path) => (path === '' ? [] : [path.split('/')[0]])))
    const tools = '.ci .gitignore .npmrc biome.json eslint.config.js knip.json package-lock.json vitest.config.ts'
    const own = 'CHANGELOG.md LICENSE README.md bin completions libexec package.json src test tsconfig.json'
    const known = `${tools} ${own}`.split(' ')
    expect([...names].filter((name) => !known.includes(name as string))).toEqual([])
  },
)

describe('src/README.md', () => {
  test('names every folder of src/', () => {
    const folders = new Set(files.map((file) => file.split('/')[0] as string))
    for (const folder of folders) expect(levels.has(folder) || exempt.has(folder), `folder ${folder}`).toBe(true)
  })

  test('imports go down, or sideways where the table says so', () => {
    expect(files.flatMap((file) => forbidden(file))).toEqual([])
  })

  test('each npm package has one adapter', () => {
    const strays = files.flatMap((file) =>
      packagesOf(file)
        .filter((name) => !exempt.has(folderOf(file)) && adapters.get(name) !== file)
        .map((name) => `${file}: ${name}`),
    )
    expect(strays).toEqual([])
    for (const [name, file] of adapters) expect(packagesOf(file), `${file} owns ${name}`).toContain(name)
  })
})

test('no file is imported in a circle at run time', () => {
  expect(findCycle()).toBeUndefined()
})

test('what every command loads first stays small', () => {
  const closure = closureOf('cli/main.ts')
  expect([...closure].filter((file) => /^(engine|transport|storage|runtime)\//.test(file))).toEqual([])
})

function forbidden(file: string): string[] {
  const from = folderOf(file)
  const rule = levels.get(from)
  if (rule === undefined || exempt.has(from)) return []
  return (imports.get(file) ?? []).flatMap(({ target }) => {
    if (!target.startsWith('.')) return []
    const path = relative(sources, resolve(sources, dirname(file), target))
    const to = folderOf(path)
    const other = levels.get(to)
    const isAllowed = to === from || rule.sideways.includes(to) || (other !== undefined && other.level < rule.level)
    return isAllowed ? [] : [`${file} → ${path}`]
  })
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(sources, file), 'utf8')
  const eager = [
    ...text.matchAll(/^(?:import|export) (type )?[^'"]*?from ['"]([^'"]+)['"]|^import ['"]([^'"]+)['"]/gms),
  ].map(([, type, from, bare]) => ({ target: (from ?? bare) as string, isType: type !== undefined, isLazy: false }))
  const lazy = [...text.matchAll(/(?:import|require)\(['"]([^'"]+)['"]\)/g)].map(([, from]) => ({
    target: from as string,
    isType: false,
    isLazy: true,
  }))
  return [...eager, ...lazy]
}

function packagesOf(file: string): string[] {
  return (imports.get(file) ?? [])
    .filter(({ target }) => !target.startsWith('.') && !target.startsWith('node:'))
    .map(({ target }) =>
      target
        .split('/')
        .slice(0, target.startsWith('@') ? 2 : 1)
        .join('/'),
    )
    .map((name) => (name === 'yargs-parser' ? 'yargs' : name))
}

function eagerTargets(file: string): string[] {
  return (imports.get(file) ?? [])
    .filter(({ target, isType, isLazy }) => target.startsWith('.') && !isType && !isLazy)
    .map(({ target }) => relative(sources, resolve(sources, dirname(file), target)))
}

function closureOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const target of eagerTargets(file)) closureOf(target, seen)
  return seen
}

function findCycle(): string | undefined {
  const done = new Set<string>()
  const visit = (file: string, chain: string[]): string | undefined => {
    if (chain.includes(file)) return [...chain.slice(chain.indexOf(file)), file].join(' → ')
    if (done.has(file)) return undefined
    for (const target of eagerTargets(file)) {
      const cycle = visit(target, [...chain, file])
      if (cycle !== undefined) return cycle
    }
    done.add(file)
    return undefined
  }
  for (const file of files) {
    const cycle = visit(file, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}

function folderOf(file: string): string {
  return file.split('/')[0] as string
}
