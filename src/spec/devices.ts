// Host devices inside the container.

export interface DeviceFacet {
  readonly devices: readonly { readonly host: string; readonly container: string; readonly permissions: string }[]
}
