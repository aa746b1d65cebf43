// The commands that change something, and so take away first what killed processes left.

const verbs = new Set([
  'build',
  'checkpoint',
  'clone',
  'commit',
  'connect',
  'cp',
  'create',
  'disconnect',
  'down',
  'import',
  'init',
  'kill',
  'kube',
  'load',
  'mount',
  'play',
  'prune',
  'pull',
  'rename',
  'restart',
  'restore',
  'rm',
  'rmi',
  'run',
  'start',
  'stop',
  'tag',
  'unmount',
  'untag',
  'update',
])

/** `path`: the words of the command. */
export function isChanging(path: readonly string[]): boolean {
  return verbs.has(path.at(-1) ?? '')
}
