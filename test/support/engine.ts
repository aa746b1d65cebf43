// An engine of its own state directory, for tests of verbs below the command line. Events and reports are kept.

import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/clock.ts'
import type { Report } from '../../src/base/report.ts'
import { containerDefaults } from '../../src/engine/config/container-defaults.ts'
import { networkConfig } from '../../src/engine/config/network-config.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { Settings } from '../../src/engine/settings.ts'
import type { Event } from '../../src/event/journal.ts'
import { defaultLimits } from '../../src/image/unpack-limits.ts'
import { removeTree } from '../../src/os/remove-tree.ts'
import { openState } from '../../src/state/open.ts'
import { chooseStorage } from '../../src/storage/choose.ts'

export interface TestEngine extends Disposable {
  readonly engine: Engine
  /** Beside root and run; goes with them. */
  readonly folder: string
  readonly events: Omit<Event, 'time'>[]
  readonly reports: Report[]
}

export function testEngine(changes: Partial<Settings> = {}): TestEngine {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-engine-'))
  const at = { root: join(folder, 'root'), run: join(folder, 'run') }
  for (const path of [at.root, at.run]) mkdirSync(path)
  openState(at)
  const settings = { ...testSettings(at), ...changes }
  const events: Omit<Event, 'time'>[] = []
  const reports: Report[] = []
  const signal = new AbortController().signal
  const report = (one: Report) => void reports.push(one)
  const engine: Engine = {
    at,
    settings,
    storage: () => chooseStorage(at, { wanted: settings.storageDriver, isRootless: settings.isRootless, options: [] }),
    events: {
      append: (event) => void events.push(event),
      read: () => {
        throw new Error('no events are read here')
      },
    },
    clock: systemClock,
    report,
    signal,
    patience: { timeoutMs: 10_000, signal, report },
  }
  return { engine, folder, events, reports, [Symbol.dispose]: () => removeTree(folder) }
}

export function testSettings({ root, run }: { root: string; run: string }): Settings {
  return {
    root,
    run,
    runtime: { name: 'runc', path: '/usr/sbin/runc', flags: [] },
    cgroupManager: 'cgroupfs',
    podExitPolicy: 'continue',
    infraImage: undefined,
    kubeGenerateType: undefined,
    cdiFolders: [],
    hookFolders: [],
    storageDriver: undefined,
    storageOptions: [],
    storageConf: '/etc/containers/storage.conf',
    isRootless: false,
    eventsBackend: 'none',
    eventsTellInspectData: false,
    areHealthEventsKept: true,
    eventsFile: { path: undefined, maxBytes: 0 },
    temporaryFolder: '/var/tmp',
    lockTimeoutMs: 10_000,
    globalFlags: [],
    authFile: undefined,
    registryRetry: {},
    compression: {},
    registriesConf: { files: [] },
    policyPath: undefined,
    signaturePlaces: { configFolders: [], lookasideFolder: join(root, 'lookaside') },
    mountsConf: undefined,
    volumeFolder: undefined,
    volumePlugins: {},
    volumePluginTimeoutSeconds: 5,
    imageVolumes: 'anonymous',
    secretKeyFile: join(root, '..', 'secret.key'),
    secretDriver: { name: 'file', options: {} },
    unpackLimits: defaultLimits,
    network: networkConfig({ containers: { netns: 'none' } }),
    containerDefaults: containerDefaults({}),
  }
}
