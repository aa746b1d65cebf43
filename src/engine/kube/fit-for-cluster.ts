// What a cluster would refuse a pod for, left out of it: things that are fine here, but no Kubernetes takes.

import { defined } from '../../base/defined.ts'
import type { GeneratedContainer } from './generate-container.ts'
import type { GeneratedPod, GeneratedPodSpec } from './generate-pod.ts'
import { isHostName, isLabel, isQualifiedName } from './kube-name.ts'

export interface FitPod {
  readonly pod: GeneratedPod
  /** What is left out, for people. */
  readonly notes: readonly string[]
}

/** Annotations stay for one that is for podman alone. */
export function fitForCluster({ metadata, spec }: GeneratedPod, isPodmanOnly: boolean): FitPod {
  const notes: string[] = []
  const fits = (what: string, isFit: boolean) => {
    if (!isFit) notes.push(`The ${what} is left out: Kubernetes does not take it.`)
    return isFit
  }
  const { annotations = {}, ...plain } = metadata
  const kept = Object.entries(annotations).filter(([key]) =>
    fits(`annotation ${key}`, isPodmanOnly || isQualifiedName(key)),
  )
  const annotated = kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }
  return { pod: { metadata: { ...plain, ...annotated }, spec: fitSpec(spec, fits) }, notes }
}

type Fits = (what: string, isFit: boolean) => boolean

function fitSpec(
  { hostname, hostAliases = [], initContainers, ...spec }: GeneratedPodSpec,
  fits: Fits,
): GeneratedPodSpec {
  const isName = hostname === undefined || fits(`host name ${hostname}`, isLabel(hostname.toLowerCase()))
  const aliases = hostAliases
    .map(({ ip, hostnames }) => ({ ip, hostnames: hostnames.filter((name) => fits(`host ${name}`, isHostName(name))) }))
    .filter(({ hostnames }) => hostnames.length > 0)
  return {
    ...spec,
    ...defined({
      hostname: isName ? hostname?.toLowerCase() : undefined,
      hostAliases: aliases.length === 0 ? undefined : aliases,
      initContainers: initContainers?.map((container) => fitContainer(container, fits)),
    }),
    containers: spec.containers.map((container) => fitContainer(container, fits)),
  }
}

/** Any printable character of ASCII may stand in a variable's name; clusters before 1.30 know letters, digits and `._-` alone. */
function fitContainer({ env = [], ...container }: GeneratedContainer, fits: Fits): GeneratedContainer {
  const variables = env.filter(({ name }) => fits(`variable ${name}`, /^[ -~]+$/.test(name)))
  return { ...container, ...(variables.length === 0 ? {} : { env: variables }) }
}
