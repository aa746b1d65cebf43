// Every command: its words, its summary, and where its file is. Nothing is loaded until it is needed. To add a command, add its row
// here or in container-commands.ts, sorted; an alias of the last word goes into `aliases`, another place in the tree (`ps` and
// `container ls`) is a row of its own.

import { buildahCommands } from './buildah-commands.ts'
import type { CommandRow } from './command-row.ts'
import { containerCommands } from './container-commands.ts'
import { kubeCommands } from './kube-commands.ts'
import { manifestCommands } from './manifest-commands.ts'
import { podCommands } from './pod-commands.ts'
import { systemdCommands } from './systemd-commands.ts'

const build = {
  summary: 'Build an image using instructions from Containerfiles',
  load: async () => import('./commands/image/build.ts'),
}

const pruneBuilds = {
  summary: 'Remove what builds keep for the next ones',
  load: async () => import('./commands/image/prune-builds.ts'),
}

const ownRows: Readonly<Record<string, CommandRow>> = {
  build,
  'builder build': build,
  'builder prune': pruneBuilds,
  'buildx build': build,
  'buildx prune': pruneBuilds,
  'buildx version': {
    summary: 'Show the version of the builder',
    load: async () => import('./commands/image/builder-version.ts'),
  },
  completion: { summary: 'Print a completion script for a shell', load: () => import('./commands/completion.ts') },
  'container checkpoint': {
    summary: 'Checkpoint one or more containers',
    load: () => import('./commands/container/checkpoint.ts'),
  },
  'container cleanup': {
    summary: 'Clean up network and mountpoints of one or more containers',
    load: () => import('./commands/container/cleanup.ts'),
  },
  'container clone': { summary: 'Clone an existing container', load: () => import('./commands/container/clone.ts') },
  'container exists': {
    summary: 'Check if a container exists in local storage',
    load: () => import('./commands/container/exists.ts'),
  },
  'container inspect': {
    summary: 'Display the configuration of a container',
    load: () => import('./commands/container/inspect.ts'),
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
  'container restore': {
    summary: 'Restore one or more containers from a checkpoint',
    load: () => import('./commands/container/restore.ts'),
  },
  'container runlabel': {
    summary: 'Execute the command described by an image label',
    load: () => import('./commands/container/runlabel.ts'),
  },
  copy: { summary: 'Copy an image from one place to another', load: () => import('./commands/image/copy.ts') },
  delete: { summary: 'Delete an image from a registry', load: () => import('./commands/image/delete.ts') },
  doctor: {
    summary: 'Say what is wrong with the host, a container or a path in it, and what helps',
    load: () => import('./commands/doctor.ts'),
  },
  events: { summary: 'Show Gantry system events', load: () => import('./commands/system/events.ts') },
  'generate-sigstore-key': {
    summary: 'Generate a sigstore public/private key pair',
    load: () => import('./commands/image/generate-sigstore-key.ts'),
  },
  'healthcheck run': {
    summary: 'Run the health check of a container',
    load: () => import('./commands/healthcheck/run.ts'),
  },
  help: { summary: 'Help about any command', load: () => import('./commands/help.ts') },
  history: { summary: 'Show history of a specified image', load: () => import('./commands/image/history.ts') },
  'image build': build,
  'image diff': {
    summary: 'Inspect changes to the file systems of an image',
    load: () => import('./commands/image/diff.ts'),
  },
  'image exists': {
    summary: 'Check if an image exists in local storage',
    load: () => import('./commands/image/exists.ts'),
  },
  'image history': { summary: 'Show history of a specified image', load: () => import('./commands/image/history.ts') },
  'image import': {
    summary: 'Import a tarball to create a filesystem image',
    load: () => import('./commands/image/import.ts'),
  },
  'image inspect': {
    summary: 'Display the configuration of an image',
    load: () => import('./commands/image/inspect.ts'),
  },
  'image list': {
    summary: 'List images in local storage',
    aliases: ['ls'],
    load: () => import('./commands/image/list.ts'),
  },
  'image load': { summary: 'Load image(s) from a tar archive', load: () => import('./commands/image/load.ts') },
  'image mount': {
    summary: 'Mount the root file system of an image',
    load: () => import('./commands/image/mount.ts'),
  },
  'image prune': { summary: 'Remove unused images', load: () => import('./commands/image/prune.ts') },
  'image pull': { summary: 'Pull an image from a registry', load: () => import('./commands/image/pull.ts') },
  'image push': { summary: 'Push an image to a registry', load: () => import('./commands/image/push.ts') },
  'image rm': {
    summary: 'Remove one or more images from local storage',
    aliases: ['remove'],
    load: () => import('./commands/image/rm.ts'),
  },
  'image save': { summary: 'Save image(s) to an archive', load: () => import('./commands/image/save.ts') },
  'image scp': {
    summary: 'Securely copy an image from one host to another',
    load: () => import('./commands/image/scp.ts'),
  },
  'image search': { summary: 'Search registry for image', load: () => import('./commands/image/search.ts') },
  'image sign': { summary: 'Sign an image', load: () => import('./commands/image/sign.ts') },
  'image tag': { summary: 'Add an additional name to a local image', load: () => import('./commands/image/tag.ts') },
  'image tree': {
    summary: 'Print layer hierarchy of an image in a tree format',
    load: () => import('./commands/image/tree.ts'),
  },
  'image trust set': {
    summary: 'Set default trust policy or a new trust policy for a registry',
    load: () => import('./commands/image/trust-set.ts'),
  },
  'image trust show': {
    summary: 'Display trust policy for the system',
    load: () => import('./commands/image/trust-show.ts'),
  },
  'image unmount': {
    summary: 'Unmount the root file system of an image',
    aliases: ['umount'],
    load: () => import('./commands/image/unmount.ts'),
  },
  'image untag': { summary: 'Remove a name from a local image', load: () => import('./commands/image/untag.ts') },
  images: { summary: 'List images in local storage', load: () => import('./commands/image/list.ts') },
  import: {
    summary: 'Import a tarball to create a filesystem image',
    load: () => import('./commands/image/import.ts'),
  },
  info: { summary: 'Display Gantry system information', load: () => import('./commands/system/info.ts') },
  inspect: {
    summary: 'Display the configuration of object denoted by ID',
    load: () => import('./commands/inspect.ts'),
  },
  'list-tags': { summary: 'List the tags of a repository', load: () => import('./commands/image/list-tags.ts') },
  load: { summary: 'Load image(s) from a tar archive', load: () => import('./commands/image/load.ts') },
  login: { summary: 'Log in to a container registry', load: () => import('./commands/registry/login.ts') },
  logout: { summary: 'Log out of a container registry', load: () => import('./commands/registry/logout.ts') },
  'manifest-digest': {
    summary: 'Print the digest of a manifest file',
    load: () => import('./commands/image/manifest-digest.ts'),
  },
  'network connect': {
    summary: 'Add container to a network',
    load: () => import('./commands/network/connect.ts'),
  },
  'network create': {
    summary: 'Create networks for containers and pods',
    load: () => import('./commands/network/create.ts'),
  },
  'network disconnect': {
    summary: 'Disconnect a container from a network',
    load: () => import('./commands/network/disconnect.ts'),
  },
  'network exists': { summary: 'Check if network exists', load: () => import('./commands/network/exists.ts') },
  'network inspect': { summary: 'Inspect network', load: () => import('./commands/network/inspect.ts') },
  'network list': { summary: 'List networks', aliases: ['ls'], load: () => import('./commands/network/list.ts') },
  'network prune': { summary: 'Prune unused networks', load: () => import('./commands/network/prune.ts') },
  'network reload': {
    summary: 'Reload firewall rules for one or more containers',
    load: () => import('./commands/network/reload.ts'),
  },
  'network rm': { summary: 'Remove networks', aliases: ['remove'], load: () => import('./commands/network/rm.ts') },
  'network update': { summary: 'Update an existing network', load: () => import('./commands/network/update.ts') },
  ps: { summary: 'List containers', load: () => import('./commands/container/ps.ts') },
  pull: { summary: 'Pull an image from a registry', load: () => import('./commands/image/pull.ts') },
  push: { summary: 'Push an image to a registry', load: () => import('./commands/image/push.ts') },
  rmi: { summary: 'Remove one or more images from local storage', load: () => import('./commands/image/rm.ts') },
  save: { summary: 'Save image(s) to an archive', load: () => import('./commands/image/save.ts') },
  search: { summary: 'Search registry for image', load: () => import('./commands/image/search.ts') },
  'secret create': { summary: 'Create a new secret', load: () => import('./commands/secret/create.ts') },
  'secret exists': { summary: 'Check if a secret exists', load: () => import('./commands/secret/exists.ts') },
  'secret inspect': { summary: 'Inspect a secret', load: () => import('./commands/secret/inspect.ts') },
  'secret ls': { summary: 'List secrets', aliases: ['list'], load: () => import('./commands/secret/list.ts') },
  'secret rm': { summary: 'Remove one or more secrets', load: () => import('./commands/secret/rm.ts') },
  'standalone-sign': {
    summary: 'Create a signature using local files',
    load: () => import('./commands/image/standalone-sign.ts'),
  },
  'standalone-verify': {
    summary: 'Verify a signature using local files',
    load: () => import('./commands/image/standalone-verify.ts'),
  },
  sync: { summary: 'Copy many images from one place to another', load: () => import('./commands/image/sync.ts') },
  'system check': {
    summary: 'Look for damage in the state directory, and repair it',
    load: () => import('./commands/system/check.ts'),
  },
  'system connection list': {
    summary: 'List destinations of remote services',
    aliases: ['ls'],
    load: () => import('./commands/system/connection-list.ts'),
  },
  'system df': {
    summary: 'Show disk usage',
    load: () => import('./commands/system/df.ts'),
  },
  'system events': { summary: 'Show Gantry system events', load: () => import('./commands/system/events.ts') },
  'system info': { summary: 'Display Gantry system information', load: () => import('./commands/system/info.ts') },
  'system locks': {
    summary: 'Show who holds which lock',
    load: () => import('./commands/system/locks.ts'),
  },
  'system migrate': {
    summary: 'Make the rootless user namespace anew, after a change of /etc/subuid',
    load: () => import('./commands/system/migrate.ts'),
  },
  'system prune': {
    summary: 'Remove unused data',
    load: () => import('./commands/system/prune.ts'),
  },
  'system reset': {
    summary: 'Remove all containers, images and the state directory',
    load: () => import('./commands/system/reset.ts'),
  },
  tag: { summary: 'Add an additional name to a local image', load: () => import('./commands/image/tag.ts') },
  unshare: {
    summary: 'Run a command in the user namespace of rootless containers',
    load: () => import('./commands/unshare.ts'),
  },
  untag: { summary: 'Remove a name from a local image', load: () => import('./commands/image/untag.ts') },
  version: { summary: 'Show the version', load: () => import('./commands/version.ts') },
  'volume create': { summary: 'Create a new volume', load: () => import('./commands/volume/create.ts') },
  'volume exists': { summary: 'Check if a volume exists', load: () => import('./commands/volume/exists.ts') },
  'volume export': {
    summary: 'Write the content of a volume as a tar',
    load: () => import('./commands/volume/export.ts'),
  },
  'volume import': { summary: 'Unpack a tar into a volume', load: () => import('./commands/volume/import.ts') },
  'volume inspect': {
    summary: 'Display detailed information on one or more volumes',
    load: () => import('./commands/volume/inspect.ts'),
  },
  'volume ls': { summary: 'List volumes', aliases: ['list'], load: () => import('./commands/volume/list.ts') },
  'volume mount': { summary: 'Mount a volume and print where', load: () => import('./commands/volume/mount.ts') },
  'volume prune': { summary: 'Remove all unused volumes', load: () => import('./commands/volume/prune.ts') },
  'volume reload': {
    summary: 'Ask the volume plugins what they have',
    load: () => import('./commands/volume/reload.ts'),
  },
  'volume rm': {
    summary: 'Remove one or more volumes',
    aliases: ['remove'],
    load: () => import('./commands/volume/rm.ts'),
  },
  'volume unmount': { summary: 'Unmount a volume', load: () => import('./commands/volume/unmount.ts') },
}

/** Sorted. */
export const commandTable: Readonly<Record<string, CommandRow>> = Object.fromEntries(
  [
    ...Object.entries(ownRows),
    ...Object.entries(buildahCommands),
    ...Object.entries(manifestCommands),
    ...Object.entries(kubeCommands),
    ...Object.entries(podCommands),
    ...Object.entries(systemdCommands),
    ...Object.entries(containerCommands),
    ...Object.entries(containerCommands).map(([name, row]) => [`container ${name}`, row] as const),
  ].sort(([a], [b]) => (a < b ? -1 : 1)),
)
