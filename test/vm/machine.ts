// One run of the virtual machine: qemu without KVM unless asked, two disks, two serial lines (console, report).

import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { MachineImage } from './image.ts'

export interface MachineRun {
  readonly image: MachineImage
  readonly payload: string
  /** 2048 if it is not said. */
  readonly memoryMiB?: number
  /** Where the console's text goes. */
  readonly consolePath: string
  /** Each line of the report as it comes. */
  onReport(line: string): void
}

export type MachineEnd = 'powered off' | 'kernel panic' | 'out of time' | 'silent' | 'qemu failed'

/** Without KVM and on a busy host a command of Gantry's took up to 40 s, and the way to the first line 110 s. */
const limitMs = 3 * 60 * 60_000
const silenceMs = 20 * 60_000

/** Resolves when the machine is off, whatever the reason; leaves no process. The root disk is not written: a snapshot takes the changes. */
export async function runMachine(run: MachineRun): Promise<MachineEnd> {
  using limits = new DisposableStack()
  const machine = spawn('nice', ['-n', '10', 'qemu-system-x86_64', ...qemuArguments(run)], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  })
  let end: MachineEnd | undefined
  const stop = (reason: MachineEnd) => {
    end ??= reason
    machine.kill('SIGKILL')
  }
  limits.adopt(setTimeout(stop, limitMs, 'out of time'), clearTimeout)
  const silence = limits.adopt(setTimeout(stop, silenceMs, 'silent'), clearTimeout)
  const onInterrupt = () => stop('qemu failed')
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    limits.adopt(process.once(signal, onInterrupt), () => process.off(signal, onInterrupt))
  const log = createWriteStream(run.consolePath)
  readLines(machine.stdout as Readable, (line) => {
    log.write(`${line}\n`)
    if (line.includes('Kernel panic - not syncing')) stop('kernel panic')
  })
  readLines(machine.stdio[3] as Readable, (line) => {
    silence.refresh()
    run.onReport(line)
  })
  const code = await new Promise<number | null>((resolve) => {
    machine.once('error', () => resolve(-1))
    machine.once('close', resolve)
  })
  await new Promise((resolve) => log.end(resolve))
  return end ?? (code === 0 ? 'powered off' : 'qemu failed')
}

function qemuArguments({ image, payload, memoryMiB = 2048 }: MachineRun): string[] {
  // KVM that shows itself is not always KVM that works: nested, it failed here at the first instructions.
  const accelerator = process.env['GANTRY_VM_ACCEL'] ?? 'tcg,thread=multi'
  // One processor: with two, qemu 7.2 ran the kernel into code that another processor was patching, and it panicked.
  // mitigations cost more than anything else where each instruction is translated.
  // On a busy host the kernel missed the few ticks that it counts at boot, and panicked for want of a timer.
  const kernelLine = [
    'root=/dev/vda rw console=ttyS0 panic=0 loglevel=4 mitigations=off nokaslr no_timer_check',
    'fstab=no fsck.mode=skip cryptomgr.notests',
  ].join(' ')
  return [
    ...['-accel', accelerator, '-cpu', 'max', '-smp', '1', '-m', `${memoryMiB}`, '-nic', 'none'],
    ...['-nodefaults', '-no-user-config', '-display', 'none'],
    ...['-serial', 'stdio', '-chardev', 'socket,id=report,fd=3', '-serial', 'chardev:report'],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', kernelLine],
    ...['-drive', `file=${image.disk},format=raw,if=virtio,snapshot=on`],
    ...['-drive', `file=${payload},format=raw,if=virtio,readonly=on`],
  ]
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on('line', (line) => onLine(line.replaceAll('\r', '')))
}
