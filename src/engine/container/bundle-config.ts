// config.json of a container's last start in this boot: what its runtime was told.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import type { OciConfig } from '../../spec/oci-config.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'

/** Undefined where it was not started in this boot. */
export function readBundleConfig(at: Layout, id: string): OciConfig | undefined {
  const path = join(paths.runContainer(at, id), containerFiles.run.bundle, 'config.json')
  const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
  return text === undefined ? undefined : (JSON.parse(text) as OciConfig)
}
