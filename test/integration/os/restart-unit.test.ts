import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { restartUnit } from '../../../src/os/systemd-unit.ts'
import { startFakeSystemd } from '../../support/fake-systemd.ts'

test('restartUnit waits for the job, and throws where the unit does not come up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-bus-'))
  await using systemd = await startFakeSystemd(folder)
  const bus = { socket: join(folder, 'bus'), uid: process.getuid?.() ?? 0 }
  await restartUnit(bus, 'web.service')
  await expect(restartUnit(bus, 'bad.service')).rejects.toThrow('received "failed"')
  expect(systemd.scopes).toEqual(['restart web.service', 'restart bad.service'])
  rmSync(folder, { recursive: true })
})
