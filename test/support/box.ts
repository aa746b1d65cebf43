// One test's world: its own state root, the real Gantry and the real runc. After every command `system check` must be clean, and at
// the end no process, mount, cgroup or temporary file of this box may be left. GANTRY_BIN replaces the program (oracle mode).

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestNetwork } from './network.ts'
import { giveSubordinateIds } from './subordinate-ids.ts'
import type { TestUser } from './user.ts'

const ownProgram = resolve(import.meta.dirname, '..', '..', 'bin', 'gantry')
const program = process.env['GANTRY_BIN'] ?? ownProgram

export interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly stdin?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  /** False where damage is the test's point. */
  readonly isChecked?: boolean
  readonly timeoutMs?: number
}

export interface Box extends AsyncDisposable {
  readonly folder: string
  readonly root: string
  readonly run: string
  /** argv that reaches this box: program and global flags. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Runs to the end, whatever the exit code. */
  try(args: readonly string[], options?: CommandOptions): Promise<Result>
  /** Runs to the end, fails the test unless the exit code is 0; stdout without its last newline. */
  ok(args: readonly string[], options?: CommandOptions): Promise<string>
  /** Starts and returns at once. */
  start(args: readonly string[], options?: CommandOptions): ChildProcess
  inspect(name: string): Promise<Record<string, unknown> & { State: Record<string, unknown>; Id: string }>
  /** What `system check` finds, one line each. */
  findings(): Promise<string[]>
}

/** As an ordinary user (made by test/support/user.ts) when `user` is given. */
export interface BoxOptions {
  readonly user?: TestUser
  /** Without one, containers that name no network have none. */
  readonly network?: TestNetwork
  /** A folder whose programs come before others of their name. */
  readonly programs?: string
  /** GNUPGHOME, for what signs. */
  readonly gpgHome?: string
}

export function openBox(options: BoxOptions = {}): Box {
  if (process.getuid?.() === 0) giveSubordinateIds()
  const folder = mkdtempSync(join(tmpdir(), 'gantry-box-'))
  const root = join(folder, 'root')
  const run = join(folder, 'run')
  const transcript: string[] = []
  const env = boxEnvironment(folder, options)
  const prefix = userPrefix(folder, options)
  const argv = [...prefix, programFor(options), '--root', root, '--runroot', run]
  const launch = (args: readonly string[], command: CommandOptions = {}) =>
    spawn(argv[0] as string, [...argv.slice(1), ...args], {
      env: { ...env, ...command.env },
      stdio: [command.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      cwd: folder,
    })
  const execute = async (args: readonly string[], command: CommandOptions = {}): Promise<Result> => {
    const child = launch(args, command)
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(command.stdin)
    const result = await finish(child, command.timeoutMs ?? 60_000)
    transcript.push(`$ gantry ${args.join(' ')}\n${result.stdout}${result.stderr}→ ${result.code}`)
    return result
  }
  const findings = async () => {
    const { code, stdout, stderr } = await execute(['system', 'check'])
    return code === 0 ? [] : `${stdout}${stderr}`.trim().split('\n')
  }
  const checked = async (args: readonly string[], command: CommandOptions = {}) => {
    const result = await execute(args, command)
    const found = command.isChecked === false || program.endsWith('podman') ? [] : await findings()
    if (found.length > 0)
      throw new Error(`system check after '${args.join(' ')}':\n${found.join('\n')}\n\n${transcript.join('\n')}`)
    return result
  }
  return {
    folder,
    root,
    run,
    argv,
    env,
    try: checked,
    async ok(args, command) {
      const result = await checked(args, command)
      if (result.code !== 0) throw new Error(`exit code ${result.code}\n${transcript.join('\n')}`)
      return result.stdout.replace(/\n$/, '')
    },
    start: launch,
    async inspect(name) {
      const { stdout } = await execute(['container', 'inspect', name])
      return (JSON.parse(stdout) as never[])[0] as never
    },
    findings,
    async [Symbol.asyncDispose]() {
      await execute(['rm', '--all', '--force', '--time', '0'])
      const left = [...(await lastingLeftovers(folder)), ...mountsInside(folder, options)]
      removeFolder(folder)
      if (left.length > 0) throw new Error(`left behind:\n${left.join('\n')}\n\n${transcript.join('\n')}`)
    },
  }
}

/** Of a process that takes too long: what each of its threads is in, by proc(5)'s wchan and syscall. */
function waitingOf(pid: number | undefined): string {
  const folder = `/proc/${pid}/task`
  const threads = existsSync(folder) ? readdirSync(folder) : []
  const read = (thread: string, file: string) => readFileSync(join(folder, thread, file), 'utf8').trim()
  try {
    const lines = threads.map((one) => ['comm', 'wchan', 'syscall'].map((file) => read(one, file)).join(' '))
    return `killed after too long:\n${lines.join('\n')}\n`
  } catch (error) {
    return `killed after too long: ${String(error)}\n`
  }
}

/** Processes, mounts and temporary files that still speak of `folder`. */
export function leftovers(folder: string): string[] {
  return [...mountsOf(folder, '/proc/self/mountinfo'), ...processesOf(folder), ...temporariesIn(folder)]
}

const endingMs = 5000

/** A monitor's exit command that finds its container removed already is a process for one more moment: only what stays is left behind. */
export async function lastingLeftovers(folder: string): Promise<string[]> {
  const deadline = Date.now() + endingMs
  for (;;) {
    const left = leftovers(folder)
    if (left.length === 0 || Date.now() > deadline) return left
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Mounts in the namespace of the user's pause process. */
function mountsInside(folder: string, { user }: BoxOptions): string[] {
  const record = user === undefined ? '' : join(user.runtimeFolder, 'gantry/pause.pid')
  if (!existsSync(record)) return []
  const table = `/proc/${readFileSync(record, 'utf8').split(' ')[0]}/mountinfo`
  return existsSync(table) ? mountsOf(folder, table) : []
}

function mountsOf(folder: string, table: string): string[] {
  const lines = readFileSync(table, 'utf8').split('\n')
  return lines.filter((line) => line.includes(`${folder}/`)).map((line) => `mount ${line.split(' ')[4]}`)
}

function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
        const isOurs =
          command.includes(folder) || environment.includes(`GANTRY_BOX=${folder}`) || hasRootIn(folder, pid)
        return isOurs && !command.includes('gantry-pause') ? [`process ${pid} ${command}`] : []
      } catch {
        return []
      }
    })
}

/** A container's process: its root is mounted from the box. */
function hasRootIn(folder: string, pid: string): boolean {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n')
  return lines.some((line) => line.split(' ')[4] === '/' && line.includes(`${folder}/`))
}

function temporariesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  // find follows no link: an image's may lead to the host's folders. Node's readdir does, when it is recursive.
  const words = [folder, '-ignore_readdir_race', '-name', '*.tmp', '-printf', '%P\\n']
  return spawnSync('find', words, { encoding: 'utf8' })
    .stdout.split('\n')
    .flatMap((path) => (path === '' ? [] : [`temporary ${path}`]))
}

function boxEnvironment(folder: string, { user, network, programs, gpgHome }: BoxOptions): Record<string, string> {
  const common = {
    PATH: `${programs === undefined ? '' : `${programs}:`}${process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin'}`,
    GANTRY_BOX: folder,
    GANTRY_DEBUG_LOCKS: '1',
    CONTAINERS_CONF: network === undefined ? join(import.meta.dirname, 'no-network.conf') : '/dev/null',
    GANTRY_SECRET_KEY: join(folder, 'home', 'secret.key'),
    LANG: 'C.UTF-8',
    TERM: 'xterm',
    ...(gpgHome === undefined ? {} : { GNUPGHOME: gpgHome }),
  }
  if (user === undefined) return { ...common, HOME: join(folder, 'home') }
  return { ...common, HOME: user.home, XDG_RUNTIME_DIR: user.runtimeFolder, USER: user.name }
}

/** The work tree may be closed to the user. */
function programFor({ user }: BoxOptions): string {
  return user === undefined || program !== ownProgram ? program : join(user.installation, 'bin/gantry')
}

function userPrefix(folder: string, { user, network }: BoxOptions): string[] {
  mkdirSync(join(folder, 'home'), { recursive: true })
  const there = network === undefined ? [] : network.enter
  if (user === undefined) return [...there]
  execFileSync('chown', ['-R', `${user.uid}`, folder])
  return [...there, 'setpriv', `--reuid=${user.uid}`, `--regid=${user.uid}`, '--init-groups']
}

/** Files of a rootless box belong to subordinate ids; root may remove them. */
function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

export async function finish(child: ChildProcess, timeoutMs = 60_000): Promise<Result> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
  const timer = setTimeout(() => {
    err.push(Buffer.from(waitingOf(child.pid)))
    child.kill('SIGKILL')
  }, timeoutMs)
  const code = await new Promise<number>((done) => {
    child.once('close', (status, signal) => done(status ?? (signal === 'SIGKILL' ? 137 : 128)))
  })
  clearTimeout(timer)
  return { code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') }
}
