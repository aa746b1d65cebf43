// Capabilities, seccomp, masked paths, privileges.

export interface SecurityFacet {
  readonly isPrivileged: boolean
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly noNewPrivileges: boolean
  /** `unconfined`, a profile's path, or undefined for the default profile. */
  readonly seccomp?: string
  readonly apparmor?: string
  readonly labels: readonly string[]
  /** Extra paths to mask; `unmask` paths (or ALL) are left visible. */
  readonly mask: readonly string[]
  readonly unmask: readonly string[]
}
