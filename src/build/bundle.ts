// dist/: everything that is TypeScript, as ESM chunks that each command loads as it needs them. dist/main.js is the program; a
// file `*-worker.ts` is an entry of its own, beside it under the same name.

import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build, type OutputFile, type Plugin } from 'esbuild'
import { filesBelow, isNewer } from './newer.ts'

/** Does nothing when the bundle is newer than its sources. @throws when esbuild refuses */
export async function bundle(tree: string): Promise<void> {
  const folder = join(tree, 'dist')
  const sources = filesBelow(join(tree, 'src')).filter((path) => path.endsWith('.ts'))
  if (isNewer(join(folder, 'main.js'), [...sources, join(tree, 'package-lock.json')])) return
  console.log('bundle dist/')
  const workers = sources.filter((path) => path.endsWith('-worker.ts'))
  const { outputFiles } = await build({
    absWorkingDir: tree,
    entryPoints: [
      { in: join(tree, 'src', 'cli', 'main.ts'), out: 'main' },
      ...workers.map((path) => ({ in: path, out: basename(path, '.ts') })),
    ],
    outdir: folder,
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Beside the entries: code finds a worker's file relative to its own.
    chunkNames: '[name]-[hash]',
    minify: true,
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [builtinModules, withoutYargsPlatform],
  })
  writeOutput(folder, outputFiles.map(withoutLauncherVariable))
}

/** bin/gantry sets it for this very process; programs and containers that are started from here must not inherit it. */
function withoutLauncherVariable(file: OutputFile): OutputFile {
  if (basename(file.path) !== 'main.js') return file
  const contents = Buffer.from(`delete process.env.NODE_COMPILE_CACHE;${file.text}`)
  return { ...file, contents }
}

/** CommonJS packages `require` Node's own modules; in an ESM bundle that would need a `require` made at each start. */
const builtinModules: Plugin = {
  name: 'builtin-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path, kind }) =>
      kind === 'require-call' && process.getBuiltinModule(path) !== undefined
        ? { path, namespace: 'builtin', sideEffects: false }
        : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
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
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}' }))
  },
}

/** Running processes still load chunks of the build before. */
const staleAfterMs = 600_000

/** Entries last, each by renaming: whoever starts meanwhile gets the old bundle or the new one. */
function writeOutput(folder: string, files: readonly OutputFile[]): void {
  mkdirSync(folder, { recursive: true })
  const isEntry = ({ path }: OutputFile) => !/-[A-Z0-9]{8}\.js/.test(path)
  for (const file of [...files.filter((each) => !isEntry(each)), ...files.filter(isEntry)]) {
    const half = `${file.path}.${process.pid}.half`
    writeFileSync(half, file.contents)
    renameSync(half, file.path)
  }
  const current = new Set(files.map(({ path }) => basename(path)))
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (current.has(name) || Date.now() - statSync(path).mtimeMs < staleAfterMs) continue
    rmSync(path, { recursive: true })
  }
}
