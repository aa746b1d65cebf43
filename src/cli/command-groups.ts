// The words that have commands below them.

export interface CommandGroup {
  readonly summary: string
  readonly aliases?: readonly string[]
}

export const commandGroups: Readonly<Record<string, CommandGroup>> = {
  boot: { summary: 'Start containers after a boot' },
  buildah: { summary: 'Make images step by step, with buildah’s verbs' },
  builder: { summary: 'Build images, and manage what builds keep' },
  buildx: { summary: 'Build images, and manage what builds keep' },
  container: { summary: 'Manage containers' },
  generate: { summary: 'Generate structured data based on containers, pods or volumes' },
  healthcheck: { summary: 'Manage health checks on containers' },
  image: { summary: 'Manage images' },
  'image trust': { summary: 'Manage container image trust policy' },
  kube: { summary: 'Play containers, pods or volumes from a structured file' },
  manifest: { summary: 'Manipulate manifest lists and image indexes' },
  network: { summary: 'Manage networks' },
  play: { summary: 'Play containers, pods or volumes from a structured file' },
  pod: { summary: 'Manage pods' },
  secret: { summary: 'Manage secrets' },
  system: { summary: 'Manage Gantry itself' },
  volume: { summary: 'Manage volumes' },
  'system connection': { summary: 'Destinations of remote services' },
}
