// The commands of Kubernetes manifests. Sorted.

import type { CommandRow } from './command-row.ts'

const play: CommandRow = {
  summary: 'Play a pod or volume based on Kubernetes YAML',
  load: () => import('./commands/kube/play.ts'),
}

export const kubeCommands: Readonly<Record<string, CommandRow>> = {
  'kube down': { summary: 'Remove pods based on Kubernetes YAML', load: () => import('./commands/kube/down.ts') },
  'kube play': play,
  'play kube': play,
}
