// Names of ours as Kubernetes takes them.

/** Without underscores. */
export function kubeName(name: string): string {
  return name.replaceAll('_', '')
}
