// Volumes, by their commands and in containers; as root and as an ordinary user.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive, makeTree } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const test = requires('root', 'runc', 'overlay')
/** Has a volume at /data with a file of user 5. */
const withVolume = 'localhost/with-volume:latest'

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  let box: Box
  const isRoot = who === 'root'

  beforeAll(async () => {
    box = openBox(isRoot ? {} : { user: testUser() })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    await box.ok(['import', '-q', '--change', 'VOLUME /data', '--change', 'CMD sh', imageWithData(), withVolume])
    expect(await box.ok(['history', '--format', '{{.Comment}}', withVolume])).toBe('imported from tarball')
  })
  afterAll(async () => {
    await box.ok(['volume', 'rm', '--all', '--force'])
    await box[Symbol.asyncDispose]()
  })

  /** A tar of busybox with /data. */
  function imageWithData(): string {
    const work = mkdtempSync(join(box.folder, 'image-'))
    makeTree(join(work, 'tree'))
    mkdirSync(join(work, 'tree/data/sub'), { recursive: true })
    writeFileSync(join(work, 'tree/data/file'), 'of the image\n')
    execFileSync('chown', ['-R', '5:6', join(work, 'tree/data')])
    execFileSync('chmod', ['750', join(work, 'tree/data')])
    execFileSync('tar', ['-C', join(work, 'tree'), '-cf', join(work, 'image.tar'), '.'])
    execFileSync('chmod', ['755', work])
    return join(work, 'image.tar')
  }

  const out = async (flags: readonly string[], script: string, image = busybox) =>
    box.ok(['run', '--rm', '--network', 'none', ...flags, image, 'sh', '-c', script])
  const names = async () => box.ok(['volume', 'ls', '-q'])
  const field = async (name: string, path: string) => box.ok(['volume', 'inspect', '-f', `{{.${path}}}`, name])

  test('create, inspect, ls, exists and rm', async () => {
    expect(await box.ok(['volume', 'create', '--label', 'a=b', '--opt', 'o=uid=7', 'made'])).toBe('made')
    const [document] = JSON.parse(await box.ok(['volume', 'inspect', 'made'])) as Record<string, unknown>[]
    const mountpoint = join(box.root, 'volumes/made/_data')
    expect(document).toMatchObject({ Name: 'made', Driver: 'local', Labels: { a: 'b' }, Mountpoint: mountpoint })
    expect(document).toMatchObject({ Options: { o: 'uid=7', UID: '7' }, UID: 7, NeedsCopyUp: true })
    expect(await box.ok(['volume', 'ls', '--format', '{{.Name}} {{.Labels.a}}'])).toBe('made b')
    expect(await box.ok(['volume', 'ls', '--filter', 'label=a=c'])).toBe('')
    expect((await box.try(['volume', 'exists', 'made'])).code).toBe(0)
    expect(await box.ok(['volume', 'rm', 'ma'])).toBe('made')
    expect((await box.try(['volume', 'exists', 'made'])).code).toBe(1)
  })

  test('a name is taken once, and --ignore leaves what is there', async () => {
    await box.ok(['volume', 'create', 'twice', '--label', 'first=1'])
    const second = await box.try(['volume', 'create', 'twice'])
    expect(second.code).toBe(125)
    expect(second.stderr).toContain('Error: volume with name twice already exists: volume already exists')
    await box.ok(['volume', 'create', '--ignore', 'twice'])
    expect(await field('twice', 'Labels.first')).toBe('1')
    const racers = Array.from({ length: 6 }, async () => box.try(['volume', 'create', 'raced'], { isChecked: false }))
    expect((await Promise.all(racers)).filter(({ code }) => code === 0)).toHaveLength(1)
    await box.ok(['volume', 'rm', 'twice', 'raced'])
  })

  test('what is written stays, and another container reads it', async () => {
    await out(['-v', 'kept:/x'], 'echo hello >/x/file')
    expect(await out(['-v', 'kept:/elsewhere:ro'], 'cat /elsewhere/file; touch /elsewhere/no || echo read-only')).toBe(
      'hello\nread-only',
    )
    expect(await out(['--mount', 'type=volume,src=kept,dst=/x,readonly'], 'cat /x/file')).toBe('hello')
    await box.ok(['volume', 'rm', 'kept'])
  })

  test('the first use copies what the image holds there, once, with its owners', async () => {
    await box.ok(['volume', 'create', 'filled'])
    expect(await out(['-v', 'filled:/data'], 'cat /data/file; stat -c %u:%g:%a /data /data/file', withVolume)).toBe(
      'of the image\n5:6:750\n5:6:644',
    )
    expect(await field('filled', 'NeedsCopyUp')).toBe('false')
    await out(['-v', 'filled:/data'], 'rm /data/file; echo mine >/data/other', withVolume)
    expect(await out(['-v', 'filled:/data'], 'ls /data', withVolume)).toBe('other\nsub')
    expect(await out(['-v', 'bare:/data:nocopy'], 'ls /data', withVolume)).toBe('')
    await box.ok(['volume', 'rm', 'filled', 'bare'])
  })

  test('a volume that holds something is left as it is', async () => {
    await out(['-v', 'full:/x'], 'echo mine >/x/own')
    expect(await out(['-v', 'full:/data'], 'ls /data', withVolume)).toBe('own')
    await box.ok(['volume', 'rm', 'full'])
  })

  test("an empty volume becomes the container's user's", async () => {
    await out(['-v', 'users:/new', '--user', '12:34'], 'echo x >/new/file')
    expect(await out(['-v', 'users:/new'], 'stat -c %u:%g /new /new/file')).toBe('12:34\n12:34')
    await box.ok(['volume', 'rm', 'users'])
  })

  test('anonymous volumes go with --rm and rm --volumes, and stay with rm', async () => {
    await out(['-v', '/a'], 'touch /a/x', withVolume)
    expect(await names()).toBe('')
    await box.ok(['create', '--name', 'one', withVolume])
    const [mount] = (await box.inspect('one'))['Mounts'] as Record<string, unknown>[]
    expect(mount).toMatchObject({ Type: 'volume', Destination: '/data', Driver: 'local', RW: true })
    expect(await names()).toBe(mount?.['Name'])
    expect(await field(String(mount?.['Name']), 'Anonymous')).toBe('true')
    await box.ok(['rm', 'one'])
    expect(await names()).toBe(mount?.['Name'])
    await box.ok(['create', '--name', 'two', '-v', 'named:/n', withVolume])
    await box.ok(['rm', '--volumes', 'two'])
    expect((await names()).split('\n').sort()).toEqual([mount?.['Name'], 'named'].sort())
    await box.ok(['volume', 'prune', '--force'])
    expect(await names()).toBe('')
  })

  test('--image-volume decides what becomes of the volumes of the image', async () => {
    const where = 'stat -f -c %T /data 2>/dev/null || echo none; cat /data/file'
    expect(await out(['--image-volume', 'tmpfs'], where, withVolume)).toContain('tmpfs\n')
    expect(await out(['--image-volume', 'ignore'], 'grep -c " /data " /proc/mounts || true', withVolume)).toBe('0')
    const other = await box.try(['run', '--image-volume', 'else', withVolume])
    expect(other.stderr).toContain('invalid image-volume type "else"')
  })

  test('--volumes-from shares binds and volumes, also the anonymous ones', async () => {
    const shared = join(box.folder, `shared-${isRoot}`)
    mkdirSync(shared)
    writeFileSync(join(shared, 'bound'), 'bound\n')
    await box.ok(['create', '--name', 'source', '-v', `${shared}:/b`, '-v', 'other:/o', withVolume])
    await out(['--volumes-from', 'source'], 'echo shared >/data/said; touch /o/there')
    expect(await out(['--volumes-from', 'source:ro'], 'cat /data/said /b/bound; ls /o; touch /o/x || echo ro')).toBe(
      'shared\nbound\nthere\nro',
    )
    await box.ok(['rm', '--volumes', 'source'])
    await box.ok(['volume', 'rm', 'other'])
    expect(await names()).toBe('')
    expect((await box.try(['run', '--volumes-from', 'nobody', busybox])).stderr).toContain('no such container')
  })

  test("containers.conf's volumes, mounts and image_volume_mode apply where nothing stronger does", async () => {
    const conf = join(box.folder, `containers-${isRoot}.conf`)
    const volumes = `volumes = ["configured:/c"]\nmounts = ["type=tmpfs,destination=/t"]`
    writeFileSync(conf, `[containers]\n${volumes}\n[engine]\nimage_volume_mode = "tmpfs"\n`)
    const env = { CONTAINERS_CONF: conf }
    const script = 'stat -f -c %T /data /t; grep -c " /c " /proc/mounts; ls /c'
    const words = (flags: readonly string[]) => ['run', '--rm', '--network', 'none', ...flags, withVolume, 'sh', '-c']
    expect(await box.ok([...words([]), script], { env })).toBe('tmpfs\ntmpfs\n1')
    await out(['-v', 'stronger:/c'], 'touch /c/of-mine')
    expect(await box.ok([...words(['-v', 'stronger:/c']), script], { env })).toBe('tmpfs\ntmpfs\n1\nof-mine')
    await box.ok(['volume', 'rm', 'configured', 'stronger'])
  })

  test('a part of a volume', async () => {
    await out(['-v', 'parts:/x'], 'mkdir /x/sub; echo deep >/x/sub/file; ln -s /etc /x/out; ln -s sub /x/link')
    const part = (path: string) => ['--mount', `type=volume,src=parts,dst=/y,subpath=${path}`]
    expect(await out(part('sub'), 'cat /y/file')).toBe('deep')
    expect(await out(part('/link'), 'cat /y/file')).toBe('deep')
    expect(await out(part('sub/file'), 'cat /y')).toBe('deep')
    for (const path of ['out', '../../..', 'missing']) {
      const outside = await box.try(['run', '--rm', '--network', 'none', ...part(path), busybox, 'ls', '/y'])
      expect(`${outside.stdout}${outside.stderr}`, path).not.toContain('passwd')
    }
    await box.ok(['volume', 'rm', 'parts'])
  })

  test('rm refuses a volume in use, and with force removes its containers', async () => {
    const id = await box.ok(['run', '-d', '--network', 'none', '-v', 'used:/x', busybox, 'sleep', '1000'])
    const refused = await box.try(['volume', 'rm', 'used'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toBe(
      `Error: volume used is being used by the following container(s): ${id}: volume is being used\n`,
    )
    expect(await box.ok(['ps', '-q', '--no-trunc', '--filter', 'volume=used'])).toBe(id)
    expect(await box.ok(['volume', 'rm', '--force', '--time', '0', 'used'])).toBe('used')
    expect(await box.ok(['ps', '-aq'])).toBe('')
    const missing = await box.try(['volume', 'rm', 'bogus'])
    expect(missing).toMatchObject({ code: 1, stderr: 'Error: no volume with name "bogus" found: no such volume\n' })
    expect(await box.ok(['volume', 'rm', '--force', 'bogus'])).toBe('')
  })

  test('a volume with a file system of its own is mounted while it is used', async () => {
    await box.ok(['volume', 'create', '-o', 'type=tmpfs', '-o', 'device=tmpfs', '-o', 'o=size=2M', 'memory'])
    expect(await out(['-v', 'memory:/x'], 'grep " /x " /proc/mounts; echo 1 >/x/file')).toContain('size=2048k')
    expect(await out(['-v', 'memory:/x'], 'ls /x')).toBe('')
    await box.ok(['run', '-d', '--name', 'a', '--network', 'none', '-v', 'memory:/x', busybox, 'sleep', '1000'])
    await box.ok(['exec', 'a', 'touch', '/x/of-a'])
    expect(await field('memory', 'MountCount')).toBe('1')
    expect(await out(['-v', 'memory:/y'], 'ls /y')).toBe('of-a')
    expect(await box.ok(['exec', 'a', 'ls', '/x'])).toBe('of-a')
    await box.ok(['rm', '-f', '-t', '0', 'a'])
    expect(await field('memory', 'MountCount')).toBe('0')
    await box.ok(['volume', 'rm', 'memory'])
  })

  test('export and import carry a volume over, and nothing leads out of it', async () => {
    await out(
      ['-v', 'from:/x'],
      'echo data >/x/file; chown 3:4 /x/file; ln -s file /x/link; ln /x/file /x/hard; mkdir /x/.wh.d',
    )
    const archive = join(box.folder, `volume-${isRoot}.tar`)
    await box.ok(['volume', 'export', 'from', '-o', archive])
    await box.ok(['volume', 'create', 'to'])
    await box.ok(['volume', 'import', 'to', '-'], { stdin: readFileSync(archive) })
    expect(await out(['-v', 'to:/x'], 'cat /x/link; stat -c "%u:%g %h" /x/hard; ls -a /x')).toBe(
      'data\n3:4 2\n.\n..\n.wh.d\nfile\nhard\nlink',
    )
    expect((await box.try(['volume', 'import', 'to', '/nowhere.tar'])).code).toBe(125)
    await box.ok(['volume', 'rm', 'from', 'to'])
  })

  test('prune asks, and leaves what is used', async () => {
    await box.ok(['volume', 'create', 'idle'])
    await box.ok(['create', '--name', 'user', '-v', 'busy:/x', busybox])
    expect(await box.ok(['volume', 'prune'], { stdin: 'n\n' })).toContain('\nidle\nAre you sure')
    expect(await box.ok(['volume', 'prune', '--force'])).toBe('idle')
    await box.ok(['rm', 'user'])
    expect(await box.ok(['system', 'prune', '--force', '--volumes'])).toContain('Deleted Volumes\nbusy\n')
  })

  if (!isRoot) {
    test('--userns keep-id writes into new and old volumes as oneself', async () => {
      const me = String(testUser().uid)
      expect(await out(['--userns', 'keep-id', '-v', 'mine:/x'], 'touch /x/file; stat -c %u /x/file; id -u')).toBe(
        `${me}\n${me}`,
      )
      expect(await out(['--userns', 'keep-id', '-v', 'mine:/x'], 'echo more >>/x/file; stat -c %u /x/file')).toBe(me)
      expect(statSync(join(box.root, 'volumes/mine/_data/file')).uid).toBe(testUser().uid)
      expect(await out(['--userns', 'keep-id', '-v', '/anonymous'], 'touch /anonymous/file && echo done')).toBe('done')
      await box.ok(['volume', 'rm', 'mine'])
    })

    test('mount needs unshare', async () => {
      await box.ok(['volume', 'create', 'hand'])
      expect((await box.try(['volume', 'mount', 'hand'])).stderr).toContain('must execute `gantry unshare` first')
      await box.ok(['volume', 'rm', 'hand'])
    })
  } else {
    test('mount and unmount by hand', async () => {
      await box.ok(['volume', 'create', '-o', 'type=tmpfs', 'hand'])
      const path = await box.ok(['volume', 'mount', 'hand'])
      expect(await box.ok(['volume', 'mount', 'hand'])).toBe(path)
      writeFileSync(join(path, 'file'), 'by hand\n')
      await box.ok(['volume', 'unmount', 'hand'])
      expect(await out(['-v', 'hand:/x'], 'cat /x/file')).toBe('by hand')
      await box.ok(['volume', 'unmount', 'hand'])
      expect(readdirSync(path)).toEqual([])
      await box.ok(['volume', 'rm', 'hand'])
      expect(existsSync(path)).toBe(false)
    })

    test('a bind of a volume of type bind is the folder itself', async () => {
      const folder = join(box.folder, 'device')
      mkdirSync(folder)
      writeFileSync(join(folder, 'file'), 'device\n')
      await box.ok(['volume', 'create', '-o', 'type=bind', '-o', `device=${folder}`, 'bound'])
      expect(await out(['-v', 'bound:/x'], 'cat /x/file; echo back >/x/back')).toBe('device')
      expect(readFileSync(join(folder, 'back'), 'utf8')).toBe('back\n')
      await box.ok(['volume', 'rm', 'bound'])
      expect(existsSync(join(folder, 'file'))).toBe(true)
      const bogus = await box.try(['volume', 'create', '-o', 'type=bind', '-o', 'device=/bogus', 'x'])
      expect(bogus.stderr).toContain("invalid volume option device for driver 'local': faccessat /bogus")
    })
  }

  test('driver image: begins with what an image holds, and goes its own way', async () => {
    await box.ok(['volume', 'create', '--driver', 'image', '--opt', `image=${withVolume}`, 'copied'])
    expect(await out(['-v', 'copied:/x'], 'stat -c %u /x/data/file; echo more >/x/data/more')).toBe('5')
    await box.ok(['volume', 'create', '--ignore', '--driver', 'image', '--opt', 'image=localhost/gone', 'copied'])
    expect(await out(['-v', 'copied:/x'], 'cat /x/data/more')).toBe('more')
    expect(await out([], 'ls /data', withVolume)).toBe('file\nsub')
    expect(JSON.parse(await box.ok(['volume', 'inspect', 'copied']))).toMatchObject([
      { Driver: 'image', Options: { image: withVolume } },
    ])
    if (isRoot) expect(await box.ok(['image', 'mount'])).toBe('')
    await box.ok(['volume', 'rm', 'copied'])
    const refusals = {
      'looking up image localhost/gone to create volume failed: ': ['image=localhost/gone'],
      'must provide an image name when creating a volume with the image driver': ['image='],
      "invalid mount option type for driver 'image'": [`image=${withVolume}`, 'type=tmpfs'],
    }
    for (const [reason, options] of Object.entries(refusals)) {
      const flags = options.flatMap((option) => ['--opt', option])
      const { code, stderr } = await box.try(['volume', 'create', '--driver', 'image', ...flags, 'none'])
      expect([code, stderr]).toEqual([125, expect.stringContaining(`Error: ${reason}`)])
    }
    expect(await box.ok(['volume', 'ls', '-q'])).not.toContain('none')
  })

  test('events tell of volumes', async () => {
    await box.ok(['volume', 'create', 'told'])
    await box.ok(['volume', 'rm', 'told'])
    const events = await box.ok(['events', '--stream=false', '--filter', 'volume=told', '--format', '{{.Status}}'])
    expect(events).toBe('create\nremove')
  })

  test('system df counts them', async () => {
    await out(['-v', 'counted:/x'], 'dd if=/dev/zero of=/x/file bs=1M count=3 2>/dev/null')
    const table = await box.ok(['system', 'df', '--format', '{{.Type}} {{.Total}} {{.Active}} {{.RawSize}}'])
    const [, total, active, bytes] = /Local Volumes (\d+) (\d+) (\d+)/.exec(table) ?? []
    expect([total, active]).toEqual(['1', '0'])
    expect(Number(bytes)).toBeGreaterThan(3_000_000)
    await box.ok(['volume', 'rm', 'counted'])
    rmSync(join(box.folder, `shared-${isRoot}`), { recursive: true, force: true })
  })
})
