// Names of ours as Kubernetes takes them. What it would refuse is made smaller: capitals become small, underscores vanish as with podman, and what
// else it does not know becomes a dash.

/** What a name may be together with the kind that is put behind it (`-deployment`): a pod's name is its label's value, too. */
const longestName = 63
const room = '-deployment'.length

/** A pod's: a subdomain of RFC 1123, and a label's value. */
export function kubeName(name: string, suffix = ''): string {
  return `${cut(spelled(name, /[^a-z0-9.-]+/g), longestName - room - suffix.length)}${suffix}`
}

/** A label of RFC 1123. */
export function kubeLabel(name: string): string {
  return cut(spelled(name, /[^a-z0-9-]+/g), longestName)
}

/** A Service's: a label of RFC 1035, which begins with a letter. */
export function serviceName(name: string): string {
  const label = kubeLabel(name)
  return /^[a-z]/.test(label) ? label : cut(`service-${label}`, longestName)
}

interface Named {
  readonly id: string
  readonly name: string
}

/**
 * Names of a pod's containers by their ids, each once. What kube play puts before them, the pod's name and a dash, goes, so that it need not grow
 * with each way there and back.
 */
export function containerNames(containers: readonly Named[], pod?: string): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  return new Map(
    containers.map(({ id, name }) => {
      const own = pod !== undefined && name.startsWith(`${pod}-`) ? name.slice(pod.length + 1) : name
      const label = numbered(kubeLabel(own) || kubeLabel(name), (one) => !taken.has(one))
      taken.add(label)
      return [id, label]
    }),
  )
}

/** The label if it is free, else the first of `label-2`, `label-3`, … that is. */
export function numbered(label: string, isFree: (label: string) => boolean): string {
  if (isFree(label)) return label
  for (let count = 2; ; count++) {
    const next = `${cut(label, longestName - `-${count}`.length)}-${count}`
    if (isFree(next)) return next
  }
}

/** Names of a host: each of their parts is a label. */
export function isHostName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((part) => isLabel(part))
}

export function isLabel(text: string): boolean {
  return text.length <= longestName && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text)
}

/** A key of labels and annotations: perhaps a subdomain and a slash, then a name that knows capitals. */
export function isQualifiedName(key: string): boolean {
  const [name = '', domain, more] = key.split('/').toReversed()
  return more === undefined && (domain === undefined || isHostName(domain)) && isWord(name)
}

export function isLabelValue(text: string): boolean {
  return text === '' || isWord(text)
}

function isWord(text: string): boolean {
  return text.length <= longestName && /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text)
}

function spelled(name: string, strange: RegExp): string {
  return name.replaceAll('_', '').toLowerCase().replaceAll(strange, '-')
}

/** Both ends are letters or digits; a dot has one on either side, too. */
function cut(text: string, length: number): string {
  return text
    .replaceAll(/-*\.[.-]*/g, '.')
    .slice(0, length)
    .replaceAll(/^[.-]+|[.-]+$/g, '')
}
