// Why work was aborted by Ctrl-C or SIGTERM: what whoever notices it throws, and nobody's fault.

export class Interruption extends Error {
  override readonly name = 'Interruption'
}
