// What a Kubernetes manifest said of a container, or of its pod, that no other facet can tell: `kube generate` writes it again.

export interface ManifestFacet {
  /** Among the process's groups, too. */
  readonly fsGroup?: number
  /** Names of secrets. */
  readonly pullSecrets?: readonly string[]
  /** It was checked at creation. */
  readonly isNonRoot?: boolean
}
