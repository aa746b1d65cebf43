// The commands of Kubernetes manifests. Sorted.

import type { CommandRow } from './command-row.ts'

const play: CommandRow = {
  summary: 'Play a pod or volume based on Kubernetes YAML',
  load: () => import('./commands/kube/play.ts'),
}

const generate: CommandRow = {
  summary: 'Generate Kubernetes YAML from containers, pods or volumes',
  load: () => import('./commands/kube/generate.ts'),
}

export const kubeCommands: Readonly<Record<string, CommandRow>> = {
  'generate kube': generate,
  'kube apply': {
    summary: 'Deploy a container, pod, volume, or Kubernetes YAML to a Kubernetes cluster',
    load: () => import('./commands/kube/apply.ts'),
  },
  'kube down': { summary: 'Remove pods based on Kubernetes YAML', load: () => import('./commands/kube/down.ts') },
  'kube generate': generate,
  'kube play': play,
  'play kube': play,
}
