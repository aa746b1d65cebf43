// dist/: everything that is TypeScript. dist/main.cjs is the program, one CommonJS file: Node spends more on finding and linking ECMAScript
// modules than most commands take. What a command does not need of it is never run, and with V8's compile cache not even parsed. A file
// `*-worker.ts` is an entry of its own; packages that few commands need (`lazyPackages`) lie beside, each in a file of its own.

import { linkSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type BuildOptions, build, type OutputFile, type Plugin } from 'esbuild'
import { commandGroups, commandTable } from '../cli/command-table.ts'
import { filesBelow, isNewer } from './newer.ts'

const lazyPackages = ['undici', 'conf', 'execa', 'pino', 'smol-toml']

/** Does nothing when the bundle is newer than its sources. @throws when esbuild refuses */
export async function bundle(tree: string): Promise<void> {
  const folder = join(tree, 'dist')
  const sources = filesBelow(join(tree, 'src')).filter((path) => path.endsWith('.ts'))
  if (isNewer(join(folder, 'main.cjs'), [...sources, join(tree, 'package-lock.json')])) return
  console.log('bundle dist/')
  const workers = sources.filter((path) => path.endsWith('-worker.ts'))
  const common: BuildOptions & { write: false } = {
    absWorkingDir: tree,
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    // yargs-parser makes a `require` of its own from the url; a path serves as well.
    define: {
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': '__filename',
    },
    minify: true,
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  }
  const [program, packages] = await Promise.all([
    build({
      ...common,
      entryPoints: [
        { in: join(tree, 'src', 'cli', 'main.ts'), out: 'main' },
        ...workers.map((path) => ({ in: path, out: basename(path, '.ts') })),
      ],
      plugins: [lazyPackage, withoutYargsPlatform, lazyBuiltins],
    }),
    build({ ...common, entryPoints: lazyPackages.map((name) => ({ in: name, out: `package-${name}` })) }),
  ])
  writeOutput(folder, [...packages.outputFiles, ...program.outputFiles])
}

/** Beside the program. */
const lazyPackage: Plugin = {
  name: 'lazy-package',
  setup({ onResolve }) {
    const filter = new RegExp(`^(${lazyPackages.join('|')})$`)
    onResolve({ filter }, ({ path }) => ({ path: `./package-${path}.cjs`, external: true }))
  },
}

/** Always there, or as good as free. */
const eagerBuiltins = new Set(['node:fs', 'node:os', 'node:path', 'fs', 'path', 'util'])

/**
 * Node's own modules are loaded when something of them is first used, not when a file that may use them is: `node:crypto` alone costs 10 ms.
 * What a file imports from one is looked up on the prototype of what it required: esbuild's `__toESM` keeps that.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path }) =>
      process.getBuiltinModule(path) === undefined || eagerBuiltins.has(path)
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

/** A running process may still load a file of the build before: all are replaced by renaming, and keep their names. */
function writeOutput(folder: string, files: readonly OutputFile[]): void {
  mkdirSync(folder, { recursive: true })
  for (const file of files) {
    const half = `${file.path}.${process.pid}.half`
    writeFileSync(half, file.contents)
    renameSync(half, file.path)
  }
  linkCommands(folder)
  const current = new Set([...files.map(({ path }) => basename(path)), ...commandFiles()])
  for (const name of readdirSync(folder)) {
    if (!current.has(name)) rmSync(join(folder, name), { recursive: true })
  }
}

/**
 * The program under the name of each command, for bin/gantry to choose: V8's compile cache keeps for each file what its first run compiled,
 * and what `ps` needs of the program is another thing than what `pull` needs.
 */
function linkCommands(folder: string): void {
  for (const name of commandFiles()) {
    const half = join(folder, `${name}.${process.pid}.half`)
    linkSync(join(folder, 'main.cjs'), half)
    renameSync(half, join(folder, name))
  }
}

function commandFiles(): string[] {
  const words = [...Object.entries(commandTable), ...Object.entries(commandGroups)]
    .filter(([name]) => !name.includes(' '))
    .flatMap(([name, { aliases = [] }]) => [name, ...aliases])
  return words.map((word) => `${word}.cjs`)
}
