// What the OCI runtimes keep of containers that are not there, and exec sessions whose client and process have gone.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { deleteByRuntime } from '../../runtime/delete.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { isBeingDeleted } from '../../state/trash.ts'
import { abandonedSessions, sweepSession } from '../container/exec-leftovers.ts'
import type { Engine } from '../engine.ts'
import type { Problem } from './problem.ts'

export function checkRuntimeState(engine: Engine): Problem[] {
  const { at } = engine
  const states = list(paths.runtimeStates(at)).flatMap((runtime) =>
    list(paths.runtimeState(at, runtime)).flatMap((id) =>
      isUnknown(at, id) ? [unknownState(engine, runtime, id)] : [],
    ),
  )
  const sessions = abandonedSessions(at).map((folder) => ({
    code: 'exec-session-left',
    message: `the exec session '${folder}' was left by a process that was killed`,
    heal: () => sweepSession(folder),
  }))
  return [...states, ...sessions]
}

function unknownState(engine: Engine, runtime: string, id: string): Problem {
  const root = paths.runtimeState(engine.at, runtime)
  return {
    code: 'runtime-state-left',
    message: `${runtime} knows container ${id.slice(0, 12)}, which is not there`,
    heal: async () => {
      if (!isUnknown(engine.at, id)) return
      const { path } = engine.settings.runtime
      await deleteByRuntime(engine.at, { name: runtime, path, globalArguments: ['--root', root] }, id)
      removeTree(join(root, id))
    },
  }
}

function isUnknown(at: Layout, id: string): boolean {
  const isGone = () => !existsSync(paths.container(at, id)) && !existsSync(paths.runContainer(at, id))
  return isFullId(id) && isGone() && !isBeingDeleted(at, `${id}.`) && isGone()
}

function list(folder: string): string[] {
  return absentAsUndefined(() => readdirSync(folder)) ?? []
}
