// The words that have commands below them.

export interface CommandGroup {
  readonly summary: string
  readonly aliases?: readonly string[]
}

export const commandGroups: Readonly<Record<string, CommandGroup>> = {
  boot: { summary: 'Start containers after a boot' },
  container: { summary: 'Manage containers' },
  generate: { summary: 'Generate units of systemd from containers and pods' },
  healthcheck: { summary: 'Manage health checks on containers' },
  image: { summary: 'Manage images' },
  network: { summary: 'Manage networks' },
  pod: { summary: 'Manage pods' },
  secret: { summary: 'Manage secrets' },
  system: { summary: 'Manage Gantry itself' },
  volume: { summary: 'Manage volumes' },
  'system connection': { summary: 'Destinations of remote services' },
}
