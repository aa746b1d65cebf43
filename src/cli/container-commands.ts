// The rows of the command table below `container`; see command-table.ts.

import type { CommandRow } from './command-row.ts'

export const containerCommands: Readonly<Record<string, CommandRow>> = {
  'container attach': {
    summary: 'Attach to a running container',
    load: () => import('./commands/container/attach.ts'),
  },
  'container cleanup': {
    summary: 'Clean up network and mountpoints of one or more containers',
    load: () => import('./commands/container/cleanup.ts'),
  },
  'container commit': {
    summary: 'Create new image based on the changed container',
    load: () => import('./commands/container/commit.ts'),
  },
  'container cp': {
    summary: 'Copy files and folders between a container and the host',
    load: () => import('./commands/container/cp.ts'),
  },
  'container create': {
    summary: 'Create but do not start a container',
    load: () => import('./commands/container/create.ts'),
  },
  'container diff': {
    summary: 'Inspect changes to the root file system of a container',
    load: () => import('./commands/container/diff.ts'),
  },
  'container exec': {
    summary: 'Run a process in a running container',
    load: () => import('./commands/container/exec.ts'),
  },
  'container exists': {
    summary: 'Check if a container exists in local storage',
    load: () => import('./commands/container/exists.ts'),
  },
  'container export': {
    summary: 'Export the root file system of a container as a tar archive',
    load: () => import('./commands/container/export.ts'),
  },
  'container init': {
    summary: 'Initialize one or more containers',
    load: () => import('./commands/container/init.ts'),
  },
  'container inspect': {
    summary: 'Display the configuration of a container',
    load: () => import('./commands/container/inspect.ts'),
  },
  'container kill': {
    summary: 'Kill one or more running containers with a specific signal',
    load: () => import('./commands/container/kill.ts'),
  },
  'container logs': {
    summary: 'Fetch the logs of one or more containers',
    load: () => import('./commands/container/logs.ts'),
  },
  'container mount': {
    summary: 'Mount the root file system of a container',
    load: () => import('./commands/container/mount.ts'),
  },
  'container pause': {
    summary: 'Pause all the processes in one or more containers',
    load: () => import('./commands/container/pause.ts'),
  },
  'container port': {
    summary: 'List port mappings or a specific mapping for the container',
    load: () => import('./commands/container/port.ts'),
  },
  'container prune': {
    summary: 'Remove all non running containers',
    load: () => import('./commands/container/prune.ts'),
  },
  'container ps': {
    summary: 'List containers',
    aliases: ['list', 'ls'],
    load: () => import('./commands/container/ps.ts'),
  },
  'container rename': { summary: 'Rename an existing container', load: () => import('./commands/container/rename.ts') },
  'container restart': {
    summary: 'Restart one or more containers',
    load: () => import('./commands/container/restart.ts'),
  },
  'container rm': { summary: 'Remove one or more containers', load: () => import('./commands/container/rm.ts') },
  'container run': { summary: 'Run a command in a new container', load: () => import('./commands/container/run.ts') },
  'container start': { summary: 'Start one or more containers', load: () => import('./commands/container/start.ts') },
  'container stop': { summary: 'Stop one or more containers', load: () => import('./commands/container/stop.ts') },
  'container top': {
    summary: 'Display the running processes of a container',
    load: () => import('./commands/container/top.ts'),
  },
  'container unmount': {
    summary: 'Unmount the root file system of a container',
    aliases: ['umount'],
    load: () => import('./commands/container/unmount.ts'),
  },
  'container unpause': {
    summary: 'Unpause the processes in one or more containers',
    load: () => import('./commands/container/unpause.ts'),
  },
  'container wait': { summary: 'Block on one or more containers', load: () => import('./commands/container/wait.ts') },
}
