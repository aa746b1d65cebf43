// A reboot ends every container; afterwards each is exited and starts again.

import { login, root } from './caller.ts'
import { check, equal } from './check.ts'
import { status } from './containers.ts'

export async function prepareReboot(): Promise<void> {
  await check('reboot: containers of root and of a user run before it', async () => {
    const words = [
      'run',
      '-d',
      '--name',
      'survivor',
      '--network',
      'none',
      'busybox',
      'sh',
      '-c',
      'echo started; sleep 1000',
    ]
    root.ok(...words)
    const user = await login('before')
    user.ok(...words)
    root.ok('create', '--name', 'untouched', '--network', 'none', 'busybox', 'true')
  })
}

export async function checkReboot(): Promise<void> {
  await check('reboot: root finds its container exited, and starts it again', () => {
    equal(root.ok('system', 'check'), '')
    equal(status(root, 'survivor'), 'exited')
    equal(status(root, 'untouched'), 'created')
    root.ok('start', 'survivor')
    equal(status(root, 'survivor'), 'running')
    equal(root.ok('logs', 'survivor'), 'started\nstarted')
    root.ok('rm', '-f', '-t', '0', 'survivor', 'untouched')
    equal(root.ok('system', 'check'), '')
  })
  await check('reboot: so does the user', async () => {
    const user = await login('after')
    equal(user.ok('system', 'check'), '')
    equal(status(user, 'survivor'), 'exited')
    user.ok('start', 'survivor')
    equal(user.ok('exec', 'survivor', 'echo', 'again'), 'again')
    user.ok('rm', '-f', '-t', '0', 'survivor')
    equal(user.ok('system', 'check'), '')
    await user.logout()
  })
}
