// Flags of what a container is called, made from, and how it ends → the rest of the spec, and how it is created.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defined } from '../../base/defined.ts'
import { errnoOf, invalid } from '../../base/errors.ts'
import { signalNumber } from '../../base/signal-number.ts'
import type { ContainerSpec, RootfsSource } from '../../spec/container-spec.ts'
import { isIdMapOption, parseIdMapOption } from '../../spec/mount-id-map.ts'
import { parseRestart, type RestartPolicy } from '../../spec/restart.ts'
import type { StopFacet } from '../../spec/stop.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { keyValue } from '../key-value.ts'
import { registryOptions } from './registry-access.ts'

export const identityOptions = defineOptions({
  annotation: { type: 'strings', value: 'name=value', describe: 'Add an annotation, for the runtime' },
  arch: {
    type: 'string',
    aliases: ['override-arch'],
    value: 'architecture',
    describe: "Choose an image by architecture instead of this machine's",
  },
  authfile: { type: 'string', value: 'file', describe: 'Credentials for registries', complete: 'file' },
  cidfile: {
    type: 'string',
    value: 'file',
    describe: 'Write the id to this file, which goes with the container',
    complete: 'file',
  },
  'conmon-pidfile': {
    type: 'string',
    value: 'file',
    describe: "Write the monitor's pid to this file",
    complete: 'file',
  },
  'disable-content-trust': {
    type: 'boolean',
    isHidden: true,
    describe: 'Does nothing: for scripts written for docker',
  },
  label: { type: 'strings', short: 'l', value: 'name=value', describe: 'Add a label' },
  'label-file': { type: 'strings', value: 'file', describe: 'Read labels from a file', complete: 'file' },
  name: { type: 'string', value: 'name', describe: 'Name of the container; a random one unless said' },
  os: {
    type: 'string',
    aliases: ['override-os'],
    value: 'system',
    describe: "Choose an image by operating system instead of this machine's",
  },
  pidfile: { type: 'string', value: 'file', describe: "Write the container's pid to this file", complete: 'file' },
  platform: { type: 'string', value: 'os/arch', describe: 'Choose an image by platform' },
  pull: { type: 'string', value: 'policy', describe: 'Pull the image: always, missing, never, newer' },
  quiet: { type: 'boolean', short: 'q', describe: 'Show no progress of a pull' },
  replace: { type: 'boolean', describe: 'Remove a container of the same name first' },
  requires: {
    type: 'strings',
    value: 'container',
    isCommaSeparated: true,
    describe: 'Start these containers before it',
    complete: 'container',
  },
  restart: {
    type: 'string',
    value: 'policy',
    describe: 'What follows its end: no, always, unless-stopped, on-failure[:N]; with ,unhealthy also a failed health',
  },
  retry: registryOptions.retry,
  'retry-delay': registryOptions['retry-delay'],
  rm: { type: 'boolean', describe: 'Remove the container when it has ended' },
  rootfs: { type: 'boolean', describe: 'The first argument is no image, but the path of a root file system' },
  'stop-signal': { type: 'string', value: 'signal', describe: "Signal that stops it; the image's, or TERM" },
  'stop-timeout': { type: 'number', value: 'seconds', describe: 'Seconds from the stop signal to KILL' },
  timeout: { type: 'number', value: 'seconds', describe: 'Kill it when it has run so long; 0 never' },
  'tls-verify': { type: 'boolean', default: true, describe: 'Require HTTPS and verify certificates of registries' },
  variant: {
    type: 'string',
    aliases: ['override-variant'],
    value: 'variant',
    describe: 'Choose an image by variant of the architecture',
  },
})

type IdentityInvocation = Invocation<typeof identityOptions>
type PullPolicy = Extract<RootfsSource, { kind: 'image' }>['pull']

/** @throws invalid `arguments-invalid`, `replace-without-name` */
export function checkIdentity({ options, args }: IdentityInvocation): void {
  if (args[0] === undefined) throw invalid('arguments-invalid', 'requires at least 1 arg(s), only received 0')
  if (options.replace && (options.name ?? '') === '') {
    throw invalid('replace-without-name', 'cannot replace container without --name being set')
  }
}

/** `first`: the image, or with --rootfs a path. @throws invalid `platform-conflict`, `pull-policy-invalid`, `rootfs-invalid`, `mount-invalid` */
export function sourceOf({ options }: IdentityInvocation, first: string, configured: PullPolicy): RootfsSource {
  if (options.rootfs) return rootfsSource(first)
  const platform = platformOf(options)
  return {
    kind: 'image',
    reference: first,
    pull: options.pull === undefined ? configured : parsePullPolicy(options.pull),
    ...(platform === undefined ? {} : { platform }),
  }
}

/** @throws invalid `label-invalid`, `label-file-unreadable` */
export function labelsOf({ options }: IdentityInvocation): Record<string, string> {
  const lines = options['label-file'].flatMap(readLabelFile)
  return Object.fromEntries([...lines, ...options.label].map((text) => keyValue(text)))
}

/** @throws invalid `annotation-invalid` */
export function annotationsOf({ options }: IdentityInvocation): Record<string, string> {
  return Object.fromEntries(
    options.annotation.map((text) => {
      const at = text.indexOf('=')
      if (at === -1) throw invalid('annotation-invalid', 'annotations must be formatted KEY=VALUE')
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

/** @throws invalid `signal-invalid`, `stop-timeout-invalid`, `timeout-invalid` */
export function stopFacet({ options }: IdentityInvocation): StopFacet {
  const timeout = options['stop-timeout']
  const signal = options['stop-signal']
  if (timeout !== undefined && (!Number.isInteger(timeout) || timeout < 0)) {
    throw invalid(
      'stop-timeout-invalid',
      `invalid argument "${timeout}" for "--stop-timeout" flag: it must be 0 or more`,
    )
  }
  const lifetime = options.timeout
  if (lifetime !== undefined && (!Number.isInteger(lifetime) || lifetime < 0)) {
    throw invalid('timeout-invalid', `invalid argument "${lifetime}" for "--timeout" flag: it must be 0 or more`)
  }
  return {
    ...(lifetime === undefined ? {} : { lifetimeSeconds: lifetime }),
    ...(signal === undefined || signal === '' ? {} : { signal: signalNumber(signal) }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
  }
}

/** Absolute: the start that writes them may have another working folder. */
export function pidFilesOf({ options }: IdentityInvocation): { pidFiles?: NonNullable<ContainerSpec['pidFiles']> } {
  const files = defined({
    container: options.pidfile === undefined ? undefined : resolve(options.pidfile),
    monitor: options['conmon-pidfile'] === undefined ? undefined : resolve(options['conmon-pidfile']),
  })
  return Object.keys(files).length === 0 ? {} : { pidFiles: files }
}

/** Absolute: its removal may have another working folder. */
export function cidFileOf({ options }: IdentityInvocation): { cidFile?: string } {
  return options.cidfile === undefined || options.cidfile === '' ? {} : { cidFile: resolve(options.cidfile) }
}

/** @throws invalid `restart-invalid` */
export function restartOf({ options }: IdentityInvocation): RestartPolicy {
  const { restart: policy } = parseRestart(options.restart ?? '')
  if (options.rm && policy.policy !== 'no' && policy.policy !== 'on-failure') {
    throw invalid(
      'restart-conflict',
      'the --rm option conflicts with --restart, when the restartPolicy is not "" and "no"',
    )
  }
  return policy
}

function rootfsSource(text: string): RootfsSource {
  const [path = '', ...options] = text.split(':')
  const idMap = options.find(isIdMapOption)
  const unknown = options.find((option) => option !== 'O' && option !== idMap)
  if (unknown !== undefined) throw invalid('rootfs-invalid', `invalid option ${JSON.stringify(unknown)} for --rootfs`)
  const isOverlay = options.includes('O')
  if (isOverlay && idMap !== undefined) {
    throw invalid('rootfs-invalid', "the options 'O' and 'idmap' of --rootfs cannot be used together")
  }
  if (path === '') throw invalid('rootfs-invalid', '--rootfs needs the path of a folder')
  if (idMap !== undefined) parseIdMapOption(idMap)
  return { kind: 'rootfs', path: resolve(path), isOverlay, ...defined({ idMap }) }
}

function platformOf({ platform, arch, os, variant }: IdentityInvocation['options']): string | undefined {
  if (platform !== undefined && platform !== '') {
    if (arch || os) throw invalid('platform-conflict', '--platform option can not be specified with --arch or --os')
    return platform
  }
  if (!arch && !os && !variant) return undefined
  return [os || 'linux', arch || ownArchitecture(), ...(variant ? [variant] : [])].join('/')
}

function ownArchitecture(): string {
  return { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' }[process.arch as string] ?? process.arch
}

function parsePullPolicy(text: string): PullPolicy {
  const policies: Readonly<Record<string, PullPolicy>> = {
    always: 'always',
    true: 'always',
    missing: 'missing',
    ifnotpresent: 'missing',
    ifmissing: 'missing',
    false: 'never',
    never: 'never',
    newer: 'newer',
    ifnewer: 'newer',
  }
  const policy = policies[text.toLowerCase()]
  if (policy !== undefined) return policy
  throw invalid('pull-policy-invalid', `unsupported pull policy ${JSON.stringify(text)}`)
}

function readLabelFile(path: string): string[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    throw invalid('label-file-unreadable', `unable to process labels: open ${path}: no such file or directory`)
  }
}
