// Where in the cgroup tree a container lives.

export interface CgroupFacet {
  readonly mode: 'enabled' | 'disabled'
  /** Parent path (cgroupfs) or slice (systemd); the default unless said. */
  readonly parent?: string
}
