// --progress rawjson: BuildKit's SolveStatus, a line a change, on standard error.

import { writeSync } from 'node:fs'
import { digestOf } from '../../base/digest.ts'
import type { BuildObserver, BuildProgress, StepRef } from '../../engine/build/build-progress.ts'
import { pipedOutput } from './piped-output.ts'

interface Vertex {
  readonly digest: string
  readonly name: string
  readonly started?: string
  readonly completed?: string
  readonly cached?: boolean
  readonly error?: string
}

export function jsonObserver(fd: number): BuildObserver {
  const vertices = new Map<string, Vertex>()
  const write = (status: object) => writeSync(fd, `${JSON.stringify(status)}\n`)
  const update = (at: StepRef, change: Partial<Vertex>) => {
    const key = keyOf(at)
    const vertex: Vertex = { ...(vertices.get(key) ?? { digest: digestOf(key), name: key }), ...change }
    vertices.set(key, vertex)
    write({ vertexes: [vertex] })
  }
  const finish = (at: StepRef, change: Partial<Vertex>) =>
    update(at, { completed: new Date().toISOString(), ...change })
  const tell = (progress: BuildProgress): void => {
    switch (progress.type) {
      case 'step':
        return update(progress.at, { name: nameOf(progress.at, progress.text), started: new Date().toISOString() })
      case 'cached':
        return finish(progress.at, { cached: true })
      case 'step-done':
        return vertices.get(keyOf(progress.at))?.completed === undefined ? finish(progress.at, {}) : undefined
      case 'step-failed':
        return finish(progress.at, { error: progress.error })
      case 'warning':
        return void write({ warnings: [{ level: 1, short: Buffer.from(progress.message).toString('base64') }] })
      case 'cache-pulled':
      case 'cache-pushed':
      case 'commit':
        return undefined
    }
  }
  return {
    tell,
    openOutput: (at) =>
      pipedOutput((stream, data) => {
        const vertex = vertices.get(keyOf(at))?.digest
        const log = { vertex, stream: stream === 'stdout' ? 1 : 2, data: data.toString('base64') }
        write({ logs: [{ ...log, timestamp: new Date().toISOString() }] })
      }),
  }
}

function keyOf({ platform = '', stage, step }: StepRef): string {
  return `${platform} ${stage} ${step}`
}

function nameOf(at: StepRef, text: string): string {
  const stage = at.stageName ?? (at.stages > 1 ? `stage-${at.stage}` : '')
  return `[${stage === '' ? '' : `${stage} `}${at.step}/${at.steps}] ${text}`
}
