// doctor: what is wrong with the host, a container, or a path in one; and the command or flag that mends it.

import type { Identity, PathReport } from '../../engine/doctor/examine-path.ts'
import type { Finding } from '../../engine/doctor/finding.ts'
import type { Engine } from '../../engine/engine.ts'
import { defineCommand } from '../command.ts'
import { printJson, printLine } from '../render/print.ts'

export default defineCommand({
  options: { json: { type: 'boolean', describe: 'Print what is found as JSON' } },
  positionals: [
    { name: 'container', isOptional: true, complete: 'container' },
    { name: 'path', isOptional: true, complete: 'none' },
  ],
  description:
    'Without arguments it looks at the host; with a container at that: why it ended, why nobody reaches it, what it may not use. With a path inside, as its first process would: whose it is on the host and in the container, who the process is, and what helps. The exit code is 1 if there is something to mend.',
  examples: ['gantry doctor', 'gantry doctor web', 'gantry doctor web /data', 'gantry doctor --json web /etc/app.yaml'],
  async run(open, { options: { json }, args: [name, path] }) {
    const engine = await open()
    if (name === undefined) {
      const { examineHost } = await import('../../engine/doctor/examine-host.ts')
      return showFindings(await examineHost(engine), json)
    }
    return path === undefined ? examineOne(engine, name, json) : examineOnePath(engine, { name, path, json })
  },
})

async function examineOne(engine: Engine, name: string, json: boolean): Promise<number> {
  const [{ selectContainer }, { examineContainer }] = await Promise.all([
    import('../../engine/container/select.ts'),
    import('../../engine/doctor/examine-container.ts'),
  ])
  return showFindings(await examineContainer(engine, selectContainer(engine, name.replace(/^\//, ''))), json)
}

async function examineOnePath(
  engine: Engine,
  { name, path, json }: { readonly name: string; readonly path: string; readonly json: boolean },
): Promise<number> {
  const [{ selectContainer }, { examinePath }] = await Promise.all([
    import('../../engine/container/select.ts'),
    import('../../engine/doctor/examine-path.ts'),
  ])
  const report = await examinePath(engine, selectContainer(engine, name.replace(/^\//, '')), path)
  if (json) printJson(report)
  else show(report)
  return report.denied.length === 0 ? 0 : 1
}

const subjectWidth = 17

function showFindings(findings: readonly Finding[], json: boolean): number {
  if (json) printJson(findings)
  else for (const finding of findings) showFinding(finding)
  return findings.some(({ status }) => status === 'problem') ? 1 : 0
}

function showFinding({ status, subject, message, remedy }: Finding): void {
  printLine(`${status.padEnd(8)} ${subject.padEnd(subjectWidth)} ${message}`)
  if (remedy !== undefined) printLine(`${' '.repeat(8)} ${' '.repeat(subjectWidth)} → ${remedy}`)
}

function show({ container, path, denied, mount, hostPath, mode, owner, process, remedy }: PathReport): void {
  const verdict = denied.length === 0 ? 'nothing is denied' : `denied: ${denied.join(', ')}`
  printLine(`${path} in container ${container}: ${verdict}`)
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
