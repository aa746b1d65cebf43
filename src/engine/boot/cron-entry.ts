// Where there is neither systemd nor OpenRC: a line `@reboot` in the user's crontab.

import { EngineError } from '../../base/errors.ts'
import { runProcess } from '../../os/exec.ts'
import type { BootEntry } from './boot-entry.ts'

export function cronEntry({
  name,
  command,
}: {
  readonly name: string
  readonly command: readonly string[]
}): BootEntry {
  const words = command.map((word) => (/^[\w/.=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
  // cron takes % for the end of the command.
  const line = `@reboot ${words.join(' ').replaceAll('%', '\\%')} # ${name}, written by: gantry boot enable`
  const isOurs = (one: string) =>
    one.startsWith('@reboot ') && one.endsWith(` # ${name}, written by: gantry boot enable`)
  const replace = async (lines: readonly string[]) => {
    const input = lines.map((one) => `${one}\n`).join('')
    const { exitCode, stderr } = await crontab(['-'], { input, line })
    if (exitCode !== 0) throw refused(stderr, line)
  }
  const read = async () => {
    const { exitCode, stdout } = await crontab(['-l'], { line })
    return exitCode === 0 ? stdout.split('\n').filter((one, index, all) => one !== '' || index < all.length - 1) : []
  }
  return {
    initSystem: 'cron',
    place: 'crontab -l',
    async isThere() {
      try {
        return (await read()).includes(line)
      } catch (error) {
        if (error instanceof EngineError && error.code === 'init-system-unknown') return false
        throw error
      }
    },
    async write() {
      const lines = await read()
      if (!lines.includes(line)) await replace([...lines.filter((one) => !isOurs(one)), line])
    },
    async remove() {
      const lines = await read()
      const others = lines.filter((one) => !isOurs(one))
      if (others.length < lines.length) await replace(others)
      return others.length < lines.length
    },
  }
}

async function crontab(words: readonly string[], { input, line }: { readonly input?: string; readonly line: string }) {
  try {
    return await runProcess('crontab', words, input === undefined ? {} : { input })
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === 'canceled') throw error
    throw new EngineError({
      kind: 'unsupported',
      code: 'init-system-unknown',
      message: 'there is no systemd, no OpenRC and no crontab here: nothing starts at boot',
      hint: `Let whatever starts this machine run: ${line.replace(/^@reboot (.*) # .*$/, '$1')}`,
      cause: error,
    })
  }
}

function refused(stderr: string, line: string): EngineError {
  return new EngineError({
    kind: 'denied',
    code: 'boot-entry-unwritable',
    message: `crontab takes no new line: ${stderr.trim()}`,
    hint: `Add it by hand, with crontab -e: ${line}`,
  })
}
