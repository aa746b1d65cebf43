// What podman takes from annotations: of a whole pod, or `KEY/CONTAINER` for one of its containers.

import { invalid } from '../../base/errors.ts'
import { parseGoBool } from '../../base/go-bool.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'

export type Annotations = Readonly<Record<string, string>>

const prefix = 'io.podman.annotations'

export const annotationKeys = {
  userNamespace: `${prefix}.userns`,
  infraName: `${prefix}.infra.name`,
  ulimit: `${prefix}.ulimit`,
  volumesFrom: `${prefix}.volumes-from`,
  imageVolumes: `${prefix}.kube.image.volumes.mount`,
  initType: `${prefix}.init.container.type`,
  init: `${prefix}.init`,
  autoRemove: `${prefix}.autoremove`,
  label: `${prefix}.label`,
  bindOptions: 'bind-mount-options',
  notify: 'io.containers.sdnotify',
  autoUpdate: 'io.containers.autoupdate',
  autoUpdateAuthFile: 'io.containers.autoupdate.authfile',
  podSeccomp: 'seccomp.security.alpha.kubernetes.io/pod',
  containerSeccomp: 'container.seccomp.security.alpha.kubernetes.io',
} as const

/** What a container, or its pod, is annotated with so that kube play gives it such a namespace again. */
export function userNamespaceNote({ namespaces }: Pick<CompleteSpec, 'namespaces'>): Annotations {
  const { kind } = namespaces.user
  return kind === 'auto' || kind === 'keep-id' || kind === 'nomap' ? { [annotationKeys.userNamespace]: kind } : {}
}

/** Of one container alone. */
export function ofContainer(annotations: Annotations, key: string, container: string): string | undefined {
  return annotations[`${key}/${container}`] || undefined
}

/** Of one container, or of all. */
export function ofContainerOrPod(annotations: Annotations, key: string, container: string): string | undefined {
  return ofContainer(annotations, key, container) ?? (annotations[key] || undefined)
}

/** @throws invalid `annotation-invalid` */
export function booleanOf(annotations: Annotations, key: string, container: string): boolean | undefined {
  const text = ofContainer(annotations, key, container)
  const value = text === undefined ? undefined : parseGoBool(text)
  if (text === undefined || value !== undefined) return value
  throw badAnnotation(`${key}/${container}: ${JSON.stringify(text)} is neither true nor false`)
}

export function badAnnotation(message: string): Error {
  return invalid('annotation-invalid', message)
}
