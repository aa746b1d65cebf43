// The flags before the command. `local` ones stand only there, as podman's; `persistent` ones are known to every command.

import { defineOptions, type OptionTable } from './command.ts'

export const persistentOptions = defineOptions({
  'cgroup-manager': {
    type: 'string',
    describe: 'Who makes cgroups: "cgroupfs" or "systemd"',
    choices: ['cgroupfs', 'systemd'],
  },
  conmon: { type: 'string', describe: 'Refused: Gantry has a monitor of its own', complete: 'file' },
  'events-backend': {
    type: 'string',
    describe: 'Where events go: "file", "journald" or "none"',
    choices: ['file', 'journald', 'none'],
  },
  help: { type: 'boolean', short: 'h', describe: 'Help for gantry' },
  'hooks-dir': { type: 'strings', describe: 'Folder of OCI hooks; later ones are stronger', complete: 'folder' },
  imagestore: { type: 'string', describe: 'Refused: images and containers share one root', complete: 'folder' },
  'lock-timeout': {
    type: 'string',
    value: 'duration',
    describe: 'How long to wait for another command on the same object; 0 waits forever',
  },
  'log-level': {
    type: 'string',
    describe: 'Log messages from this level on (trace, debug, info, warn, warning, error, fatal, panic)',
    default: 'warn',
  },
  'network-cmd-path': { type: 'string', describe: 'Refused: helpers are found on PATH', complete: 'file' },
  'network-config-dir': { type: 'string', describe: 'Refused: networks are not made yet', complete: 'folder' },
  root: { type: 'string', describe: 'Folder that keeps images and containers', complete: 'folder' },
  runroot: { type: 'string', describe: 'Folder that keeps what a reboot may lose', complete: 'folder' },
  runtime: { type: 'string', describe: 'OCI runtime, by name or path (default "runc")', complete: 'file' },
  'runtime-flag': { type: 'strings', describe: 'Global flag for the OCI runtime, without its dashes' },
  'storage-driver': {
    type: 'string',
    describe: 'Storage driver: "overlay", "fuse-overlayfs" or "vfs" (default: the first that works)',
  },
  'storage-opt': { type: 'strings', describe: 'Option of the storage driver' },
  syslog: { type: 'boolean', describe: 'Refused: log lines go to standard error' },
  tmpdir: {
    type: 'string',
    describe: 'The same as --runroot, which wins',
    complete: 'folder',
  },
  'transient-store': { type: 'boolean', describe: 'Refused: containers are always kept in --root' },
  volumepath: { type: 'string', describe: 'Folder that keeps named volumes', complete: 'folder' },
  'db-backend': { type: 'string', describe: 'Ignored: there is no database', isHidden: true },
  'registries-conf': { type: 'string', describe: 'Path of registries.conf', isHidden: true, complete: 'file' },
  'max-workers': { type: 'number', describe: 'Ignored: work is spread over the processors there are', isHidden: true },
  'network-backend': {
    type: 'string',
    describe: 'Only "netavark" is accepted: the backend is our own',
    isHidden: true,
  },
  namespace: { type: 'string', describe: 'Refused: one root, one view', isHidden: true },
  'cpu-profile': { type: 'string', describe: 'Refused: use NODE_OPTIONS=--cpu-prof', isHidden: true },
  'memory-profile': { type: 'string', describe: 'Refused: use NODE_OPTIONS=--heap-prof', isHidden: true },
  'default-mounts-file': {
    type: 'string',
    describe: 'Path of mounts.conf',
    isHidden: true,
    complete: 'file',
  },
  'pull-option': {
    type: 'strings',
    describe:
      'How images are pulled: enable_partial_images=true, convert_images=false, use_hard_links=false are what is done',
    isHidden: true,
  },
  trace: { type: 'boolean', describe: 'Refused: use GANTRY_TRACE', isHidden: true },
})

export const localOptions = defineOptions({
  config: { type: 'string', describe: 'Folder of the file config.json with registry credentials', complete: 'folder' },
  connection: { type: 'string', short: 'c', describe: 'Refused: there is no service to connect to' },
  context: { type: 'string', describe: 'Accepted when "default"', isHidden: true },
  debug: { type: 'boolean', short: 'D', describe: 'The same as --log-level=debug', isHidden: true },
  host: { type: 'string', short: 'H', describe: 'Refused: there is no service to connect to', isHidden: true },
  identity: { type: 'string', describe: 'Refused: there is no service to connect to', complete: 'file' },
  module: { type: 'strings', describe: 'Load this containers.conf(5) module', complete: 'file' },
  noout: { type: 'boolean', describe: 'Print nothing on standard output', isHidden: true },
  out: { type: 'string', describe: 'Send standard output to this file', complete: 'file' },
  remote: { type: 'boolean', short: 'r', describe: 'Refused: there is no service to connect to' },
  ssh: { type: 'string', describe: 'Refused: there is no service to connect to' },
  url: { type: 'string', describe: 'Refused: there is no service to connect to' },
  version: { type: 'boolean', short: 'v', describe: 'Version of gantry' },
})

export const rootOptions: OptionTable = { ...persistentOptions, ...localOptions }
