// quadlet: what systemd calls at boot and at each daemon-reload, by bin/quadlet. Nothing is opened: at boot there may be no /var yet.

import { appendFileSync } from 'node:fs'
import { gantryCommand } from '../../../os/installation.ts'
import { defineCommand } from '../../command.ts'
import { gantryVersion } from '../../product.ts'
import { complain, print, printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    dryrun: { type: 'boolean', describe: 'Print the services instead of writing them' },
    'no-kmsg-log': { type: 'boolean', describe: "Log to standard error, not to the kernel's log" },
    user: { type: 'boolean', describe: "Read quadlets of users, for a user's service manager" },
    verbose: { type: 'boolean', short: 'v', describe: 'Tell what is read and written' },
    version: { type: 'boolean', describe: 'Print the version' },
  },
  positionals: [
    { name: 'folder', isOptional: true, complete: 'folder' },
    { name: 'early', isOptional: true, complete: 'none' },
    { name: 'late', isOptional: true, complete: 'none' },
  ],
  description:
    'Makes systemd services of .container, .pod, .volume, .network, .kube, .image and .build files (podman-systemd.unit(5)), and writes them into a ' +
    'folder. As a generator of systemd it is linked as gantry-system-generator or gantry-user-generator: see README.md. PODMAN names another ' +
    'program for the services to start, QUADLET_UNIT_DIRS other folders to read.',
  examples: [
    'gantry quadlet --dryrun',
    'gantry quadlet --dryrun --user',
    'gantry quadlet --verbose /run/systemd/generator',
  ],
  async run(_open, { options, args }) {
    if (options.version) {
      printLine(gantryVersion())
      return 0
    }
    const log = openLog({ isKernels: !options['no-kmsg-log'] && !options.dryrun })
    const [folder] = args
    if (folder === undefined && !options.dryrun) {
      log('missing output directory argument')
      return 1
    }
    let hasFailed = false
    const report = {
      debug: (message: string) => (options.verbose || options.dryrun ? log(message) : undefined),
      warn: log,
      fail: (message: string) => {
        hasFailed = true
        log(message)
      },
    }
    const [{ generateServices, writeServices }, { unitFolders }] = await Promise.all([
      import('../../../quadlet/generate.ts'),
      import('../../../quadlet/unit-folders.ts'),
    ])
    const { env } = process
    const services = generateServices({
      settings: { program: (env['PODMAN'] || gantryCommand).split(' '), isUser: options.user },
      folders: unitFolders({ isUser: options.user, env, uid: process.getuid?.() ?? 0 }),
      writer: `Gantry ${gantryVersion()}`,
      report,
    })
    if (folder === undefined || options.dryrun) {
      for (const { fileName, text } of services) print(`---${fileName}---\n${text}\n`)
    } else writeServices(folder, services, report)
    return hasFailed ? 1 : 0
  },
})

/** A generator's standard error goes nowhere: the kernel's log is read again when the journal is there. */
function openLog({ isKernels }: { readonly isKernels: boolean }): (message: string) => void {
  return (message) => {
    const line = `quadlet-generator[${process.pid}]: ${message}\n`
    if (isKernels) {
      try {
        appendFileSync('/dev/kmsg', line)
        return
      } catch {
        // Not root's, or a container.
      }
    }
    complain(line)
  }
}
