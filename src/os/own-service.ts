// The service of systemd's that this process is part of, where a unit that Gantry wrote has started it: such units say so.

/** podman's, so that both find what the other's units run. Also the label of containers that such a service made. */
export const unitVariable = 'PODMAN_SYSTEMD_UNIT'

/** By it auto-update finds what to restart, and `logs` what went to the journal. None outside of a service. */
export function labelOfService(): Record<string, string> {
  const service = ownService()
  return service === undefined ? {} : { [unitVariable]: service }
}

/** `web.service`; undefined outside of one. */
export function ownService(): string | undefined {
  return process.env[unitVariable] || undefined
}
