// attach: join a running container.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { detachKeysOption } from '../../detach-keys-option.ts'
import { openForeground } from '../../foreground.ts'
import { foregroundEnd } from '../../foreground-end.ts'
import { findTargets, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    'detach-keys': detachKeysOption,
    latest: latestOption,
    'no-stdin': { type: 'boolean', describe: 'Do not attach STDIN' },
    'sig-proxy': { type: 'boolean', default: true, describe: 'Proxy received signals to the process' },
  },
  positionals: [{ name: 'container', isOptional: true, isVariadic: true, complete: 'running-container' }],
  examples: ['gantry attach web', 'gantry attach --no-stdin web'],
  async run(open, { options, args }) {
    const { latest } = options
    if (args.length > 1 || (args.length === 0 && !latest)) {
      throw invalid('arguments-invalid', 'attach requires the name or id of one running container or the latest flag')
    }
    const engine = await open()
    const [target] = await findTargets(engine, { names: args, latest })
    if (target === undefined) throw invalid('container-unknown', 'there is no container')
    const { process: main } = target.container.stored.spec
    const { attach } = await import('../../../engine/container/attach.ts')
    using foreground = openForeground({
      stdin: !options['no-stdin'],
      stdout: true,
      stderr: true,
      hasTerminal: main.hasTerminal,
      detachKeys: options['detach-keys'] ?? engine.settings.containerDefaults.detachKeys,
      isSignalProxied: options['sig-proxy'],
    })
    foreground.takeSignals()
    const client = await attach(engine, { container: target.container, streams: foreground.streams() })
    foreground.takeKeys()
    const end = await client.ended
    // podman's attach tells nothing of the exit code.
    return end.status === 'exited' ? 0 : foregroundEnd(end)
  },
})
