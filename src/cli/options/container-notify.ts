// --sdnotify → NotifyFacet.

import { type NotifyFacet, notifyModes, parseNotifyMode } from '../../spec/notify.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const notifyOptions = defineOptions({
  sdnotify: {
    type: 'string',
    value: 'mode',
    default: 'container',
    choices: notifyModes,
    describe:
      'Who tells systemd that the service is up: container (its program), conmon (we, once it runs), ' +
      'healthy (we, once a health check has succeeded), ignore (nobody)',
  },
})

/** With the socket of whoever creates it. @throws as parseNotifyMode */
export function notifyFacet({ options }: Invocation<typeof notifyOptions>): NotifyFacet {
  const mode = parseNotifyMode(options.sdnotify)
  const socket = process.env['NOTIFY_SOCKET']
  return { mode, ...(mode === 'ignore' || !socket ? {} : { socket }) }
}
