// auto-update: newer images for the containers that ask for it.

import type { AutoUpdateReport } from '../../../engine/systemd/auto-update.ts'
import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { registryOptions, toRegistryAccess } from '../../options/registry-access.ts'
import { printError } from '../../render/error.ts'
import { printJson } from '../../render/print.ts'
import { isJsonFormat, printRows } from '../../render/template.ts'

const { authfile, retry, 'tls-verify': tlsVerify } = registryOptions

export default defineCommand({
  options: {
    authfile,
    'dry-run': { type: 'boolean', describe: 'Check for pending updates' },
    format: {
      type: 'string',
      describe: 'Format the output as JSON or by a Go template',
      complete: 'none',
      fields: 'Unit Container ContainerName ContainerID Image Policy Updated',
    },
    rollback: { type: 'boolean', default: true, describe: 'Go back to the image that it had if the restart fails' },
    'tls-verify': tlsVerify,
  },
  description:
    'The label io.containers.autoupdate of a running container says how: registry (also: image) pulls the newer image of its name, local takes the one that ' +
    'has its name by now. The systemd unit that runs the container is restarted; one that runs in none is made anew by the command that made it.',
  examples: [
    'gantry auto-update',
    'gantry auto-update --dry-run',
    "gantry auto-update --format '{{.Unit}} {{.Updated}}'",
  ],
  async run(open, invocation) {
    const { options } = invocation
    const absent = {
      'cert-dir': undefined,
      creds: undefined,
      retry: retry.default,
      'retry-delay': undefined,
      'signature-policy': undefined,
    }
    const access = toRegistryAccess({ ...invocation, options: { ...options, ...absent } })
    const [engine, { autoUpdate }, { readCreateCommand: readCommand }] = await Promise.all([
      open(),
      import('../../../engine/systemd/auto-update.ts'),
      import('../../create-command.ts'),
    ])
    const request = { isDryRun: options['dry-run'], rollsBack: options.rollback, access, readCommand }
    const { reports, failures } = await autoUpdate(engine, request)
    if (reports.length > 0) show(reports.map(row), options.format)
    for (const failure of failures) printError(failure)
    return failures.length === 0 ? 0 : exitCodes.failed
  },
})

function row({ id, name, image, policy, unit, updated }: AutoUpdateReport) {
  return {
    Unit: unit,
    Container: `${id.slice(0, 12)} (${name})`,
    ContainerName: name,
    ContainerID: id,
    Image: image,
    Policy: policy,
    Updated: updated,
  }
}

const columns = 'table {{.Unit}}\t{{.Container}}\t{{.Image}}\t{{.Policy}}\t{{.Updated}}'

function show(rows: readonly ReturnType<typeof row>[], format = columns): void {
  if (isJsonFormat(format)) printJson(rows)
  else printRows({ name: 'auto-update', format, rows, headings: {} })
}
