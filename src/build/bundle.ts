// dist/: everything that is TypeScript. main.cjs launches program-HASH.cjs, which holds all of our own code in one file: a start reads
// few files, and V8's cache knows each function. Large packages that few commands need are files of their own, required when they
// are; a file `*-worker.ts` becomes one beside them under the same name. CommonJS, because Node's loader for it costs half.

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type BuildOptions, build, type OutputFile, type Plugin } from 'esbuild'
import ts from 'typescript'
import { commandTable } from '../cli/command-table.ts'
import { filesBelow, isNewer } from './newer.ts'

const rarePackages = ['conf', 'execa', 'tweetnacl']

/** Does nothing when the bundle is newer than its sources. @throws when esbuild refuses */
export async function bundle(tree: string): Promise<void> {
  const folder = join(tree, 'dist')
  const sources = filesBelow(join(tree, 'src')).filter((path) => path.endsWith('.ts'))
  if (isNewer(join(folder, 'main.cjs'), [...sources, join(tree, 'package-lock.json')])) return
  console.log('bundle dist/')
  const workers = sources.filter((path) => path.endsWith('-worker.ts'))
  const packages = await Promise.all(rarePackages.map((name) => bundlePackage(tree, name)))
  const places = new Map(packages.map(({ path }, index) => [rarePackages[index] as string, `./${basename(path)}`]))
  const [program, ...rest] = await Promise.all([
    bundleFile(tree, join(tree, 'src', 'cli', 'main.ts'), { ...asFunction, plugins: [elsewhere(places), ...plugins] }),
    ...workers.map((path) => bundleFile(tree, path, { plugins: [elsewhere(places), ...plugins] })),
  ])
  const hashed = withHash(program, 'program')
  const launcher = await bundleFile(tree, join(tree, 'src', 'cli', 'launch.ts'), {
    define: {
      ...here,
      bundledProgram: JSON.stringify(basename(hashed.path)),
      bundledCommands: JSON.stringify(Object.keys(commandTable)),
    },
  })
  writeOutput(folder, [...packages, ...rest, hashed, { ...launcher, path: join(folder, 'main.cjs') }])
}

interface Output {
  readonly path: string
  readonly contents: Uint8Array
}

/** A path does for the `url` of packages: they hand it to createRequire. */
const here = {
  'import.meta.dirname': '__dirname',
  'import.meta.filename': '__filename',
  'import.meta.url': '__filename',
}

const common: BuildOptions = {
  write: false,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  minify: true,
  // A program from a string has no import().
  supported: { 'dynamic-import': false },
  legalComments: 'none',
  logLevel: 'warning',
  define: here,
}

/** What the launcher compiles and calls. */
const asFunction = { banner: { js: '(function(require,__filename,__dirname){' }, footer: { js: '})' } }

async function bundleFile(tree: string, entry: string, options: BuildOptions): Promise<Output> {
  const outfile = join(tree, 'dist', `${basename(entry, '.ts')}.cjs`)
  const { outputFiles = [] } = await build({
    ...common,
    absWorkingDir: tree,
    entryPoints: [entry],
    outfile,
    ...options,
  })
  return outputFiles[0] as OutputFile
}

async function bundlePackage(tree: string, name: string): Promise<Output> {
  // What is CommonJS is its own default export, as Node has it.
  const contents = `const own = require(${JSON.stringify(name)}); own.default ??= own; module.exports = own`
  const stdin = { contents, resolveDir: tree }
  const outfile = join(tree, 'dist', `${name}.cjs`)
  const { outputFiles = [] } = await build({ ...common, absWorkingDir: tree, stdin, outfile })
  return withHash(outputFiles[0] as OutputFile, name)
}

/** Running processes find what belongs to them. */
function withHash({ path, contents }: Output, name: string): Output {
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12)
  return { path: join(path, '..', `${name}-${hash}.cjs`), contents }
}

function elsewhere(places: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'elsewhere',
    setup({ onResolve }) {
      onResolve({ filter: /^[a-z]+$/ }, ({ path: name }) => {
        const path = places.get(name)
        return path === undefined ? undefined : { path, external: true }
      })
    },
  }
}

/** Always there, or as good as free. */
const eagerBuiltins = new Set(['node:fs', 'node:os', 'node:path', 'fs', 'path', 'util'])

/**
 * Node's own modules are loaded when something of them is first used, not when a file that may use them is: `node:crypto` alone costs
 * 10 ms. What a file imports from one is looked up on the prototype of what it required: esbuild's `__toESM` keeps that.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path, importer }) =>
      process.getBuiltinModule(path) === undefined || eagerBuiltins.has(path) || importer.includes('/undici/')
        ? undefined
        : { path, namespace: 'builtin', sideEffects: false },
    )
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `let own
        const load = () => (own ??= process.getBuiltinModule(${JSON.stringify(path)}))
        module.exports = Object.create(new Proxy({}, { get: (_, name) => load()[name], has: (_, name) => name in load() }))`,
    }))
  },
}

/**
 * `yargs/helpers` loads yargs' terminal layout for a function that is not used here: string-width alone builds an
 * Intl.Segmenter, which costs 20 ms, and process.stdout is opened.
 */
const withoutYargsPlatform: Plugin = {
  name: 'without-yargs-platform',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /platform-shims\/esm\.mjs$/ }, ({ path }) => ({ path, namespace: 'empty' }))
    // For configuration files, of which it gets none; it does without.
    onResolve({ filter: /^node:module$/ }, ({ path, importer }) =>
      importer.includes('/yargs-parser/') ? { path, namespace: 'empty' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({
      contents: 'export default {}; export const createRequire = undefined',
    }))
  },
}

/**
 * What transport/registry/http.ts uses of undici: the whole, with fetch and web sockets, takes 100 ms to load. HTTP/2 is switched off there,
 * and loads TLS. `node:assert` takes 3 ms to load; of `node:http` (6 ms) undici wants a number, which is Node's own unless a flag says otherwise, and a class that it is never handed.
 */
const smallUndici: Plugin = {
  name: 'small-undici',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ path, resolveDir }) => ({ path, namespace: 'undici', pluginData: resolveDir }))
    onLoad({ filter: /.*/, namespace: 'undici' }, ({ pluginData }) => ({
      contents: `
        require('undici/lib/dispatcher/dispatcher.js').prototype.request = require('undici/lib/api/api-request.js')
        module.exports = {
          get Agent() { return require('undici/lib/dispatcher/agent.js') },
          get EnvHttpProxyAgent() { return require('undici/lib/dispatcher/env-http-proxy-agent.js') },
          get buildConnector() { return require('undici/lib/core/connect.js') },
        }`,
      resolveDir: pluginData as string,
    }))
    onResolve({ filter: /^node:(http|assert)$/ }, ({ path, importer }) =>
      importer.includes('/undici/') ? { path, namespace: 'undici-stub' } : undefined,
    )
    onLoad({ filter: /:http$/, namespace: 'undici-stub' }, () => ({
      contents: 'module.exports = { maxHeaderSize: 16384, IncomingMessage: class {} }',
    }))
    onLoad({ filter: /:assert$/, namespace: 'undici-stub' }, () => ({
      contents: `
        module.exports = (isTrue, message) => {
          if (!isTrue) throw message instanceof Error ? message : new Error(message ?? 'undici: an assertion failed')
        }
        module.exports.strictEqual = (a, b, message) => module.exports(Object.is(a, b), message)
        module.exports.notStrictEqual = (a, b, message) => module.exports(!Object.is(a, b), message)`,
    }))
    onLoad({ filter: /\/undici\/lib\/dispatcher\/client-h2\.js$/ }, () => ({ contents: '' }))
  },
}

/**
 * esbuild puts what is in ECMAScript modules into one scope: thousands of names and functions, which V8 would read back at each start
 * (4 ms). As CommonJS each file but the entry is a function that nobody looks into before the file is needed. In a namespace of its own,
 * because package.json says that what is in ours is ECMAScript.
 */
const ownScopes: Plugin = {
  name: 'own-scopes',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      namespace: 'scope',
    }))
    onLoad({ filter: /.*/, namespace: 'scope' }, ({ path }) => ({
      contents: asCommonJs(readFileSync(path, 'utf8')),
      resolveDir: dirname(path),
    }))
  },
}

/** A file that is imported is run when something of it is first used: many a command needs half of what its files import. */
function asCommonJs(text: string): string {
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ESNext, esModuleInterop: false }
  const code = Object.entries(here).reduce((part, [from, to]) => part.replaceAll(from, to), ts.transpile(text, options))
  const imports = [...code.matchAll(/^const (\w+_\d+) = require\("\.[^"]+\.ts"\);$/gm)]
  return imports.reduce((part, [statement, name = '']) => {
    const load = statement.slice(statement.indexOf('require'), -1)
    const used = part.replaceAll(new RegExp(`\\b${name}\\.`, 'g'), `(${name}()).`)
    return used.replace(statement, `let ${name}_own; const ${name} = () => ${name}_own ??= ${load};`)
  }, code)
}

const plugins = [ownScopes, withoutYargsPlatform, smallUndici, lazyBuiltins]

/** Running processes still load packages of the build before. */
const staleAfterMs = 600_000

/** main.cjs last, each by renaming: whoever starts meanwhile gets the old program or the new one. */
function writeOutput(folder: string, files: readonly Output[]): void {
  mkdirSync(folder, { recursive: true })
  for (const { path, contents } of files) {
    const half = `${path}.${process.pid}.half`
    writeFileSync(half, contents)
    renameSync(half, path)
  }
  const current = new Set([...files.map(({ path }) => basename(path)), '.cache'])
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (current.has(name) || Date.now() - statSync(path).mtimeMs < staleAfterMs) continue
    rmSync(path, { recursive: true })
  }
}
