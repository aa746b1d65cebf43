// config.json of a container's last start in this boot: what its runtime was told. Read without a lock, beside a start.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { replaceFile } from '../../os/atomic-file.ts'
import type { OciConfig } from '../../spec/oci-config.ts'
import { parseOci, printOci } from '../../spec/oci-text.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'

/** Undefined where it was not started in this boot. */
export function readBundleConfig(at: Layout, id: string): OciConfig | undefined {
  const text = absentAsUndefined(() => readFileSync(bundleConfigPath(at, id), 'utf8'))
  return text === undefined ? undefined : (parseOci(text) as OciConfig)
}

/** The bundle's folder is there, and the container's lock held. */
export function writeBundleConfig(at: Layout, id: string, config: OciConfig): void {
  const path = bundleConfigPath(at, id)
  replaceFile(path, printOci(config), { temporary: `${path}.new`, durable: false })
}

export function bundlePath(at: Layout, id: string): string {
  return join(paths.runContainer(at, id), containerFiles.run.bundle)
}

export function bundleConfigPath(at: Layout, id: string): string {
  return join(bundlePath(at, id), 'config.json')
}
