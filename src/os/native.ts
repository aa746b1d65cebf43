// The typed face of the N-API addon (src/native/*.c). Every call is a thin system call: on failure it throws an Error with
// `code` ("ENOENT"), `errno`, `syscall` and `path` set as Node's own fs errors have them. Paths are absolute or relative to cwd.

import { join } from 'node:path'
import { libexecFolder } from './installation.ts'

/** Names of files are bytes: one that is not UTF-8 goes in as a Buffer. */
export type FileName = string | Uint8Array

export interface Native {
  /** flock(2). `operation` is any of LOCK_SH 1, LOCK_EX 2, LOCK_UN 8, or'ed with LOCK_NB 4. Without LOCK_NB it blocks the thread. */
  flock(fd: number, operation: number): void
  /** Blocking flock(2) on a thread of its own; resolves when it is held. The fd must stay open until then. */
  flockAsync(fd: number, operation: number): Promise<void>
  /** fcntl(2), F_OFD_SETLKW: a shared lock on the whole file, waited for on a thread of its own. The fd must stay open until then. */
  lockRecordAsync(fd: number): Promise<void>
  mount(source: string, target: FileName, type: string, flags: number, data: string): void
  /** What is mounted at `path` in the mount namespace of process `pid` (no link there), mounted at `target` in ours as well. */
  mountFrom(pid: number, path: string, target: string): void
  /**
   * What lies at `source` (a link is followed) mounted at `target`, its owners through `uids` and `gids`, texts of uid_map: FILES OUTSIDE COUNT.
   * `flags` AT_RECURSIVE takes along, unmapped, what is mounted below. An error's `syscall` is the step that failed; nothing is mounted then.
   */
  mountIdMapped(source: string, target: string, map: NativeIdMap): void
  /** umount2(2); `flags` MNT_DETACH 2, UMOUNT_NOFOLLOW 8. */
  umount(target: FileName, flags: number): void
  /** openat2(2) below `rootFd` with RESOLVE_IN_ROOT (16), RESOLVE_NO_MAGICLINKS (2) or what `resolve` says; O_CLOEXEC is added. */
  openat2(rootFd: number, path: FileName, options: { flags: number; mode?: number; resolve: number }): number
  /** The *at calls take the parent's fd and ONE path component (no slash), and never follow a link. */
  mkdirat(dirFd: number, name: FileName, mode: number): void
  mknodat(dirFd: number, name: FileName, node: { mode: number; major: number; minor: number }): void
  symlinkat(target: FileName, dirFd: number, name: FileName): void
  linkat(fromDirFd: number, fromName: FileName, to: { dirFd: number; name: FileName }): void
  /** A name for an open file that has none (O_TMPFILE). EEXIST where the name is taken. */
  linkDescriptor(fd: number, path: string): void
  /** Each takes the other's name, at once. EINVAL where the file system cannot. */
  exchange(one: string, other: string): void
  unlinkat(dirFd: number, name: FileName, isDirectory: boolean): void
  fchownat(dirFd: number, name: FileName, owner: { uid: number; gid: number }): void
  /** Does not follow links; a link's mode is left alone. */
  fchmodat(dirFd: number, name: FileName, mode: number): void
  utimensat(dirFd: number, name: FileName, times: { atimeNs: bigint; mtimeNs: bigint }): void
  /** `/proc/self/fd`-free l*xattr on `dirFd/name`. */
  lsetxattrat(dirFd: number, name: FileName, attribute: { key: string; value: Uint8Array }): void
  /** Names of all extended attributes of `path`, not following a link. */
  llistxattr(path: FileName): string[]
  lgetxattr(path: FileName, key: string): Buffer
  lsetxattr(path: FileName, key: string, value: Uint8Array): void
  /**
   * A whole file, not read but mapped: its pages are fetched when they are looked at. It must never be written to afterwards, only replaced.
   * As text: one byte a character (ASCII, Latin-1).
   */
  mapText(fd: number): string
  /** Likewise. Not to be written to: the process would be killed. */
  mapBytes(fd: number): Buffer
  /** statfs(2) magic number of the file system that holds `path`. */
  statfsType(path: FileName): number
  /** lseek with SEEK_DATA (3) or SEEK_HOLE (4); -1 when past the end (ENXIO). */
  lseek(fd: number, offset: number, whence: number): number
  syncfs(fd: number): void
  /** syncfs(2) on a thread of its own. The fd must stay open until it resolves. */
  syncfsAsync(fd: number): Promise<void>
  /** sync_file_range(2) with all its flags: a file's content has been written when it returns; it survives a power cut only once the file is synced. */
  writeBack(fd: number): void
  /** sync_file_range(2), SYNC_FILE_RANGE_WRITE: begins to write a file back, on a thread of its own. The fd must stay open until it resolves. */
  writeBackAsync(fd: number): Promise<void>
  /** Tells ext4 that the folders in this one have nothing to do with each other (chattr(1), T); other file systems do not listen. */
  spreadFolders(fd: number): void
  /** mallopt(3), M_ARENA_MAX: threads that begin later share the arenas that there are. */
  limitArenas(count: number): void
  /** prctl(PR_SET_CHILD_SUBREAPER). */
  setSubreaper(): void
  kill(pid: number, signal: number): void
  /** Replaces this process; returns only by throwing. */
  execve(file: string, argv: string[], env: string[]): never
  /** _exit(2): at once, with no listener called and nothing of Node taken down. */
  exit(code: number): never
  /** setns(2) on an open namespace fd; single-threaded kinds (user) fail. */
  setns(fd: number, kind: number): void
  unshare(flags: number): void
  /** Width and height of the terminal on `fd`; undefined when it is none. */
  terminalSize(fd: number): { columns: number; rows: number } | undefined
  /** Abbreviation ("CEST") and distance from UTC at a time in seconds since 1970. */
  localZone(seconds: number): { name: string; offsetSeconds: number }
  umask(mask: number): number
  getrlimit(resource: number): { soft: bigint; hard: bigint }
  setrlimit(resource: number, limits: { soft: bigint; hard: bigint }): void
  /** Whether the kernel knows the x32 ABI's calls (getpid is tried). */
  hasX32(): boolean
  lchown(path: FileName, uid: number, gid: number): void
  /**
   * Starts a program without waiting for it, and without a copy of our memory. `fds[i]` becomes its descriptor i, -1 stands for /dev/null;
   * it has no other. A `file` without a slash is looked for in the PATH of `environment`. Signals are at their defaults. Returns the pid.
   */
  spawn(program: {
    file: string
    argv: string[]
    environment: string[]
    folder?: string | undefined
    fds: readonly number[]
    /** struct sock_filter's (seccomp(2)), under which it runs; needs CAP_SYS_ADMIN in our user namespace. */
    filter?: Uint8Array | undefined
  }): number
  /** On a thread: until the child has ended and all of its `outputs` too, at most two, which it closes. The only one to reap it. */
  waitChild(pid: number, options: WaitOptions): Promise<ChildEnd>
  /**
   * From now on signals `caught` are bytes of a pipe, whose reading end is returned, and those `ignored` are nothing. The first call's
   * pipe is gone with the second. Signals that cannot be caught are passed over.
   */
  catchSignals(caught: readonly number[], ignored: readonly number[]): number
  /** Closes the pipe; what was done on a signal before is done again. Idempotent. */
  releaseSignals(): void
  /** Reading end, writing end; close-on-exec. */
  pipe(): [number, number]
  socketPair(): [number, number]
  /** A stream socket; `path` may be of any length. EAGAIN when too many wait there already. */
  connectUnix(path: string): number
  /** Nothing more is sent. */
  shutdown(fd: number): void
  /** One client of a monitor's attach socket, on a thread, until its end. It closes nothing: see src/native/attach.h. */
  attach(plan: AttachPlan): Promise<NativeAttachEnd>
  /** The terminal gives every key as it is typed. Returns its mode before, for restoreTerminal. */
  setRaw(fd: number): Buffer
  restoreTerminal(fd: number, mode: Uint8Array): void
  /** sendto(2) to the socket at `path` (`@…`: an abstract one), without waiting; as a sealed memfd when it is too large for a datagram. */
  sendDatagram(path: string, bytes: Uint8Array): void
  /** Sends netlink messages, each with NLM_F_ACK or NLM_F_DUMP, and returns all answers. `namespace`: where; -1 for here. */
  netlink(protocol: number, messages: Uint8Array, namespace: number): Buffer
  /** A socket (`type` SOCK_STREAM 1, SOCK_DGRAM 2) bound to a numeric address, and listening if it is a stream: keeps the port from others. */
  occupyPort(address: string, port: number, type: number, namespace: number): number
  /** A connected TCP socket. Holds the thread up for `timeoutMs` at most: EINPROGRESS. */
  connectPort(address: string, port: number, timeoutMs: number, namespace: number): number
  /** Of the network's sysctls those of `namespace`; the file must exist. */
  writeSysctl(path: string, value: string, namespace: number): void
  /** Makes a network namespace and pins it on `path`, a file that exists. */
  pinNewNetwork(path: string): void
  /** Makes a user namespace with these maps and a network namespace that is its; pins them on two files that exist. */
  pinMappedNetwork(network: string, user: string, maps: Pick<NativeIdMap, 'uids' | 'gids'>): void
}

export interface NativeIdMap {
  readonly uids: string
  readonly gids: string
  readonly flags: number
  /** MS_PRIVATE or MS_SLAVE. */
  readonly propagation: number
}

export interface WaitOptions {
  /** A pipe whose bytes are signals for the child, as catchSignals makes one. */
  readonly signals?: number | undefined
  /** Written and closed. */
  readonly input?: { readonly fd: number; readonly bytes: Uint8Array } | undefined
  readonly outputs: readonly number[]
  /** Of each output: a child that says more is killed. No limit if undefined. */
  readonly maxBytes?: number
  /** Once the child has ended, outputs that others keep open are left when they say nothing for so long; waited for if undefined. */
  readonly drainMs?: number
}

export interface AttachPlan {
  readonly socket: number
  /** A further connection, for signals and sizes, which then do not wait behind input that nobody reads. */
  readonly control?: number | undefined
  /** A pipe with frames to be sent as they are, each written at once, of at most 24 bytes; at its end the client leaves. */
  readonly commands: number
  /** A pipe whose bytes are signals to be sent; SIGWINCH tells of `window`. */
  readonly signals?: number | undefined
  readonly stdin?: number | undefined
  readonly stdout?: number | undefined
  readonly stderr?: number | undefined
  /** The terminal whose size is told at the start and whenever it has changed. */
  readonly window?: number | undefined
  /** At most 64. */
  readonly detachKeys: Uint8Array
}

export interface NativeAttachEnd {
  readonly status: 'exited' | 'detached' | 'output-closed' | 'lost' | 'left'
  /** Exited: the exit record; lost: why. */
  readonly text: string
  /** The rest of the frame that was being sent: it comes before anything else that is sent. */
  readonly unsent: Buffer
}

export interface ChildEnd {
  /** 128 + signal for one that was killed. */
  readonly exitCode: number
  /** 0 for one that was not. */
  readonly signal: number
  readonly outputs: readonly Buffer[]
  readonly isTooLong: boolean
}

let loaded: Native | undefined

/** What `require` does for an addon, without the module system that an ECMAScript module would have to make for it. */
function load(): Native {
  const module = { exports: {} }
  process.dlopen(module, join(libexecFolder, 'native.node'))
  return module.exports as Native
}

/** The addon, loaded on first use. */
export function native(): Native {
  loaded ??= load()
  return loaded
}

/** The addon, if anybody has used it. */
export function loadedNative(): Native | undefined {
  return loaded
}

export const lockFlags = { shared: 1, exclusive: 2, nonBlocking: 4, unlock: 8 } as const
export const umountFlags = { detach: 2, noFollow: 8 } as const
export const resolveFlags = { noXdev: 1, noMagicLinks: 2, noSymlinks: 4, beneath: 8, inRoot: 16 } as const
