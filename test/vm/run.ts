// `npm run test:vm [-- REGEX]`: boots a Debian 13 with systemd and cgroup v2 under qemu, runs guest/main.ts in it, prints what that
// reports. Exit code 0 when every check passed. Needs root, for debootstrap and apt-get.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { installHostPackages } from './host-packages.ts'
import { machineImage } from './image.ts'
import { runMachine } from './machine.ts'
import { makePayload } from './payload.ts'

const started = Date.now()
const cache =
  process.env['GANTRY_VM_FOLDER'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gantry-vm')
const consolePath = join(tmpdir(), 'gantry-vm.console')
const work = mkdtempSync(join(tmpdir(), 'gantry-vm-'))
const report: string[] = []
try {
  installHostPackages()
  const image = machineImage(cache)
  const payload = makePayload(work, process.argv[2] ?? '')
  const end = await runMachine({ image, payload, consolePath, onReport: tell })
  finish(end)
} finally {
  rmSync(work, { recursive: true })
}

function tell(line: string): void {
  report.push(line)
  console.log(line)
}

function finish(end: string): void {
  const count = (prefix: string) => report.filter((line) => line.startsWith(prefix)).length
  const failed = count('not ok ')
  const isComplete = report.includes('# end')
  if (end !== 'powered off' || !isComplete) {
    console.log(
      `vm: ${end}; the console's last lines (all: ${consolePath}):\n${readFileSync(consolePath, 'utf8').slice(-4000)}`,
    )
  }
  const seconds = Math.round((Date.now() - started) / 1000)
  console.log(`vm: ${count('ok ')} passed, ${failed} failed, in ${seconds} s`)
  process.exitCode = isComplete && end === 'powered off' && failed === 0 && count('ok ') > 0 ? 0 : 1
}
