// image trust set: what the policy demands of a registry's images, or of all others.

import { invalid } from '../../../base/errors.ts'
import type { TrustType } from '../../../engine/image/trust-set.ts'
import { defineCommand } from '../../command.ts'

const trustTypes: Readonly<Record<string, TrustType>> = {
  accept: 'insecureAcceptAnything',
  insecureAcceptAnything: 'insecureAcceptAnything',
  reject: 'reject',
  signedBy: 'signedBy',
  sigstoreSigned: 'sigstoreSigned',
}

export default defineCommand({
  options: {
    policypath: { type: 'string', describe: 'Path of the policy file', isHidden: true, complete: 'file' },
    pubkeysfile: {
      type: 'strings',
      short: 'f',
      describe: 'Path of installed public key(s) to trust for TARGET; each one given must have signed',
      complete: 'file',
    },
    type: {
      type: 'string',
      short: 't',
      describe: 'Trust type, accept values: signedBy(default), sigstoreSigned, accept, reject',
      default: 'signedBy',
      complete: 'none',
    },
  },
  positionals: [{ name: 'registry' }],
  description: 'Set default trust policy (REGISTRY is then "default") or add a new trust policy for a registry.',
  examples: [
    'gantry image trust set --type reject default',
    'gantry image trust set -f /etc/pki/containers/me.gpg quay.io/me',
  ],
  async run(open, { options, args: [scope = ''] }) {
    if (!/^[a-zA-Z0-9_.*[\]-]+(:\d+)?(\/[a-z0-9._/-]*)?(:[\w.-]+)?(@[a-z0-9:]+)?$/.test(scope)) {
      throw invalid('reference-malformed', `invalid image uri: ${scope}`)
    }
    const type = Object.hasOwn(trustTypes, options.type) ? trustTypes[options.type] : undefined
    if (type === undefined) {
      const choices = "(choose from 'accept', 'reject', 'signedBy', 'sigstoreSigned')"
      throw invalid('flag-invalid', `invalid choice: ${options.type} ${choices}`)
    }
    const engine = await open()
    const { setTrust } = await import('../../../engine/image/trust-set.ts')
    const { policypath: policyPath, pubkeysfile: keyFiles } = options
    await setTrust(engine, { scope, type, keyFiles, ...(policyPath === undefined ? {} : { policyPath }) })
    return 0
  },
})
