// image trust show: the policy as a table, as JSON, or as it is.

import { alignTabs } from '../../../base/tabwriter.ts'
import type { TrustRow } from '../../../engine/image/trust-show.ts'
import { defineCommand } from '../../command.ts'
import { print, printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    json: { type: 'boolean', short: 'j', describe: 'Output as json' },
    noheading: { type: 'boolean', short: 'n', describe: 'Do not print column headings' },
    policypath: { type: 'string', describe: 'Path of the policy file', isHidden: true, complete: 'file' },
    raw: { type: 'boolean', describe: 'Output raw policy file' },
    registrypath: { type: 'string', describe: 'Path of registries.d', isHidden: true, complete: 'folder' },
  },
  positionals: [{ name: 'registry', isOptional: true }],
  description: 'Display trust policy for the system. All of it is shown whichever REGISTRY is named, as podman does.',
  examples: ['gantry image trust show', 'gantry image trust show --json'],
  async run(open, { options }) {
    const engine = await open()
    const { readPolicyText, showTrust } = await import('../../../engine/image/trust-show.ts')
    const { policypath, registrypath } = options
    const files = {
      ...(policypath === undefined ? {} : { policyPath: policypath }),
      ...(registrypath === undefined ? {} : { registriesFolder: registrypath }),
    }
    if (options.raw) {
      printLine(readPolicyText(engine, files))
      return 0
    }
    const rows = await showTrust(engine, files)
    if (options.json) printLine(JSON.stringify(rows.map(jsonRow), undefined, 2))
    else printTable(rows, options.noheading)
    return 0
  },
})

function printTable(rows: readonly TrustRow[], isBare: boolean): void {
  const lines = rows.map(({ transport, repoName, type, keyIds, signatureStore }) => [
    transport,
    repoName,
    type,
    keyIds,
    signatureStore,
  ])
  const table = isBare ? lines : [['TRANSPORT', 'NAME', 'TYPE', 'ID', 'STORE'], ...lines]
  print(alignTabs(table.map((line) => `${line.join('\t')}\n`).join('')))
}

/** What is empty is left out. */
function jsonRow({ transport, name, repoName, type, keyIds, signatureStore }: TrustRow): object {
  return {
    transport,
    ...(name === '' ? {} : { name }),
    ...(repoName === '' ? {} : { repo_name: repoName }),
    ...(signatureStore === '' ? {} : { sigstore: signatureStore }),
    type,
    ...(keyIds === '' ? {} : { gpg_id: keyIds }),
  }
}
