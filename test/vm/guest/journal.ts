// systemd's journal as log and as events' backend.

import { execFileSync } from 'node:child_process'
import { type Caller, root, type Session } from './caller.ts'
import { check, equal } from './check.ts'
import { tryRun } from './containers.ts'

const driver = ['--name', 'journal', '--log-driver', 'journald']

export async function checkJournal(): Promise<void> {
  await check('journal: takes the log, logs reads it, and journalctl finds it by name', () => {
    tryRun(root, driver, 'sh', '-c', 'echo to stdout; sleep 1; echo to stderr >&2; sleep 1; echo last')
    const { stdout, stderr } = root.try('logs', 'journal')
    equal(stdout, 'to stdout\nlast\n')
    equal(stderr, 'to stderr\n')
    equal(root.ok('logs', '--tail', '1', 'journal'), 'last')
    const fields = execFileSync('journalctl', ['-o', 'cat', 'CONTAINER_NAME=journal'], { encoding: 'utf8' })
    equal(fields, 'to stdout\nto stderr\nlast\n')
    root.ok('rm', 'journal')
  })
  await check('journal: logs --follow ends with the container', () => {
    tryRun(root, ['-d', ...driver], 'sh', '-c', 'for i in 1 2 3; do echo line $i; sleep 1; done')
    equal(root.ok('logs', '--follow', 'journal'), 'line 1\nline 2\nline 3')
    root.ok('wait', 'journal')
    root.ok('rm', 'journal')
  })
  await check('journal: takes events and gives them back', () => checkEvents(root))
}

export async function checkUserJournal(user: Session): Promise<void> {
  await check("journal: an ordinary user's log and events", () => {
    tryRun(user, driver, 'echo', 'mine')
    equal(user.ok('logs', 'journal'), 'mine')
    user.ok('rm', 'journal')
    checkEvents(user)
  })
}

function checkEvents(as: Caller): void {
  const journal = ['--events-backend', 'journald']
  as.ok(...journal, 'create', '--name', 'told', '--network', 'none', 'busybox', 'true')
  as.ok(...journal, 'rm', 'told')
  const filters = ['--stream=false', '--since', '30m', '--filter', 'container=told', '--format', '{{.Status}}']
  equal(as.ok(...journal, 'events', ...filters), 'create\nremove')
}
