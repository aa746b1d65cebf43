// The commands that are there twice: `run` and `container run`. Sorted.

import type { CommandRow } from './command-row.ts'

export const containerCommands: Readonly<Record<string, CommandRow>> = {
  attach: {
    summary: 'Attach to a running container',
    load: () => import('./commands/container/attach.ts'),
  },
  commit: {
    summary: 'Create new image based on the changed container',
    load: () => import('./commands/container/commit.ts'),
  },
  cp: {
    summary: 'Copy files and folders between a container and the host',
    load: () => import('./commands/container/cp.ts'),
  },
  create: {
    summary: 'Create but do not start a container',
    load: () => import('./commands/container/create.ts'),
  },
  diff: {
    summary: 'Inspect changes to the root file system of a container',
    load: () => import('./commands/container/diff.ts'),
  },
  exec: {
    summary: 'Run a process in a running container',
    load: () => import('./commands/container/exec.ts'),
  },
  export: {
    summary: 'Export the root file system of a container as a tar archive',
    load: () => import('./commands/container/export.ts'),
  },
  init: {
    summary: 'Initialize one or more containers',
    load: () => import('./commands/container/init.ts'),
  },
  kill: {
    summary: 'Kill one or more running containers with a specific signal',
    load: () => import('./commands/container/kill.ts'),
  },
  logs: {
    summary: 'Fetch the logs of one or more containers',
    load: () => import('./commands/container/logs.ts'),
  },
  mount: {
    summary: 'Mount the root file system of a container',
    load: () => import('./commands/container/mount.ts'),
  },
  pause: {
    summary: 'Pause all the processes in one or more containers',
    load: () => import('./commands/container/pause.ts'),
  },
  port: {
    summary: 'List port mappings or a specific mapping for the container',
    load: () => import('./commands/container/port.ts'),
  },
  rename: { summary: 'Rename an existing container', load: () => import('./commands/container/rename.ts') },
  restart: {
    summary: 'Restart one or more containers',
    load: () => import('./commands/container/restart.ts'),
  },
  rm: { summary: 'Remove one or more containers', load: () => import('./commands/container/rm.ts') },
  run: { summary: 'Run a command in a new container', load: () => import('./commands/container/run.ts') },
  start: { summary: 'Start one or more containers', load: () => import('./commands/container/start.ts') },
  stats: {
    summary: 'Display a live stream of container resource usage statistics',
    load: () => import('./commands/container/stats.ts'),
  },
  stop: { summary: 'Stop one or more containers', load: () => import('./commands/container/stop.ts') },
  top: {
    summary: 'Display the running processes of a container',
    load: () => import('./commands/container/top.ts'),
  },
  unmount: {
    summary: 'Unmount the root file system of a container',
    aliases: ['umount'],
    load: () => import('./commands/container/unmount.ts'),
  },
  unpause: {
    summary: 'Unpause the processes in one or more containers',
    load: () => import('./commands/container/unpause.ts'),
  },
  update: {
    summary: 'Update an existing container',
    load: () => import('./commands/container/update.ts'),
  },
  wait: { summary: 'Block on one or more containers', load: () => import('./commands/container/wait.ts') },
}
