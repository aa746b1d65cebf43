// The commands of pods. Sorted.

import type { CommandRow } from './command-row.ts'

export const podCommands: Readonly<Record<string, CommandRow>> = {
  'pod clone': { summary: 'Clone an existing pod', load: () => import('./commands/pod/clone.ts') },
  'pod create': { summary: 'Create a new empty pod', load: () => import('./commands/pod/create.ts') },
  'pod exists': { summary: 'Check if a pod exists in local storage', load: () => import('./commands/pod/exists.ts') },
  'pod inspect': { summary: 'Display a pod configuration', load: () => import('./commands/pod/inspect.ts') },
  'pod kill': {
    summary: 'Send the specified signal or SIGKILL to containers in pod',
    load: () => import('./commands/pod/kill.ts'),
  },
  'pod logs': { summary: 'Fetch the logs of the containers of a pod', load: () => import('./commands/pod/logs.ts') },
  'pod pause': { summary: 'Pause one or more pods', load: () => import('./commands/pod/pause.ts') },
  'pod prune': {
    summary: 'Remove all stopped pods and their containers',
    load: () => import('./commands/pod/prune.ts'),
  },
  'pod ps': { summary: 'List pods', aliases: ['list', 'ls'], load: () => import('./commands/pod/ps.ts') },
  'pod restart': { summary: 'Restart one or more pods', load: () => import('./commands/pod/restart.ts') },
  'pod rm': { summary: 'Remove one or more pods', load: () => import('./commands/pod/rm.ts') },
  'pod start': { summary: 'Start one or more pods', load: () => import('./commands/pod/start.ts') },
  'pod stats': {
    summary: 'Display a live stream of resource usage statistics for the containers of pods',
    load: () => import('./commands/pod/stats.ts'),
  },
  'pod stop': { summary: 'Stop one or more pods', load: () => import('./commands/pod/stop.ts') },
  'pod top': { summary: 'Display the running processes of a pod', load: () => import('./commands/pod/top.ts') },
  'pod unpause': { summary: 'Unpause one or more pods', load: () => import('./commands/pod/unpause.ts') },
}
