import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { commandHelp } from '../../../src/cli/help.ts'

test("help names containers.conf's retries as the default, and none that cannot be read", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-help-'))
  try {
    const path = join(folder, 'containers.conf')
    vi.stubEnv('CONTAINERS_CONF', path)
    writeFileSync(path, '[engine]\nretry = 10\nretry_delay = "5s"\n')
    expect(await commandHelp(['pull'])).toMatch(
      /--retry .*performing pull \(default 10\)\n.*pull failures \(default "5s"\)\n/,
    )
    expect(await commandHelp(['push'])).toMatch(
      /--retry .*performing push \(default 10\)\n.*push failures \(default "5s"\)\n/,
    )
    writeFileSync(path, '[engine]\nretry = "many"\n')
    expect(await commandHelp(['pull'])).toMatch(
      /performing pull \(default 3\)\n.*pull failures \(default: 500ms, doubled/,
    )
  } finally {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  }
})
