// Flags of podman's and docker's builders that are not honoured: known, so that they can be refused by name, with the reason.

import { EngineError } from '../../base/errors.ts'
import type { OptionSpec } from '../command.ts'

const reasons = {
  'all-platforms': 'name the platforms: --platform',
  allow: 'RUN --security=insecure is allowed as such',
  attest: 'no attestations are made',
  builder: 'there is one builder, this program',
  call: 'use --check',
  cw: 'no confidential images are made',
  'no-cache-filter': 'use --no-cache',
  provenance: 'no attestations are made',
  push: 'push it afterwards: gantry push',
  sbom: 'no scanner is run',
  'sbom-image-output': 'no scanner is run',
  'sbom-image-purl-output': 'no scanner is run',
  'sbom-merge-strategy': 'no scanner is run',
  'sbom-output': 'no scanner is run',
  'sbom-purl-output': 'no scanner is run',
  'sbom-scanner-command': 'no scanner is run',
  'sbom-scanner-image': 'no scanner is run',
  'sign-by': 'sign it when it is pushed: gantry push --sign-by',
} as const

type RefusedName = keyof typeof reasons

const switches = new Set<string>(['all-platforms', 'push'])

export const buildRefusedOptions = Object.fromEntries(
  (Object.keys(reasons) as RefusedName[]).map((name) => [name, refused(name)]),
) as Readonly<Record<RefusedName, OptionSpec>>

/** @throws unsupported `flag-unsupported`, naming the flag and the reason */
export function refuseBuildFlags(given: ReadonlySet<string>): void {
  const name = (Object.keys(reasons) as RefusedName[]).find((candidate) => given.has(candidate))
  if (name === undefined) return
  const message = `--${name} is not supported: ${reasons[name]}`
  throw new EngineError({ kind: 'unsupported', code: 'flag-unsupported', message })
}

function refused(name: RefusedName): OptionSpec {
  return {
    type: switches.has(name) ? 'boolean' : 'strings',
    describe: `Not supported: ${reasons[name]}`,
    isHidden: true,
  }
}
