// What archives may hold, seen from inside a container: through load, and through a registry and pull.

import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { startDockerRegistry } from '../support/docker-registry.ts'
import { layeredImage, layeredName } from '../support/layered-image.ts'
import { requires } from '../support/requires.ts'
import { block, end, member, pax } from '../unit/image/tar-bytes.ts'

const rootTest = requires('root', 'overlay', 'runc')
let tree: string

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'gantry-layers-'))
  chmodSync(tree, 0o755)
})
afterEach(() => rmSync(tree, { recursive: true }))

const layer = (...members: Buffer[]) => Buffer.concat([...members, end])
const folder = (name: string, fields = {}) => member({ name, type: '5', mode: 0o755, ...fields })
const hardLink = (name: string, link: string) => block({ name, type: '1', link })

/** GNU tar's archive of all that `tree` holds. */
function tarOf(...flags: string[]): Buffer {
  const words = ['--sort=name', '--numeric-owner', ...flags, '-C', tree, '-cf', '-', '.']
  return execFileSync('tar', words, { maxBuffer: 1 << 28 })
}

/** Loads busybox with these layers on top, and answers what the script prints in it. */
async function seen(box: Box, layers: readonly Uint8Array[], script: string): Promise<string> {
  await box.ok(['load', '-q', '-i', layeredImage(box.folder, layers)])
  return inside(box, layeredName, script)
}

async function inside(box: Box, image: string, script: string, flags: readonly string[] = []): Promise<string> {
  return box.ok(['run', '--rm', '--network', 'none', ...flags, image, 'sh', '-c', script])
}

describe('whiteouts', () => {
  const layers = [
    layer(
      ...[folder('d/'), member({ name: 'd/a' }, 'old'), member({ name: 'd/b' }, 'b')],
      ...[folder('e/'), member({ name: 'e/x' }, 'x'), folder('e/deep/'), member({ name: 'e/deep/z' }, 'z')],
      ...[folder('gone/'), member({ name: 'gone/f' }, 'f'), member({ name: 'kind' }, 'a file')],
    ),
    layer(
      ...[folder('d/'), member({ name: 'd/.wh.a' }), member({ name: '.wh.gone' })],
      ...[folder('e/'), member({ name: 'e/y' }, 'y'), member({ name: 'e/.wh..wh..opq' })],
      ...[member({ name: '.wh.kind' }), folder('kind/'), member({ name: 'kind/inner' }, 'i')],
    ),
    layer(folder('d/'), member({ name: 'd/a' }, 'new'), folder('gone/'), member({ name: 'gone/g' }, 'g')),
  ]
  const script = 'cd /; for f in $(find d e gone kind -type f | sort); do echo $f $(cat $f); done'
  const lines = ['d/a new', 'd/b b', 'e/y y', 'gone/g g', 'kind/inner i'].join('\n')

  rootTest('and opaque folders hide what lower layers hold, and nothing of their own', async () => {
    await using box = openBox()
    expect(await seen(box, layers, script)).toBe(lines)
  })

  requires(
    'root',
    'overlay',
    'runc',
    'docker-registry',
    'skopeo',
  )('come through a registry as well', async () => {
    await using registry = await startDockerRegistry()
    await using box = openBox()
    const image = `${registry.address}/layered:1`
    const archive = layeredImage(box.folder, layers)
    execFileSync('skopeo', ['copy', '-q', '--dest-tls-verify=false', `docker-archive:${archive}`, `docker://${image}`])
    await box.ok(['pull', '-q', image])
    expect(await inside(box, image, script)).toBe(lines)
  })

  rootTest('mean the same to the driver vfs', async () => {
    await using box = openBox()
    const archive = layeredImage(box.folder, layers)
    await box.ok(['--storage-driver', 'vfs', 'load', '-q', '-i', archive])
    const words = ['run', '--rm', '--network', 'none', layeredName, 'sh', '-c', script]
    expect(await box.ok(['--storage-driver', 'vfs', ...words])).toBe(lines)
  })
})

describe('hard links', () => {
  rootTest('share one file, within a layer and with a lower one', async () => {
    await using box = openBox()
    const layers = [
      layer(member({ name: 'one' }, 'first'), hardLink('two', 'one'), folder('d/'), hardLink('d/three', './one')),
      layer(hardLink('four', 'one')),
    ]
    const out = await seen(box, layers, 'cd /; cat two d/three four; echo; stat -c "%n %h" one two four')
    // A lower file that gets a new name is copied up under both.
    expect(out).toBe('firstfirstfirst\none 2\ntwo 3\nfour 2')
  })
})

describe('sparse files', () => {
  const size = 64 << 20

  rootTest.each([
    ['GNU', ['--format=gnu']],
    ['pax 0.0', ['--format=pax', '--sparse-version=0.0']],
    ['pax 0.1', ['--format=pax', '--sparse-version=0.1']],
    ['pax 1.0', ['--format=pax', '--sparse-version=1.0']],
  ])('%s keep their holes and their bytes', async (_, flags) => {
    await using box = openBox()
    const path = join(tree, 'sparse')
    const script = `printf begin > "$1"; truncate -s ${size} "$1"; printf middle | dd of="$1" bs=1 seek=${(size / 2).toString()} conv=notrunc status=none; truncate -s +100 "$1"`
    execFileSync('sh', ['-c', script, 'sh', path])
    const sum = execFileSync('md5sum', [path], { encoding: 'utf8' }).split(' ')[0]
    const archive = tarOf('--sparse', ...flags)
    expect(archive.length).toBeLessThan(100_000)
    const out = await seen(
      box,
      [archive],
      'cd /; md5sum < sparse; stat -c %s sparse; [ $(stat -c %b sparse) -lt 200 ] && echo holes',
    )
    expect(out).toBe(`${sum}  -\n${size + 100}\nholes`)
  })
})

describe('names', () => {
  const part = 'n'.repeat(99)

  rootTest.each(['pax', 'gnu'])('longer than a header holds, in UTF-8, as %s writes them', async (format) => {
    await using box = openBox()
    const deep = join(tree, part, part, part, 'Grüße-日本')
    mkdirSync(deep, { recursive: true })
    writeFileSync(join(deep, 'e'.repeat(255)), 'deep')
    execFileSync('ln', ['-s', `/${part}/${part}/${part}`, join(tree, 'long-link')])
    const out = await seen(box, [tarOf(`--format=${format}`)], 'cd /long-link/Grüße-日本 && cat e* && ls | wc -c')
    expect(out).toBe('deep256')
  })
})

describe('names that are no text', () => {
  rootTest('are refused in a layer, in one line, and nothing of it is kept', async () => {
    await using box = openBox()
    const archive = layeredImage(box.folder, [layer(member({ name: 'bad\xff' }, 'x'))])
    const { code, stderr } = await box.try(['load', '-q', '-i', archive])
    expect(code).toBe(125)
    expect(stderr).toBe("Error: the layer holds a name that is not UTF-8: 'badÿ'\n")
    expect(await box.ok(['images', '-q'])).toBe('')
  })

  rootTest('may be made by a container, which can be removed all the same', async () => {
    await using box = openBox()
    await seen(box, [], 'true')
    const script = 'mkdir "$(printf "/d\\377")"; touch "$(printf "/d\\377/f\\377")"'
    await box.ok(['run', '--name', 'odd', '--network', 'none', layeredName, 'sh', '-c', script])
    expect(await box.ok(['rm', 'odd'])).toBe('odd')
  })
})

describe('attributes', () => {
  rootTest('times: of files to the nanosecond, of folders and links as the archive has them', async () => {
    await using box = openBox()
    const script =
      'mkdir d; echo x > d/f; ln -s f d/l; touch -h -d "2001-02-03 04:05:06.123456789 UTC" d/l d/f d; touch -d "1969-12-31 23:59:50 UTC" before'
    execFileSync('sh', ['-c', script], { cwd: tree })
    const out = await seen(box, [tarOf('--format=pax')], 'cd /; stat -c "%n %Y %y" d d/f d/l before')
    expect(out.split('\n')).toEqual([
      ...['d', 'd/f', 'd/l'].map((name) => `${name} 981173106 2001-02-03 04:05:06.123456789 +0000`),
      'before -10 1969-12-31 23:59:50.000000000 +0000',
    ])
  })

  rootTest('setuid, setgid and sticky bits, and owners', async () => {
    await using box = openBox()
    const script =
      'for m in 4755 2711 6555 0000 0640; do touch $m; chown 1000:2000 $m; chmod $m $m; done; mkdir 1777 2770; chmod 1777 1777; chmod 2770 2770'
    execFileSync('sh', ['-c', script], { cwd: tree })
    const out = await seen(box, [tarOf()], 'cd /; stat -c "%n %a %u:%g" 4755 2711 6555 0000 0640 1777 2770')
    expect(out.split('\n')).toEqual([
      ...['4755', '2711', '6555'].map((mode) => `${mode} ${mode} 1000:2000`),
      ...['0000 0 1000:2000', '0640 640 1000:2000', '1777 1777 0:0', '2770 2770 0:0'],
    ])
  })

  rootTest('file capabilities, which the program then has', async () => {
    await using box = openBox()
    mkdirSync(join(tree, 'capable'))
    copyFileSync('/bin/busybox', join(tree, 'capable/busybox'))
    execFileSync('setcap', ['cap_chown,cap_setuid+ep', join(tree, 'capable/busybox')])
    const archive = tarOf('--format=pax', '--xattrs', '--xattrs-include=*')
    await seen(box, [archive], 'true')
    const status = '/capable/busybox grep CapEff /proc/self/status'
    expect(await inside(box, layeredName, status, ['--user', '1000'])).toMatch(/CapEff:\s+0+81$/)
  })

  rootTest('extended attributes of users, with bytes of any value', async () => {
    await using box = openBox()
    const value = 'a\x00\xffb'
    const noted = Buffer.concat([pax([`SCHILY.xattr.user.note=${value}`]), member({ name: 'noted' }, 'x')])
    await box.ok(['load', '-q', '-i', layeredImage(box.folder, [layer(noted)])])
    const id = await box.ok(['create', '--network', 'none', layeredName])
    const script = 'import os,sys; print(os.getxattr(sys.argv[1], "user.note").hex())'
    const files = execFileSync('find', [join(box.root, 'layers'), '-name', 'noted'], { encoding: 'utf8' }).trim()
    expect(execFileSync('python3', ['-c', script, files], { encoding: 'utf8' }).trim()).toBe('6100ff62')
    await box.ok(['rm', id])
  })
})
