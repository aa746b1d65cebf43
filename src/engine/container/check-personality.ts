// Whether the runtime knows personalities: runc before 1.2 reads over what it does not know.

import { EngineError } from '../../base/errors.ts'
import { runProcess } from '../../os/exec.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import type { Engine } from '../engine.ts'

const firstRunc = [1, 2] as const

/** @throws unsupported `personality-unsupported` */
export async function checkPersonality({ settings }: Engine, { process }: ContainerSpec): Promise<void> {
  const { name, path } = settings.runtime
  if (process.personality === undefined || name !== 'runc') return
  const { stdout } = await runProcess(path, ['--version'])
  const [, version = '', major = '0', minor = '0'] = /^runc version ((\d+)\.(\d+)\S*)/m.exec(stdout) ?? []
  const isOld = Number(major) < firstRunc[0] || (Number(major) === firstRunc[0] && Number(minor) < firstRunc[1])
  if (!isOld) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'personality-unsupported',
    message: `--personality=${process.personality}: runc ${version} cannot set it, runc 1.2 and crun can`,
    hint: 'Use crun: --runtime crun',
  })
}
