// doctor: why a container is denied a path, and the one flag or command that mends it.

import type { Identity, PathReport } from '../../engine/doctor/examine-path.ts'
import { defineCommand } from '../command.ts'
import { printJson, printLine } from '../render/print.ts'

export default defineCommand({
  options: { json: { type: 'boolean', describe: 'Print what is found as JSON' } },
  positionals: [
    { name: 'container', complete: 'container' },
    { name: 'path', complete: 'none' },
  ],
  description:
    'Looks at a path inside a container as its first process would: whose it is on the host and in the container, who the process is, and what helps. The exit code is 1 if something is denied.',
  examples: ['gantry doctor web /data', 'gantry doctor --json web /etc/app/config.yaml'],
  async run(open, { options: { json }, args: [name = '', path = ''] }) {
    const [engine, { selectContainer }, { examinePath }] = await Promise.all([
      open(),
      import('../../engine/container/select.ts'),
      import('../../engine/doctor/examine-path.ts'),
    ])
    const report = await examinePath(engine, selectContainer(engine, name.replace(/^\//, '')), path)
    if (json) printJson(report)
    else show(report)
    return report.denied.length === 0 ? 0 : 1
  },
})

function show({ container, path, denied, mount, hostPath, mode, owner, process, remedy }: PathReport): void {
  printLine(
    `${path} in container ${container}: ${denied.length === 0 ? 'nothing is denied' : `denied: ${denied.join(', ')}`}`,
  )
  printLine(`  lies at           ${hostPath}${mount === undefined ? ' (of the container itself)' : ` (-v ${mount})`}`)
  printLine(`  owner on host     ${identity(owner.onHost)}, mode ${mode}`)
  printLine(`  owner inside      ${identity(owner.inContainer)}`)
  printLine(`  process inside    ${identity(process.inContainer)}`)
  printLine(`  process on host   ${identity(process.onHost)}`)
  if (remedy !== undefined) printLine(`  what helps        ${remedy.words}   (${remedy.reason})`)
}

function identity({ uid, gid }: Identity): string {
  return `uid ${uid ?? 'unknown (shown as nobody)'}, gid ${gid ?? 'unknown (shown as nobody)'}`
}
