// securityContext, of a pod and of a container: the container's own word is the stronger one.

import { defined } from '../../base/defined.ts'
import type { Fields } from './fields.ts'

export interface KubeSecurity {
  readonly user?: number
  readonly group?: number
  readonly isNonRoot?: boolean
  readonly isPrivileged?: boolean
  readonly isEscalationAllowed?: boolean
  readonly isRootReadOnly?: boolean
  readonly isProcUnmasked?: boolean
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  /** `type:…`, as --security-opt label= has it. */
  readonly labels: readonly string[]
  readonly seccomp?: ProfileChoice
  readonly apparmor?: ProfileChoice
}

/** `path` is below the folder of profiles, or a profile's name. */
export type ProfileChoice =
  | { readonly kind: 'default' | 'unconfined' }
  | { readonly kind: 'own'; readonly path: string }

export interface KubePodSecurity extends KubeSecurity {
  readonly fsGroup?: number
  readonly supplementalGroups: readonly number[]
  readonly sysctls: Readonly<Record<string, string>>
}

/** @throws invalid `manifest-invalid` */
export function readPodSecurity(fields: Fields | undefined): KubePodSecurity {
  const sysctls = fields?.objects('sysctls').map((one) => [one.neededText('name'), one.text('value') ?? ''] as const)
  return {
    ...readShared(fields),
    capAdd: [],
    capDrop: [],
    supplementalGroups: fields?.numbers('supplementalGroups') ?? [],
    sysctls: Object.fromEntries(sysctls ?? []),
    ...defined({ fsGroup: fields?.number('fsGroup') }),
  }
}

/** @throws invalid `manifest-invalid` */
export function readSecurity(fields: Fields | undefined): KubeSecurity {
  const capabilities = fields?.object('capabilities')
  const procMount = fields?.word('procMount', ['Default', 'Unmasked'])
  return {
    ...readShared(fields),
    capAdd: capabilities?.texts('add') ?? [],
    capDrop: capabilities?.texts('drop') ?? [],
    ...defined({
      isPrivileged: fields?.boolean('privileged'),
      isEscalationAllowed: fields?.boolean('allowPrivilegeEscalation'),
      isRootReadOnly: fields?.boolean('readOnlyRootFilesystem'),
      isProcUnmasked: procMount === undefined ? undefined : procMount === 'Unmasked',
    }),
  }
}

/** What both levels have. */
function readShared(fields: Fields | undefined): Omit<KubeSecurity, 'capAdd' | 'capDrop'> {
  return {
    labels: readLabels(fields?.object('seLinuxOptions')),
    ...defined({
      user: fields?.number('runAsUser'),
      group: fields?.number('runAsGroup'),
      isNonRoot: fields?.boolean('runAsNonRoot'),
      seccomp: readProfile(fields?.object('seccompProfile')),
      apparmor: readProfile(fields?.object('appArmorProfile')),
    }),
  }
}

/** `filetype` is podman's own. */
function readLabels(fields: Fields | undefined): string[] {
  return ['user', 'role', 'type', 'level', 'filetype'].flatMap((name) => {
    const value = fields?.text(name)
    return value ? [`${name}:${value}`] : []
  })
}

function readProfile(fields: Fields | undefined): ProfileChoice | undefined {
  const type = fields?.word('type', ['RuntimeDefault', 'Unconfined', 'Localhost'])
  if (fields === undefined || type === undefined) return undefined
  if (type === 'Localhost') return { kind: 'own', path: fields.neededText('localhostProfile') }
  return { kind: type === 'Unconfined' ? 'unconfined' : 'default' }
}
