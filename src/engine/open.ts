// Opening an engine: cheap enough for `ps`. The state directory is made if it is not there; the storage driver is chosen on first use.

import { systemClock } from '../base/clock.ts'
import type { Reporter } from '../base/report.ts'
import { type JournalPlace, openJournal } from '../event/open-journal.ts'
import { type Layout, paths } from '../state/layout.ts'
import { openState } from '../state/open.ts'
import { chooseStorage } from '../storage/choose.ts'
import type { StorageDriver } from '../storage/driver.ts'
import type { Engine } from './engine.ts'
import type { Settings } from './settings.ts'

export interface OpenOptions {
  readonly report: Reporter
  readonly signal: AbortSignal
}

/** @throws unsupported `state-too-new`, corrupt `state-unmarked` */
export function openEngine(settings: Settings, { report, signal }: OpenOptions): Engine {
  const { root, run, volumeFolder } = settings
  const at: Layout = { root, run, ...(volumeFolder === undefined ? {} : { volumes: volumeFolder }) }
  openState(at)
  let chosen: StorageDriver | undefined
  return {
    at,
    settings,
    storage: () => {
      chosen ??= chooseStorage(at, {
        wanted: settings.storageDriver,
        isRootless: settings.isRootless,
        options: settings.storageOptions,
      })
      return chosen
    },
    events: openJournal(journalPlace(at, settings)),
    clock: systemClock,
    report,
    signal,
    patience: { timeoutMs: settings.lockTimeoutMs, signal, report },
  }
}

function journalPlace(at: Layout, { eventsBackend: backend, eventsFile }: Settings): JournalPlace {
  if (backend !== 'file') return { backend, root: at.root }
  return { backend, path: eventsFile.path ?? paths.eventsFile(at), maxBytes: eventsFile.maxBytes }
}
