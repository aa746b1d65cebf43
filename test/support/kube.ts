// Manifests of pods of busybox containers, as JSON, which is YAML, too.

import { busyboxName } from './busybox-image.ts'

type Members = Readonly<Record<string, unknown>>

/** One that runs `script`. */
export function busyboxContainer(name: string, script: string, more: Members = {}): Members {
  return { name, image: busyboxName, imagePullPolicy: 'Never', command: ['sh', '-c', script], ...more }
}

/** Unless `spec` says otherwise, what has ended is not started again, and nobody waits for what is to end. */
export function podManifest(name: string, spec: Members, metadata: Members = {}): string {
  return manifest('Pod', {
    metadata: { name, ...metadata },
    spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, ...spec },
  })
}

export function manifest(kind: string, members: Members): string {
  return JSON.stringify({ apiVersion: 'v1', kind, ...members })
}

/** One stream of several documents. */
export function documents(...texts: readonly string[]): string {
  return texts.join('\n---\n')
}
