// buildah's verbs, for scripts that were written for it. Those that we have under another word anyway are the same commands.

import type { CommandRow } from './command-row.ts'

const build = {
  summary: 'Build an image using instructions from Containerfiles',
  aliases: ['bud', 'build-using-dockerfile'],
  load: () => import('./commands/image/build.ts'),
}

export const buildahCommands: Readonly<Record<string, CommandRow>> = {
  'buildah add': {
    summary: 'Add files to a working container, archives unpacked',
    load: () => import('./commands/buildah/add.ts'),
  },
  'buildah build': build,
  'buildah commit': {
    summary: 'Create an image of a working container',
    load: () => import('./commands/buildah/commit.ts'),
  },
  'buildah config': {
    summary: 'Configure the image that a working container becomes',
    load: () => import('./commands/buildah/config.ts'),
  },
  'buildah containers': {
    summary: 'List working containers',
    aliases: ['list', 'ls', 'ps'],
    load: () => import('./commands/buildah/containers.ts'),
  },
  'buildah copy': { summary: 'Copy files into a working container', load: () => import('./commands/buildah/copy.ts') },
  'buildah from': {
    summary: 'Create a working container of an image',
    load: () => import('./commands/buildah/from.ts'),
  },
  'buildah images': { summary: 'List images in local storage', load: () => import('./commands/image/list.ts') },
  'buildah info': { summary: 'Display Gantry system information', load: () => import('./commands/system/info.ts') },
  'buildah inspect': {
    summary: 'Inspect a working container or an image',
    load: () => import('./commands/buildah/inspect.ts'),
  },
  'buildah login': { summary: 'Log in to a container registry', load: () => import('./commands/registry/login.ts') },
  'buildah logout': { summary: 'Log out of a container registry', load: () => import('./commands/registry/logout.ts') },
  'buildah mount': {
    summary: 'Mount the root file system of a working container',
    load: () => import('./commands/buildah/mount.ts'),
  },
  'buildah pull': { summary: 'Pull an image from a registry', load: () => import('./commands/image/pull.ts') },
  'buildah push': { summary: 'Push an image to a registry', load: () => import('./commands/image/push.ts') },
  'buildah rename': { summary: 'Rename a working container', load: () => import('./commands/container/rename.ts') },
  'buildah rm': {
    summary: 'Remove one or more working containers',
    aliases: ['delete'],
    load: () => import('./commands/buildah/rm.ts'),
  },
  'buildah rmi': {
    summary: 'Remove one or more images from local storage',
    load: () => import('./commands/image/rm.ts'),
  },
  'buildah run': { summary: 'Run a command in a working container', load: () => import('./commands/buildah/run.ts') },
  'buildah tag': { summary: 'Add an additional name to a local image', load: () => import('./commands/image/tag.ts') },
  'buildah unmount': {
    summary: 'Unmount the root file system of a working container',
    aliases: ['umount'],
    load: () => import('./commands/buildah/unmount.ts'),
  },
  'buildah unshare': {
    summary: 'Run a command in a modified user namespace',
    load: () => import('./commands/unshare.ts'),
  },
  'buildah untag': {
    summary: 'Remove a name from a locally-stored image',
    load: () => import('./commands/image/untag.ts'),
  },
  'buildah version': { summary: 'Display the Gantry version information', load: () => import('./commands/version.ts') },
}
