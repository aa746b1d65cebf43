// podman's own tests of what needs a systemd, run in the virtual machine by Gantry and by Debian 13's podman, each in a machine of its own:
//
//   npm run test:vm -- --podman TREE IMAGES [--cli gantry|podman] [--filter REGEX] [--names] [--out FOLDER] [FILE…]
//
//   TREE    podman's sources, of Debian 13's version (5.4)
//   IMAGES  what those tests pull, as podman-bats (beside this repository, in shared/tools) makes it: cache/, registry/, tls/
//   --names what the tests expect podman's helper and its scopes to be called is Gantry's names; for Gantry only
//   FILE    numbers of test files: 250 252 255 260 270 if there are none
//
// The reports are kept in FOLDER (/tmp/gantry-vm-podman), so that one of the two can be run again and is compared with the other's last
// report; a machine that is stopped leaves the part it came to. Exit code 0 when Gantry passes whatever podman passes there. Without KVM,
// and on a busy host, each of the two takes over an hour.
//
// What Gantry does not pass, and why: 250 "kube@" and "KillSignal", 260 "conmon" look for podman's names (see --names); 252 "kube down force"
// wants podman's failure to remove a claim's volume twice, and "kube start error" holds a port for ten seconds, which are over before a
// slow machine binds it; 260 "system service" and 270 need the REST API.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machineImage } from '../image.ts'
import { runMachine } from '../machine.ts'
import { compareResults, parseReport } from './bats-report.ts'
import { type Cli, type PodmanTests, podmanPayload } from './podman-payload.ts'

export interface Folders {
  readonly work: string
  readonly cache: string
}

const addition = {
  packages: [
    ...['podman', 'bats', 'jq', 'skopeo', 'openssl', 'apache2-utils', 'ncat', 'socat', 'gpg', 'curl', 'lsof', 'file'],
    ...['perl', 'psmisc', 'bsdextrautils', 'hostname', 'netbase', 'iputils-ping', 'xz-utils', 'bzip2'],
  ],
  masked: ['podman.socket', 'podman-auto-update.timer', 'podman-restart.service', 'podman-clean-transient.service'],
}

/** The exit code. */
export async function runPodmanTests(words: string[], { work, cache }: Folders): Promise<number> {
  const options = {
    cli: { type: 'string' },
    filter: { type: 'string', default: '' },
    names: { type: 'boolean', default: false },
    out: { type: 'string', default: join(tmpdir(), 'gantry-vm-podman') },
  } as const
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true })
  const [tree, images, ...files] = positionals
  if (tree === undefined || images === undefined) throw new Error('--podman wants podman’s sources and the images')
  const wanted = files.length > 0 ? files : ['250', '252', '255', '260', '270']
  const tests = { tree, images, files: wanted, filter: values.filter, hasOurNames: values.names }
  mkdirSync(values.out, { recursive: true })
  const image = machineImage(join(cache, 'podman'), addition)
  for (const cli of clis(values.cli)) {
    const payload = podmanPayload(work, cli, tests)
    const report = await run(values.out, cli, { image, payload, memoryMiB: 3072 })
    if (report === undefined) return 1
  }
  return tell(values.out, tests)
}

function clis(only: string | undefined): readonly Cli[] {
  if (only === undefined) return ['gantry', 'podman']
  if (only !== 'gantry' && only !== 'podman') throw new Error(`--cli is gantry or podman, not '${only}'`)
  return [only]
}

/** What was reported, also into the folder; nothing if the machine did not come to its end. */
async function run(
  out: string,
  cli: Cli,
  machine: Omit<Parameters<typeof runMachine>[0], 'consolePath' | 'onReport'>,
): Promise<string | undefined> {
  const started = Date.now()
  const lines: string[] = []
  const consolePath = join(out, `${cli}.console`)
  const reportPath = join(out, `${cli}.tap`)
  const onReport = (line: string) => {
    lines.push(line)
    writeFileSync(reportPath, `${lines.join('\n')}\n`)
    if (/^((not )?ok |## )/.test(line)) console.log(`${cli}: ${line}`)
  }
  const end = await runMachine({ ...machine, consolePath, onReport })
  console.log(`${cli}: ${end}, after ${Math.round((Date.now() - started) / 1000)} s; see ${reportPath}`)
  return lines.includes('# end') ? lines.join('\n') : undefined
}

function tell(out: string, { files }: PodmanTests): number {
  const results = (cli: Cli) => {
    const path = join(out, `${cli}.tap`)
    return existsSync(path) ? parseReport(readFileSync(path, 'utf8')) : []
  }
  const { lines, isEqual } = compareResults(results('gantry'), results('podman'), files)
  for (const line of lines) console.log(line)
  return isEqual ? 0 : 1
}
