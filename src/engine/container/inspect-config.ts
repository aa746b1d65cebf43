// inspect's Config: what runs and how it was made.

import { join } from 'node:path'
import { signalName } from '../../base/signal-number.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { variableName } from '../../spec/environment.ts'
import { defaultHealth } from '../../spec/health.ts'
import type { OciConfig } from '../../spec/oci-config.ts'
import type { SecretMount } from '../../spec/secrets.ts'
import { updatedEnvironment } from '../../spec/update.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { inspectHealthcheck } from '../inspect-healthcheck.ts'
import { userNamespaceNote } from '../kube/annotations.ts'
import { hostName } from './host-facts.ts'
import { exposedPorts } from './inspect-network.ts'
import type { StoredContainer } from './stored-container.ts'

/** `config`: the last start's, which knows what only a start can. */
export function inspectConfig(engine: Engine, { id, stored, record }: StoredContainer, config: OciConfig | undefined) {
  const { spec } = stored
  const { process } = spec
  return {
    Hostname: process.hostname ?? (spec.namespaces.uts.kind === 'host' ? hostName() : id.slice(0, 12)),
    Domainname: '',
    User: process.user ?? '',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: process.hasTerminal,
    OpenStdin: process.isStdinOpen,
    StdinOnce: false,
    Env: environmentOf({ stored, record }, config),
    Cmd: someOrNull(process.command),
    Image: stored.image?.name ?? '',
    Volumes: null,
    WorkingDir: process.workdir,
    Entrypoint: someOrNull(process.entrypoint ?? []),
    OnBuild: null,
    Labels: membersOrNull(spec.labels),
    Annotations: membersOrNull({ ...userNamespaceNote(spec), ...spec.annotations }),
    StopSignal: signalName(spec.stop.signal),
    ...healthFields(spec),
    CreateCommand: spec.createCommand,
    SystemdMode: process.isSystemd,
    Umask: (process.umask ?? '').padStart(4, '0'),
    Secrets: (spec.secrets?.mounts ?? []).map(inspectSecretUse),
    Timeout: 0,
    StopTimeout: spec.stop.timeoutSeconds,
    ...etcFields(process),
    ...notifyFields(engine, { id, spec }),
    ExposedPorts: exposedPorts(spec),
  }
}

function healthFields({ health = defaultHealth }: CompleteSpec) {
  const { check, startup, onFailure, logDestination, maxLogCount, maxLogSize } = health
  return {
    StartupHealthCheck: startup === undefined ? null : inspectHealthcheck(startup),
    Healthcheck: check === undefined ? null : inspectHealthcheck(check),
    HealthcheckOnFailureAction: onFailure,
    HealthLogDestination: logDestination,
    HealthcheckMaxLogCount: maxLogCount,
    HealthcheckMaxLogSize: maxLogSize,
  }
}

function etcFields({ timeZone, accounts, chrootFolders }: CompleteSpec['process']) {
  return {
    Timezone: timeZone ?? '',
    Passwd: accounts?.areLeftAlone !== true,
    ChrootDirs: chrootFolders ?? [],
  }
}

function notifyFields({ at }: Engine, { id, spec }: { readonly id: string; readonly spec: CompleteSpec }) {
  const { mode = 'container', socket = '', isAwaited = false } = spec.notify ?? {}
  const { run } = containerFiles
  return {
    sdNotifyMode: mode,
    sdNotifySocket: isAwaited ? join(paths.runContainer(at, id), run.notify, 'notify.sock') : socket,
  }
}

/** As it was started with and updated since, but for what secrets say. */
function environmentOf(
  { stored, record }: Pick<StoredContainer, 'stored' | 'record'>,
  config: OciConfig | undefined,
): readonly string[] {
  const { process, secrets } = stored.spec
  const hidden = new Set((secrets?.environment ?? []).map(({ target }) => target))
  const environment = updatedEnvironment(config?.process.env ?? process.environment, record.update ?? {})
  return environment.filter((entry) => !hidden.has(variableName(entry)))
}

function inspectSecretUse({ name, id, uid, gid, mode }: SecretMount) {
  return { Name: name, ID: id, UID: uid, GID: gid, Mode: mode }
}

function someOrNull(words: readonly string[]): readonly string[] | null {
  return words.length === 0 ? null : words
}

/** An empty map of Go's is null in JSON. */
export function membersOrNull(members: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  return Object.keys(members).length === 0 ? null : members
}
