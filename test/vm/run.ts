// `npm run test:vm [-- REGEX]`: boots a Debian 13 with systemd and cgroup v2 under qemu, runs guest/main.ts in it, prints what that
// reports. Exit code 0 when every check passed. Needs root, for debootstrap and apt-get. `npm run test:vm -- --podman …` runs
// podman's own tests there instead: see podman/run-podman-tests.ts.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { installHostPackages } from './host-packages.ts'
import { machineImage } from './image.ts'
import { runMachine } from './machine.ts'
import { makePayload } from './payload.ts'
import { runPodmanTests } from './podman/run-podman-tests.ts'

const started = Date.now()
const cache =
  process.env['GANTRY_VM_FOLDER'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gantry-vm')
const work = mkdtempSync(join(tmpdir(), 'gantry-vm-'))
try {
  installHostPackages()
  const words = process.argv.slice(2)
  if (words[0] === '--podman') process.exitCode = await runPodmanTests(words.slice(1), { work, cache })
  else await runChecks(words[0] ?? '')
} finally {
  rmSync(work, { recursive: true })
}

async function runChecks(only: string): Promise<void> {
  const consolePath = join(tmpdir(), 'gantry-vm.console')
  const report: string[] = []
  const onReport = (line: string) => {
    report.push(line)
    console.log(line)
  }
  const image = machineImage(cache)
  const end = await runMachine({ image, payload: makePayload(work, only), consolePath, onReport })
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
