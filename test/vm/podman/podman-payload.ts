// The second disk for podman's tests: beside the built tree those tests, and the images that they pull.

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { payloadDisk } from '../payload.ts'

export type Cli = 'gantry' | 'podman'

export interface PodmanTests {
  readonly tree: string
  readonly images: string
  readonly files: readonly string[]
  /** A regular expression; everything if it is empty. */
  readonly filter: string
  readonly hasOurNames: boolean
}

const gantry = resolve(import.meta.dirname, '../../../bin/gantry')
const systemdImage = 'quay.io/libpod/systemd-image:20240124'
/** Without anything that could be started, for an update that has to go back. */
const brokenImage = 'quay.io/libpod/autoupdatebroken:latest'

/** Path of the disk, in `work`. */
export function podmanPayload(work: string, cli: Cli, tests: PodmanTests): string {
  return payloadDisk(work, '2G', (folder) => {
    const files = copyTests(folder, tests, cli === 'gantry' && tests.hasOurNames)
    mkdirSync(join(folder, 'images'))
    for (const part of ['cache', 'registry', 'tls'])
      cpSync(join(tests.images, part), join(folder, 'images', part), { recursive: true })
    addImages(work, join(folder, 'images'))
    return { only: '', podman: JSON.stringify({ cli, files, filter: tests.filter }) }
  })
}

/** The names of the files that are to be run. */
function copyTests(folder: string, { tree, files }: PodmanTests, hasOurNames: boolean): string[] {
  for (const part of ['test/system', 'contrib/systemd'])
    cpSync(join(tree, part), join(folder, 'podman', part), { recursive: true })
  const tests = join(folder, 'podman/test/system')
  const names = files.map((file) => {
    const name = readdirSync(tests).find((one) => one.startsWith(`${file}-`) && one.endsWith('.bats'))
    if (name === undefined) throw new Error(`no test file ${file}-*.bats in ${tree}/test/system`)
    return name
  })
  if (hasOurNames) for (const name of names) rename(join(tests, name))
  return names
}

function rename(file: string): void {
  const text = readFileSync(file, 'utf8')
  const renamed = text
    .replaceAll('".*/conmon"', '".*/monitor"')
    .replaceAll('/comm)" "conmon"', '/comm)" "monitor"')
    .replaceAll('libpod-${id}.scope', 'gantry-${id}.scope')
  writeFileSync(file, renamed)
}

/** What the folder of images may lack: the tests ask for systemd-notify in one, and pull one that cannot be started. */
function addImages(work: string, images: string): void {
  const build = join(work, 'build')
  const context = join(build, 'context')
  mkdirSync(context, { recursive: true })
  for (const file of filesOf('/usr/bin/systemd-notify'))
    cpSync(file, join(context, 'tree', file), { recursive: true, dereference: true })
  writeFileSync(join(context, 'Containerfile'), `FROM ${systemdImage}\nCOPY tree /\n`)
  writeFileSync(join(context, 'Brokenfile'), 'FROM scratch\nCOPY Brokenfile /\n')
  const run = (...words: string[]) =>
    execFileSync(gantry, ['--root', join(build, 'root'), '--runroot', join(build, 'run'), ...words], {
      stdio: ['ignore', 'ignore', 2],
    })
  const archive = join(images, 'cache', `${systemdImage.replaceAll(/[/:]/g, '--')}.tar`)
  run('load', '-q', '-i', archive)
  run('build', '-q', '-t', systemdImage, context)
  rmSync(archive)
  run('save', '-q', '--format', 'oci-archive', '-o', archive, systemdImage)
  run('build', '-q', '-t', brokenImage, '-f', join(context, 'Brokenfile'), context)
  run('save', '-q', '--format', 'oci-archive', '-o', join(images, 'broken.tar'), brokenImage)
  rmSync(build, { recursive: true })
}

/** A program and the libraries that it loads. */
function filesOf(program: string): string[] {
  if (!existsSync(program)) throw new Error(`no ${program} on this host; apt-get install systemd`)
  const text = execFileSync('ldd', [program], { encoding: 'utf8' })
  return [program, ...text.split(/\s+/).filter((word) => word.startsWith('/') && dirname(word) !== '/')]
}
