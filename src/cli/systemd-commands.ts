// The commands of what systemd, or another init system, does with containers. Sorted.

import type { CommandRow } from './command-row.ts'

export const systemdCommands: Readonly<Record<string, CommandRow>> = {
  'generate systemd': {
    summary: '[DEPRECATED] Generate systemd units',
    load: () => import('./commands/systemd/generate.ts'),
  },
  quadlet: { summary: 'Make systemd services of quadlet files', load: () => import('./commands/systemd/quadlet.ts') },
}
