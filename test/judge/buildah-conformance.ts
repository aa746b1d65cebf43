// Judge from outside: every Dockerfile of buildah's conformance corpus and of its `bud` tests, built by the buildah of this machine and by us:
// config, history and file tree of the two images are compared. Base images are stood in for by busybox under their names.
// Usage (as root): node test/judge/buildah-conformance.ts PATH-OF-BUILDAH'S-SOURCES [EXPRESSION-FOR-NAMES]
// Another buildah, with its podman and runc, is taken from a root file system of its own (say, debootstrap's of a newer Debian):
//   BUILDAH_ROOT=/tmp/trixie unshare -m node test/judge/buildah-conformance.ts …

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { parseDockerfile } from '../../src/dockerfile/parse-dockerfile.ts'
import { openScope } from '../../src/dockerfile/scope.ts'
import { removeTree } from '../../src/os/remove-tree.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'

const sources = resolve(process.argv[2] ?? '/tmp/buildah-src', 'tests')
const wanted = new RegExp(process.argv[3] ?? '')
/** Where the buildah to compare with is `/`; the scratch folder lies below it, so that both see the same files. */
const theirRoot = process.env['BUILDAH_ROOT']?.replace(/\/+$/, '') ?? ''
const work = mkdtempSync(process.env['JUDGE_TMP'] ?? `${theirRoot}/tmp/gantry-judge-`)
const linux = { os: 'linux', architecture: 'amd64' }
const timeoutMs = 60_000

interface Builder {
  readonly name: string
  run(...argv: string[]): { code: number; stdout: string; stderr: string }
}

function builderOf(name: string, program: string, argv: readonly string[]): Builder {
  return {
    name,
    run(...words) {
      const result = spawnSync(program, [...argv, ...(name === 'gantry' ? words : words.map(pathOfTheirs))], {
        encoding: 'utf8',
        timeout: timeoutMs,
        maxBuffer: 1 << 28,
        input: '',
      })
      return { code: result.status ?? -1, stdout: result.stdout ?? '', stderr: result.stderr ?? '' }
    },
  }
}

const theirs = theirsOf('buildah')
const theirStore = theirsOf('podman')
const ours = builderOf('gantry', process.env['GANTRY_BIN'] ?? resolve(import.meta.dirname, '../../bin/gantry'), [
  '--root',
  join(work, 'g'),
  '--runroot',
  join(work, 'gr'),
])

function theirsOf(program: string): Builder {
  const argv = [program, '--root', join(work, 'b'), '--runroot', join(work, 'br'), '--storage-driver', 'overlay']
  const [first = program, ...rest] = [...(theirRoot === '' ? [] : ['chroot', theirRoot]), ...argv.map(pathOfTheirs)]
  return builderOf(program, first, rest)
}

/** A word of a command line with our name of the scratch folder replaced by theirs. */
function pathOfTheirs(word: string): string {
  return word.replaceAll(work, work.slice(theirRoot.length))
}

/** Its root must be a mount for it to unpack layers in. All of it is gone with the mount namespace that the header asks for. */
function mountForTheirs(): void {
  if (theirRoot === '') return
  const bind = (from: string, to: string) => {
    const { status } = spawnSync('mount', ['--rbind', from, to], { stdio: 'inherit' })
    if (status !== 0) throw new Error(`cannot mount ${to}`)
  }
  bind(theirRoot, theirRoot)
  for (const name of ['/proc', '/sys', '/dev']) bind(name, join(theirRoot, name))
}

interface Case {
  readonly name: string
  readonly folder: string
  readonly file: string
}

function* casesIn(folder: string, context: string): Generator<Case> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* casesIn(path, context === '' ? path : path)
    else if (/^(?:Docker|Container)file/.test(entry.name) && !/ignore$|\.in$/.test(entry.name)) {
      yield { name: relative(sources, path), folder, file: entry.name }
    }
  }
}

/** Images that it needs from outside, by their names; undefined where it does not parse. */
function basesOf(text: string): string[] | undefined {
  try {
    const dockerfile = parseDockerfile(text, { path: 'Dockerfile' })
    const scope = openScope(dockerfile, { buildArgs: new Map(), targetPlatform: linux, buildPlatform: linux })
    const stages = new Set(
      dockerfile.stages.flatMap(({ from, index }) => [String(index), ...(from.name === undefined ? [] : [from.name])]),
    )
    const words = dockerfile.stages.flatMap(({ from, instructions }) => [
      scope.expandFrom(from).image,
      ...instructions.flatMap((one) => (one.kind === 'copy' && one.from !== undefined ? [one.from] : [])),
      ...instructions.flatMap((one) =>
        one.kind === 'run' ? one.mounts.flatMap((mount) => /(?:^|,)from=([^,]+)/.exec(mount)?.[1] ?? []) : [],
      ),
    ])
    return [...new Set(words)].filter((word) => !stages.has(word) && word !== 'scratch' && !word.includes('$'))
  } catch {
    return undefined
  }
}

const standing = new Set<string>()
const baseName = 'localhost/base:latest'

/** Busybox with the files that a real base image has where builders mount something: what buildah leaves of its mount points is not judged. */
function makeBase(): void {
  const folder = join(work, 'base')
  for (const name of 'etc run var/tmp var/lib root home srv opt usr/bin usr/local/bin usr/sbin'.split(' '))
    mkdirSync(join(folder, name), { recursive: true })
  for (const name of ['hostname', 'hosts', 'resolv.conf', 'os-release'])
    writeFileSync(join(folder, 'etc', name), 'there\n')
  for (const name of ['bin/env', 'sbin/adduser', 'sbin/addgroup'])
    symlinkSync('/bin/busybox', join(folder, 'usr', name))
  const file = join(work, 'Dockerfile.base')
  writeFileSync(file, `FROM ${busyboxName}\nCOPY base /\n`)
  mustRun(
    theirs,
    'bud',
    '--runtime',
    'runc',
    '--pull-never',
    '-q',
    '--format',
    'docker',
    '-t',
    baseName,
    '-f',
    file,
    work,
  )
  const saved = join(work, 'base.tar')
  mustRun(theirs, 'push', '-q', baseName, `docker-archive:${saved}:${baseName}`)
  mustRun(ours, 'load', '-q', '-i', saved)
}

/** Mount points that buildah makes and leaves; ours are taken away. */
const mountPoints = /^\/(?:dev|proc|sys|run)(?:\/(?:\.containerenv|secrets|lock|pts|shm|mqueue))?$/

function standIn(name: string): void {
  if (standing.has(name)) return
  standing.add(name)
  const full = /^[^/]+[.:][^/]*\/|^localhost\//.test(name)
    ? name
    : `docker.io/${name.includes('/') ? name : `library/${name}`}`
  for (const builder of [theirs, ours]) builder.run('tag', baseName, full)
}

interface Built {
  readonly config: Record<string, unknown>
  readonly history: string[]
  readonly tree: Map<string, string>
}

/** Buildah asks for what the kernel could give; here, a container may not have more than its parent. */
const ulimits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096']

function build(builder: Builder, { folder, file }: Case, context: string): Built | string {
  const here = join(context, basename(folder))
  cpSync(folder, here, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  const flags = [
    '--layers',
    '--format',
    'docker',
    '--network',
    'host',
    '--pull-never',
    '-t',
    'judged',
    '-f',
    join(here, file),
  ]
  const { code, stdout, stderr } = builder.run(
    builder === theirs ? 'bud' : 'build',
    ...(builder === theirs ? ['--runtime', 'runc', ...ulimits] : []),
    ...flags,
    here,
  )
  if (code !== 0) return `${stdout}\n${stderr}`.trim().split('\n').slice(-3).join(' | ').slice(-400)
  return inspect(builder)
}

function inspect(builder: Builder): Built {
  const layout = join(work, `layout-${builder.name}`)
  removeTree(layout)
  mustRun(builder, 'push', '--format', 'v2s2', 'judged', `dir:${layout}`)
  const manifest = JSON.parse(readFileSync(join(layout, 'manifest.json'), 'utf8')) as { config: { digest: string } }
  const document = JSON.parse(readFileSync(join(layout, manifest.config.digest.slice('sha256:'.length)), 'utf8'))
  const isBare = (document.rootfs?.diff_ids ?? []).length === 0
  const tree = isBare ? new Map<string, string>() : builder === theirs ? treeOfTheirs() : treeOfOurs()
  return {
    config: configOf(document.config ?? {}),
    history: (document.history ?? []).map((entry: { created_by?: string; empty_layer?: boolean }) => historyOf(entry)),
    tree,
  }
}

function mustRun(builder: Builder, ...argv: string[]): string {
  const { code, stdout, stderr } = builder.run(...argv)
  if (code !== 0) throw new Error(`${builder.name} ${argv.join(' ')}: ${stderr}`)
  return stdout.trim()
}

function configOf(config: Record<string, unknown>): Record<string, unknown> {
  const kept =
    'User ExposedPorts Env Entrypoint Cmd Volumes WorkingDir Labels StopSignal Healthcheck OnBuild Shell'.split(' ')
  const entries = kept.map((key) => [key, key === 'Labels' ? withoutOwn(config[key]) : config[key]] as const)
  return Object.fromEntries(entries.filter(([, value]) => !isEmpty(value)))
}

function withoutOwn(labels: unknown): unknown {
  return Object.fromEntries(
    Object.entries((labels as object | null) ?? {}).filter(([key]) => key !== 'io.buildah.version'),
  )
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  if (typeof value === 'object') return Object.keys(value as object).length === 0
  return false
}

/** Digests differ by what is digested; what is said does not. */
function historyOf({
  created_by: by = '',
  empty_layer: isEmptyLayer,
}: {
  created_by?: string
  empty_layer?: boolean
}): string {
  return `${by.replaceAll(/\b[0-9a-f]{64}\b/g, 'DIGEST').trimEnd()}${isEmptyLayer === true ? ' (empty)' : ''}`
}

/** By podman, which reads the same store: `buildah from` would do what ONBUILD says. Unmounted with all others, at the end. */
function treeOfTheirs(): Map<string, string> {
  return treeAt(`${theirRoot}${mustRun(theirStore, 'image', 'mount', 'judged')}`)
}

function treeOfOurs(): Map<string, string> {
  return treeAt(mustRun(ours, 'image', 'mount', 'judged'))
}

function treeAt(root: string): Map<string, string> {
  const tree = new Map<string, string>()
  const visit = (folder: string) => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name)
      const stat = lstatSync(path)
      const what = stat.isSymbolicLink()
        ? `link ${readlinkSync(path)}`
        : stat.isFile()
          ? `file ${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12)}`
          : stat.isDirectory()
            ? 'folder'
            : `special ${stat.rdev}`
      const mode = stat.isSymbolicLink() ? '' : ` ${(stat.mode & 0o7777).toString(8)}`
      tree.set(path.slice(root.length), `${what}${mode} ${stat.uid}:${stat.gid}`)
      if (stat.isDirectory()) visit(path)
    }
  }
  visit(root)
  return tree
}

function differences(a: Built, b: Built): string[] {
  const found: string[] = []
  for (const key of new Set([...Object.keys(a.config), ...Object.keys(b.config)])) {
    const [left, right] = [canonical(a.config[key]), canonical(b.config[key])]
    if (left !== right) found.push(`config ${key}: ${left} / ${right}`)
  }
  const [left, right] = [a.history.join('\n'), b.history.join('\n')]
  if (left !== right) {
    const at = a.history.findIndex((entry, index) => entry !== b.history[index])
    found.push(
      `history: ${JSON.stringify(a.history[at < 0 ? a.history.length : at])} / ${JSON.stringify(b.history[at < 0 ? a.history.length : at])}`,
    )
  }
  const paths = [...new Set([...a.tree.keys(), ...b.tree.keys()])].filter(
    (path) => a.tree.get(path) !== b.tree.get(path) && !(mountPoints.test(path) && !b.tree.has(path)),
  )
  for (const path of paths.slice(0, 3))
    found.push(`tree ${path}: ${a.tree.get(path) ?? 'absent'} / ${b.tree.get(path) ?? 'absent'}`)
  if (paths.length > 3) found.push(`tree: ${paths.length - 3} more`)
  return found
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value) ?? 'absent'
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1))))
}

const counts = { equal: 0, different: 0, bothRefuse: 0, onlyOurs: 0, onlyTheirs: 0, skipped: 0 }

function judgeOrSkip(one: Case): void {
  try {
    judge(one)
  } catch (error) {
    counts.skipped++
    report('cannot be judged', one, [String(error).slice(0, 400)])
  }
}

function judge(one: Case): void {
  const bases = basesOf(readFileSync(join(one.folder, one.file), 'utf8'))
  for (const base of bases ?? []) standIn(base)
  const contexts = [theirs, ours].map((builder) => join(work, `context-${builder.name}`))
  for (const context of contexts) {
    removeTree(context)
    mkdirSync(context)
  }
  const left = build(theirs, one, contexts[0] as string)
  const right = build(ours, one, contexts[1] as string)
  if (typeof left === 'string' && typeof right === 'string') {
    counts.bothRefuse++
    report('both refuse', one, process.env['JUDGE_VERBOSE'] === undefined ? [] : [left, right])
  } else if (typeof left === 'string') {
    counts.onlyOurs++
    report('only gantry builds', one, [left])
  } else if (typeof right === 'string') {
    counts.onlyTheirs++
    report('only buildah builds', one, [right])
  } else {
    const found = differences(left, right)
    counts[found.length === 0 ? 'equal' : 'different']++
    report(found.length === 0 ? 'equal' : 'different', one, found)
  }
}

function report(what: string, { name }: Case, details: readonly string[]): void {
  process.stdout.write(`${what}: ${name}\n${details.map((line) => `    ${line}\n`).join('')}`)
}

mountForTheirs()
const archive = join(work, 'busybox.tar')
cpSync(busyboxArchive(), archive)
mustRun(theirs, 'pull', '-q', `docker-archive:${archive}`)
makeBase()
try {
  const folders = [join(sources, 'bud'), join(sources, 'conformance/testdata')].filter((folder) => existsSync(folder))
  for (const folder of folders) for (const one of casesIn(folder, '')) if (wanted.test(one.name)) judgeOrSkip(one)
  const comparable = counts.equal + counts.different + counts.onlyTheirs
  process.stdout.write(`${JSON.stringify(counts)}\n${counts.equal} of ${comparable} that buildah builds are equal\n`)
} finally {
  theirs.run('rm', '--all')
  theirs.run('rmi', '--all', '--force')
  ours.run('rmi', '--all', '--force')
  const mounted = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
  for (const place of mounted) if (place.startsWith(`${work}/`)) spawnSync('umount', ['-l', place])
  removeTree(work)
}
