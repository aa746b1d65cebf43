// The commands of what systemd, or another init system, does with containers. Sorted.

import type { CommandRow } from './command-row.ts'

export const systemdCommands: Readonly<Record<string, CommandRow>> = {
  'auto-update': {
    summary: 'Auto update containers according to their auto-update policy',
    load: () => import('./commands/systemd/auto-update.ts'),
  },
  'boot disable': { summary: 'Take away what boot enable wrote', load: () => import('./commands/boot/disable.ts') },
  'boot enable': {
    summary: 'Let the init system start containers after a boot',
    load: () => import('./commands/boot/enable.ts'),
  },
  'boot start': {
    summary: 'Start the containers that are to run after a boot',
    load: () => import('./commands/boot/start.ts'),
  },
  'boot status': {
    summary: 'Show whether containers are started after a boot',
    load: () => import('./commands/boot/status.ts'),
  },
  'generate systemd': {
    summary: '[DEPRECATED] Generate systemd units',
    load: () => import('./commands/systemd/generate.ts'),
  },
  quadlet: { summary: 'Make systemd services of quadlet files', load: () => import('./commands/systemd/quadlet.ts') },
}
