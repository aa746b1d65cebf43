// What killed processes left, found by the locks that they do not hold any more: the same that sweep-passing-by.ts takes away.

import { secretLeftovers, sweepSecretLeftovers } from '../../secret/secret-store.ts'
import { abandonedStaged, sweepStaged } from '../../state/staging.ts'
import { abandonedGraves } from '../../state/trash.ts'
import { recordLeftovers, sweepRecordLeftovers } from '../../transport/record-leftovers.ts'
import { sweepVolumeLeftovers, volumeLeftovers } from '../../volume/volume-leftovers.ts'
import { abandonedWorkshops, sweepWorkshops } from '../build/sweep-workshops.ts'
import { abandonedRuns, sweepAbandonedRun } from '../container/abandoned-run.ts'
import { type NurseryLeftover, nurseryLeftovers, sweepNursery } from '../container/nursery-leftovers.ts'
import { abandonedMounts, sweepAbandonedMount } from '../container/passing-mount.ts'
import type { Engine } from '../engine.ts'
import type { Problem } from './problem.ts'
import { sweepTrash } from './sweep-trash.ts'

export function checkLeftovers(engine: Engine): Problem[] {
  const { at } = engine
  return [
    ...abandonedStaged(at).map((path) => leftFile(path, () => sweepStaged(at))),
    ...recordLeftovers(at).map((path) => leftFile(path, () => sweepRecordLeftovers(at))),
    ...secretLeftovers(at).map((path) => leftFile(path, () => sweepSecretLeftovers(at))),
    ...volumeLeftovers(at).map((path) => leftFile(path, () => sweepVolumeLeftovers(at))),
    ...abandonedGraves(at).map((path) => leftFile(path, () => sweepTrash(at))),
    ...nurseryLeftovers(at, true).map((leftover) => leftByMaker(engine, leftover)),
    ...abandonedWorkshops(at).map((id) => ({
      code: 'build-left',
      message: `'${id.slice(0, 18)}' in containers/ was left by a build that was killed`,
      heal: async () => sweepWorkshops(engine),
    })),
    ...abandonedMounts(at).map((id) => ({
      code: 'mount-left',
      message: `container ${id.slice(0, 12)}: a command that was killed left its root file system mounted`,
      heal: async () => sweepAbandonedMount(engine, id),
    })),
    ...abandonedRuns(at).map((id) => ({
      code: 'run-abandoned',
      message: `container ${id.slice(0, 12)}: nobody tends what its last start left below '${at.run}'`,
      heal: async () => sweepAbandonedRun(engine, id),
    })),
  ]
}

function leftFile(path: string, heal: () => unknown): Problem {
  return { code: 'file-left', message: `'${path}' was left by a process that was killed`, heal }
}

function leftByMaker(engine: Engine, { kind, name, id }: NurseryLeftover): Problem {
  const message = {
    cradle: `'${name}' was left by a creation that was killed`,
    draft: `'${name}' was left by a process that was killed`,
    claim: `the name '${name}' is held by container ${id.slice(0, 12)}, which does not go by it`,
  }[kind]
  return { code: `${kind}-left`, message, heal: async () => sweepNursery(engine, true) }
}
