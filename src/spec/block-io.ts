// Limits of reading from and writing to block devices. A device is named by its path; its numbers are known at a start.

import { defined } from '../base/defined.ts'
import { EngineError, invalid } from '../base/errors.ts'
import { parseBinarySize } from '../base/size.ts'

export interface BlockIoLimits {
  /** 10 to 1000. */
  readonly blockWeight?: number
  readonly blockWeightDevices?: readonly DeviceWeight[]
  /** Bytes a second. */
  readonly blockReadBps?: readonly DeviceRate[]
  readonly blockWriteBps?: readonly DeviceRate[]
  /** Operations a second. */
  readonly blockReadIops?: readonly DeviceRate[]
  readonly blockWriteIops?: readonly DeviceRate[]
}

export interface DeviceWeight {
  readonly path: string
  readonly weight: number
}

export interface DeviceRate {
  readonly path: string
  readonly rate: number
}

export interface OciThrottle {
  readonly major: number
  readonly minor: number
  readonly rate: number
}

export interface OciBlockIo {
  readonly weight?: number
  readonly weightDevice?: readonly { readonly major: number; readonly minor: number; readonly weight: number }[]
  readonly throttleReadBpsDevice?: readonly OciThrottle[]
  readonly throttleWriteBpsDevice?: readonly OciThrottle[]
  readonly throttleReadIOPSDevice?: readonly OciThrottle[]
  readonly throttleWriteIOPSDevice?: readonly OciThrottle[]
}

/** By path. */
export type BlockDevices = Readonly<Record<string, { readonly major: number; readonly minor: number }>>

/** `PATH:WEIGHT`. @throws invalid `device-rate-invalid` */
export function parseDeviceWeight(text: string): DeviceWeight {
  const { path, value } = splitDevice(text)
  const weight = Number(value)
  const isWeight = /^\d+$/.test(value) && (weight === 0 || isBlockWeight(weight))
  if (!isWeight) throw invalid('device-rate-invalid', `invalid weight for device: ${text}`)
  return { path, weight }
}

/** `PATH:RATE[k|m|g]`. @throws invalid `device-rate-invalid` */
export function parseDeviceBps(text: string): DeviceRate {
  const { path, value } = splitDevice(text)
  try {
    return { path, rate: parseBinarySize(value) }
  } catch (cause) {
    const format = 'The correct format is <device-path>:<number>[<unit>]'
    const rest = 'Number must be a positive integer. Unit is optional and can be kb, mb, or gb'
    const message = `invalid rate for device: ${text}. ${format}. ${rest}`
    throw new EngineError({ kind: 'invalid', code: 'device-rate-invalid', message, cause })
  }
}

/** `PATH:RATE`. @throws invalid `device-rate-invalid` */
export function parseDeviceIops(text: string): DeviceRate {
  const { path, value } = splitDevice(text)
  if (/^\d+$/.test(value)) return { path, rate: Number(value) }
  const format = 'The correct format is <device-path>:<number>. Number must be a positive integer'
  throw invalid('device-rate-invalid', `invalid rate for device: ${text}. ${format}`)
}

/** @throws invalid `block-weight-invalid` */
export function checkBlockIo({ blockWeight }: BlockIoLimits): void {
  if (blockWeight === undefined || isBlockWeight(blockWeight)) return
  throw invalid('block-weight-invalid', 'range of blkio weight is from 10 to 1000')
}

/** Devices whose numbers must be known, with the flag that names them. */
export function blockDevicePaths(limits: BlockIoLimits): { readonly path: string; readonly isWeight: boolean }[] {
  const { blockWeightDevices = [], blockReadBps = [], blockWriteBps = [] } = limits
  const { blockReadIops = [], blockWriteIops = [] } = limits
  const rates = [...blockReadBps, ...blockWriteBps, ...blockReadIops, ...blockWriteIops]
  return [
    ...blockWeightDevices.map(({ path }) => ({ path, isWeight: true })),
    ...rates.map(({ path }) => ({ path, isWeight: false })),
  ]
}

/** Undefined where nothing is limited. */
export function ociBlockIo(limits: BlockIoLimits, devices: BlockDevices): OciBlockIo | undefined {
  const numbers = (path: string) => devices[path] ?? { major: 0, minor: 0 }
  const throttles = (rates?: readonly DeviceRate[]) => rates?.map(({ path, rate }) => ({ ...numbers(path), rate }))
  const io: OciBlockIo = defined({
    weight: limits.blockWeight,
    weightDevice: limits.blockWeightDevices?.map(({ path, weight }) => ({ ...numbers(path), weight })),
    throttleReadBpsDevice: throttles(limits.blockReadBps),
    throttleWriteBpsDevice: throttles(limits.blockWriteBps),
    throttleReadIOPSDevice: throttles(limits.blockReadIops),
    throttleWriteIOPSDevice: throttles(limits.blockWriteIops),
  })
  return Object.keys(io).length === 0 ? undefined : io
}

function splitDevice(text: string): { path: string; value: string } {
  const colon = text.indexOf(':')
  if (colon === -1) throw invalid('device-rate-invalid', `bad format: ${text}`)
  if (!text.startsWith('/dev/')) throw invalid('device-rate-invalid', `bad format for device path: ${text}`)
  return { path: text.slice(0, colon), value: text.slice(colon + 1) }
}

function isBlockWeight(weight: number): boolean {
  return weight >= 10 && weight <= 1000
}
