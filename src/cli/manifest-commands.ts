// The commands of manifest lists. Sorted.

import type { CommandRow } from './command-row.ts'

export const manifestCommands: Readonly<Record<string, CommandRow>> = {
  'manifest add': {
    summary: 'Add images or artifacts to a manifest list or image index',
    load: () => import('./commands/manifest/add.ts'),
  },
  'manifest annotate': {
    summary: 'Add or update information about an entry in a manifest list or image index',
    load: () => import('./commands/manifest/annotate.ts'),
  },
  'manifest create': {
    summary: 'Create manifest list or image index',
    load: () => import('./commands/manifest/create.ts'),
  },
  'manifest exists': {
    summary: 'Check if a manifest list exists in local storage',
    load: () => import('./commands/manifest/exists.ts'),
  },
  'manifest inspect': {
    summary: 'Display the contents of a manifest list or image index',
    load: () => import('./commands/manifest/inspect.ts'),
  },
  'manifest push': {
    summary: 'Push a manifest list or image index to a registry',
    load: () => import('./commands/manifest/push.ts'),
  },
  'manifest remove': {
    summary: 'Remove an item from a manifest list or image index',
    load: () => import('./commands/manifest/remove.ts'),
  },
  'manifest rm': {
    summary: 'Remove manifest list or image index from local storage',
    load: () => import('./commands/manifest/rm.ts'),
  },
}
