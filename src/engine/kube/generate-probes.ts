// A container's health checks as probes, and its lifecycle hooks.

import { constants } from 'node:os'
import { defined } from '../../base/defined.ts'
import { signalNumber } from '../../base/signal-number.ts'
import type { RunConfig } from '../../image/config.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { activeCheck, type HealthCheck, healthCommand, type RepeatedCheck } from '../../spec/health.ts'
import type { LifecycleHook } from '../../spec/lifecycle.ts'
import type { NetworkProbe } from '../../spec/network-probe.ts'
import { defaultStopSignal } from '../../spec/stop.ts'
import type { GeneratedContainer } from './generate-container.ts'

type Probes = Pick<GeneratedContainer, 'livenessProbe' | 'readinessProbe' | 'startupProbe'>

/** Those of the image come with it. */
export function generateProbes({ health }: CompleteSpec, image: RunConfig | undefined): Probes {
  const check = activeCheck(health)
  if (health === undefined || check === undefined) return {}
  if (image?.healthcheck?.test.join('\0') === check.test.join('\0')) return {}
  const { startup, readiness } = health
  const regular = health.onFailure === 'none' ? 'readinessProbe' : 'livenessProbe'
  return {
    ...(check.probe?.kind === 'always' ? {} : { [regular]: probeOf(check) }),
    ...(readiness === undefined ? {} : { readinessProbe: readinessOf(readiness) }),
    ...(startup === undefined ? {} : { startupProbe: probeOf(startup) }),
  }
}

/** One success is usual; that another check than this one must succeed more than once is nothing that Kubernetes knows. */
function readinessOf(check: RepeatedCheck): object {
  return { ...probeOf(check), ...(check.successes > 1 ? { successThreshold: check.successes } : {}) }
}

function probeOf(check: HealthCheck): object {
  const seconds = (ns: number) => Math.max(1, Math.round(ns / 1e9))
  const { probe } = check
  return {
    ...(probe === undefined || probe.kind === 'always'
      ? { exec: { command: healthCommand(check) } }
      : requestOf(probe)),
    periodSeconds: seconds(check.intervalNs),
    timeoutSeconds: seconds(check.timeoutNs),
    failureThreshold: Math.max(1, check.retries),
    ...(check.startPeriodNs === 0 ? {} : { initialDelaySeconds: Math.round(check.startPeriodNs / 1e9) }),
  }
}

function requestOf(request: NetworkProbe): object {
  const { port } = request
  const at = request.host === undefined ? { port } : { host: request.host, port }
  if (request.kind === 'tcp') return { tcpSocket: at }
  if (request.kind === 'grpc')
    return { grpc: { port, ...(request.service === '' ? {} : { service: request.service }) } }
  const headers = request.headers.map(([name, value]) => ({ name, value }))
  const { path, scheme } = request
  return {
    httpGet: { ...at, path, scheme: scheme.toUpperCase(), ...(headers.length === 0 ? {} : { httpHeaders: headers }) },
  }
}

export function generateLifecycle(
  { lifecycle, stop }: CompleteSpec,
  image: RunConfig | undefined,
): Pick<GeneratedContainer, 'lifecycle'> {
  const { postStart, preStop } = lifecycle ?? {}
  const usual = image?.stopSignal ? signalNumber(image.stopSignal) : defaultStopSignal
  const found = defined({
    postStart: postStart && hookOf(postStart),
    preStop: preStop && hookOf(preStop),
    stopSignal: stop.signal === usual ? undefined : nameOf(stop.signal),
  })
  return Object.keys(found).length === 0 ? {} : { lifecycle: found }
}

function hookOf(hook: LifecycleHook): object {
  if (hook.kind === 'sleep') return { sleep: { seconds: hook.seconds } }
  return hook.request === undefined ? { exec: { command: hook.command } } : requestOf(hook.request)
}

/** Undefined for one that has none. */
function nameOf(signal: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0]
}
