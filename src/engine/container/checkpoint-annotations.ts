// The annotations by which a manifest is known to be a checkpoint's: podman's names.

const prefix = 'io.podman.annotations.checkpoint'

/** The container's name; no other image has it. */
export const checkpointAnnotation = `${prefix}.name`

export const checkpointAnnotations = {
  rawImageName: `${prefix}.rawImageName`,
  imageId: `${prefix}.rootfsImageID`,
  imageName: `${prefix}.rootfsImageName`,
  criu: `${prefix}.criu.version`,
  runtime: `${prefix}.runtime.name`,
  architecture: `${prefix}.host.arch`,
  kernel: `${prefix}.host.kernel`,
  cgroups: `${prefix}.cgroups.version`,
  distribution: `${prefix}.distribution.name`,
  distributionVersion: `${prefix}.distribution.version`,
} as const
