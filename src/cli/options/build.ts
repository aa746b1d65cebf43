// The flags of build: podman's, and docker's where podman has none.

import { defineOptions } from '../command.ts'
import { buildCacheOptions } from './build-cache.ts'
import { buildRefusedOptions } from './build-refused.ts'
import { buildRunOptions } from './build-run.ts'
import { decryptionOptions } from './encryption.ts'
import { registryOptions } from './registry-access.ts'

const sourceOptions = defineOptions({
  'build-arg': { type: 'strings', value: 'argument=value', describe: 'Give an ARG a value', complete: 'none' },
  'build-arg-file': { type: 'strings', value: 'file', describe: 'Read values of ARGs from a file', complete: 'file' },
  'build-context': {
    type: 'strings',
    value: 'name=value',
    describe: 'Another context: a folder, docker-image://IMAGE, or a URL; FROM and --from take it by its name',
    complete: 'none',
  },
  file: {
    type: 'strings',
    short: 'f',
    value: 'pathname',
    describe: 'Containerfile to follow; - is standard input',
    complete: 'file',
  },
  from: { type: 'string', value: 'image', describe: 'Take this image instead of the first FROM’s', complete: 'image' },
  ignorefile: {
    type: 'string',
    value: 'file',
    describe: 'Read this file instead of .containerignore',
    complete: 'file',
  },
  'cpp-flag': {
    type: 'strings',
    value: 'flag',
    describe: 'Flag of cpp, which a Containerfile named *.in goes through',
    complete: 'none',
  },
  secret: { type: 'strings', value: 'id=ID[,src=FILE|,env=NAME]', describe: 'A secret for RUN --mount=type=secret' },
  ssh: { type: 'strings', value: 'default|ID[=SOCKET|KEY]', describe: 'An agent or key for RUN --mount=type=ssh' },
  target: { type: 'string', value: 'stage', describe: 'Build up to this stage', complete: 'none' },
})

const howOptions = defineOptions({
  'runtime-flag': {
    type: 'strings',
    value: 'flag',
    isCommaSeparated: true,
    describe: 'Flag of the OCI runtime, without its dashes',
    complete: 'none',
  },
  'compat-volumes': { type: 'boolean', describe: 'RUN changes nothing in volumes of the image: only ADD and COPY do' },
  check: { type: 'boolean', describe: 'Look for doubtful things in the Dockerfile, and build nothing' },
  'hooks-dir': {
    type: 'strings',
    value: 'folder',
    describe: 'Folder with OCI hooks for RUN, beside the configured ones',
    complete: 'folder',
  },
  jobs: { type: 'number', value: 'number', describe: 'How many steps run at once; 0 for as many as can' },
  layers: { type: 'boolean', default: true, describe: 'Keep a layer a step, and take them from the cache' },
  logfile: { type: 'string', value: 'file', describe: 'Write what the build says to a file', complete: 'file' },
  progress: {
    type: 'string',
    value: 'type',
    default: 'auto',
    describe: 'How progress is shown: auto, plain, tty, rawjson, quiet',
    choices: ['auto', 'plain', 'tty', 'rawjson', 'quiet'],
  },
  pull: {
    type: 'string',
    value: 'policy',
    default: 'missing',
    bare: 'true',
    describe: 'Fetch base images: always, missing, never, newer (a bare --pull is always)',
  },
  'pull-always': { type: 'boolean', isHidden: true, describe: 'Same as --pull=always' },
  'pull-never': { type: 'boolean', isHidden: true, describe: 'Same as --pull=never' },
  quiet: { type: 'boolean', short: 'q', describe: 'Print the image id alone' },
  logsplit: { type: 'boolean', describe: 'With --logfile: a file a platform, the platform at the end of its name' },
  'skip-unused-stages': { type: 'boolean', default: true, describe: 'Leave stages out that the target does not need' },
})

const imageOptions = defineOptions({
  annotation: { type: 'strings', value: 'name=value', describe: 'Annotation of the image', complete: 'none' },
  arch: { type: 'string', describe: 'Architecture of the image' },
  env: { type: 'strings', value: 'name[=value]', describe: 'Set a variable in the image' },
  format: {
    type: 'string',
    value: 'format',
    describe: 'Format of the image: oci or docker; BUILDAH_FORMAT says otherwise',
    default: 'oci',
  },
  'identity-label': { type: 'boolean', default: true, describe: 'Label the image with what built it' },
  iidfile: { type: 'string', value: 'file', describe: 'Write the image id to a file', complete: 'file' },
  label: { type: 'strings', value: 'name=value', describe: 'Label of the image', complete: 'none' },
  'layer-label': {
    type: 'strings',
    value: 'name=value',
    describe: 'Label of intermediate images: there are none, so it does nothing',
    complete: 'none',
  },
  manifest: {
    type: 'string',
    value: 'name',
    describe: 'Add the image to a manifest list, which is made if need be',
    complete: 'image',
  },
  'metadata-file': {
    type: 'string',
    value: 'file',
    describe: 'Write what was built as JSON to a file',
    complete: 'file',
  },
  'omit-history': { type: 'boolean', describe: 'Leave the history out of the image' },
  os: { type: 'string', describe: 'Operating system of the image' },
  'os-feature': { type: 'strings', value: 'feature', describe: 'Feature of the operating system that the image needs' },
  'os-version': { type: 'string', value: 'version', describe: 'Version of the operating system that the image needs' },
  output: {
    type: 'strings',
    short: 'o',
    value: 'type=TYPE,dest=PATH',
    describe: 'Where the result goes: local, tar, oci, docker or image',
  },
  platform: {
    type: 'strings',
    value: 'os/arch[/variant]',
    isCommaSeparated: true,
    describe: 'Platforms to build for; several need --manifest',
  },
  'rewrite-timestamp': { type: 'boolean', describe: 'Files newer than --source-date-epoch become as old' },
  'source-date-epoch': {
    type: 'string',
    value: 'seconds',
    describe: 'Date the image and its history; SOURCE_DATE_EPOCH says the same',
  },
  squash: { type: 'boolean', describe: 'Make one layer of all new ones' },
  'squash-all': { type: 'boolean', describe: 'Make one layer of all, the base image’s too' },
  tag: { type: 'strings', short: 't', value: 'name', describe: 'Name for the image', complete: 'image' },
  timestamp: { type: 'number', value: 'seconds', describe: 'Date the image, its history and its files' },
  unsetenv: { type: 'strings', value: 'name', describe: 'Leave a variable out of the image' },
  unsetlabel: { type: 'strings', value: 'name', describe: 'Leave a label out of the image' },
  variant: { type: 'string', describe: 'Variant of the architecture of the image' },
})

/** Of other builders, for things that are always so here. */
const idleOptions = defineOptions({
  compress: { type: 'boolean', describe: 'Does nothing: layers are compressed when they are pushed' },
  'disable-compression': {
    type: 'boolean',
    short: 'D',
    default: true,
    describe: 'Does nothing: layers are not compressed in the store',
  },
  'disable-content-trust': { type: 'boolean', describe: 'Does nothing: there is no content trust to disable' },
  'force-rm': { type: 'boolean', default: true, describe: 'Does nothing: nothing is left of a build that fails' },
  isolation: {
    type: 'string',
    value: 'type',
    describe: 'How RUN is kept apart: oci, as all are; rootless is the same',
  },
  load: { type: 'boolean', describe: 'Does nothing: the image is in the local store' },
  rm: { type: 'boolean', default: true, describe: 'Does nothing: nothing but the cache is left of a build' },
})

export const buildOptions = {
  ...buildRefusedOptions,
  ...registryOptions,
  ...decryptionOptions,
  ...buildCacheOptions,
  ...sourceOptions,
  ...howOptions,
  ...imageOptions,
  ...idleOptions,
  ...buildRunOptions,
} as const
