// Who may pull from a real registry: basic authentication from each place where credentials live, and HTTPS with an authority of one's own.

import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive } from '../support/busybox-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { requires } from '../support/requires.ts'

const user = { name: 'maria', password: 'se:cret' }
const creds = `${user.name}:${user.password}`

describe('a registry that wants a password', () => {
  const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo', 'htpasswd')
  let registry: RealRegistry
  let image: string

  beforeAll(async () => {
    registry = await startDockerRegistry({ user })
    image = `${registry.address}/team/busybox:1`
    push(image, ['--dest-tls-verify=false', '--dest-creds', creds])
  })
  afterAll(async () => registry[Symbol.asyncDispose]())

  const authJson = (key: string, words: string) =>
    JSON.stringify({ auths: { [key]: { auth: Buffer.from(words).toString('base64') } } })

  rootTest('--creds, good', async () => {
    await using box = openBox()
    expect(await box.ok(['pull', '-q', '--creds', creds, image])).toMatch(/^[0-9a-f]{64}$/)
  })

  rootTest.each([
    ['wrong', ['--creds', 'maria:guess']],
    ['none', []],
  ])('%s credentials are refused in one line that does not hold them', async (_, flags) => {
    await using box = openBox()
    const { code, stderr } = await box.try(['pull', '-q', ...flags, image])
    expect(code).toBe(125)
    expect(stderr).toMatch(/^Error: .*: localhost:\d+ answered 401 unauthorized: authentication required\n/)
    expect(stderr).not.toContain('guess')
    expect(await box.ok(['images', '-q'])).toBe('')
  })

  rootTest.each([
    ['the registry', (address: string) => address],
    ['its namespace', (address: string) => `${address}/team`],
    ['the repository', (address: string) => `${address}/team/busybox`],
  ])('--authfile with an entry for %s', async (_, key) => {
    await using box = openBox()
    const file = join(box.folder, 'auth.json')
    writeFileSync(file, authJson(key(registry.address), creds))
    await box.ok(['pull', '-q', '--authfile', file, image])
  })

  rootTest('--authfile with an entry for another namespace, and one that does not exist', async () => {
    await using box = openBox()
    const file = join(box.folder, 'auth.json')
    writeFileSync(file, authJson(`${registry.address}/team2`, creds))
    expect((await box.try(['pull', '-q', '--authfile', file, image])).code).toBe(125)
    const { stderr } = await box.try(['pull', '-q', '--authfile', join(box.folder, 'nosuch'), image])
    expect(stderr).toContain('nosuch')
  })

  rootTest(
    'a file that does not exist: as $REGISTRY_AUTH_FILE it holds nothing, as --authfile of create it is refused',
    async () => {
      await using box = openBox()
      const env = { REGISTRY_AUTH_FILE: join(box.folder, 'nosuch') }
      const { code, stderr } = await box.try(['pull', '-q', image], { env })
      expect(code).toBe(125)
      expect(stderr).not.toContain('nosuch')
      await box.ok(['pull', '-q', '--creds', creds, image], { env })
      const created = await box.try(['create', '--authfile', env.REGISTRY_AUTH_FILE, image])
      const reason = `credential file is not accessible: faccessat ${env.REGISTRY_AUTH_FILE}: no such file or directory`
      expect(created).toMatchObject({ code: 125, stderr: `Error: ${reason}\n` })
      expect(await box.ok(['ps', '-aq'])).toBe('')
    },
  )

  rootTest.each(['.config/containers/auth.json', '.docker/config.json'])('~/%s', async (path) => {
    await using box = openBox()
    place(join(box.env['HOME'] as string, path), authJson(registry.address, creds))
    await box.ok(['pull', '-q', image])
  })

  rootTest('the most specific entry counts; --creds counts before all files', async () => {
    await using box = openBox()
    const entry = (words: string) => ({ auth: Buffer.from(words).toString('base64') })
    const auths = { [registry.address]: entry(creds), [`${registry.address}/team`]: entry('maria:guess') }
    place(join(box.env['HOME'] as string, '.docker/config.json'), JSON.stringify({ auths }))
    expect((await box.try(['pull', '-q', image])).code).toBe(125)
    await box.ok(['pull', '-q', '--creds', creds, image])
  })

  rootTest('a credential helper of docker', async () => {
    await using box = openBox()
    const bin = join(box.folder, 'bin')
    const answer = JSON.stringify({ ServerURL: registry.address, Username: user.name, Secret: user.password })
    place(
      join(bin, 'docker-credential-test'),
      `#!/bin/sh\nread server; [ "$server" = ${registry.address} ] && echo '${answer}'\n`,
    )
    chmodSync(join(bin, 'docker-credential-test'), 0o755)
    const credHelpers = { [registry.address]: 'test' }
    place(join(box.env['HOME'] as string, '.docker/config.json'), JSON.stringify({ credHelpers }))
    await box.ok(['pull', '-q', image], { env: { PATH: `${bin}:${box.env['PATH']}` } })
  })

  rootTest('what is wrong with a file or a helper is said, rather than that a login is wanted', async () => {
    await using box = openBox()
    const bin = join(box.folder, 'bin')
    place(join(bin, 'docker-credential-broken'), '#!/bin/sh\necho no keyring here >&2; exit 2\n')
    place(join(bin, 'docker-credential-empty'), '#!/bin/sh\necho credentials not found in native keychain; exit 1\n')
    for (const name of ['broken', 'empty']) chmodSync(join(bin, `docker-credential-${name}`), 0o755)
    const file = join(box.env['HOME'] as string, '.docker/config.json')
    const { address } = registry
    const anonymous = /answered 401/
    const cases: [object, RegExp][] = [
      [{ credHelpers: { [address]: 'nosuch' } }, /docker-credential-nosuch: executable file not found in \$PATH/],
      [{ credHelpers: { [address]: 'broken' } }, /docker-credential-broken get ended with 2: no keyring here/],
      [{ credHelpers: { [address]: 'empty' } }, anonymous],
      // Other people's configuration, for which nothing is installed here.
      [{ credsStore: 'nosuch' }, anonymous],
      [{ auths: { [address]: { auth: '!!!' } } }, /config\.json': the auth of "localhost:\d+" is not base64/],
      [{ auths: { [address]: { auth: 'bm9jb2xvbg==' } } }, /config\.json': the auth of "localhost:\d+" has no colon/],
      [{ auths: [] }, /config\.json': auths is no object/],
    ]
    for (const [document, reason] of cases) {
      place(file, JSON.stringify(document))
      const { code, stderr } = await box.try(['pull', '-q', image], {
        env: { PATH: `${bin}:${box.env['PATH']}` },
        isChecked: false,
      })
      expect({ document, code, stderr }).toMatchObject({ code: 125, stderr: expect.stringMatching(reason) })
    }
  })

  rootTest('--creds are not sent to a mirror on another host', async () => {
    await using box = openBox()
    const mirror = registry.address.replace('localhost', '127.0.0.1')
    const conf = join(box.folder, 'registries.conf')
    writeFileSync(conf, `[[registry]]\nlocation = "${registry.address}"\n[[registry.mirror]]\nlocation = "${mirror}"\n`)
    const { stderr } = await box.try(['pull', '--creds', creds, image], { env: { CONTAINERS_REGISTRIES_CONF: conf } })
    expect(stderr).toMatch(new RegExp(`mirror ${mirror} failed: .*(unauthorized|authentication required)`))
    expect((await box.try(['image', 'exists', image])).code).toBe(0)
  })
})

describe('a registry with a certificate of an authority of its own', () => {
  const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo', 'openssl')
  let folder: string
  let registry: RealRegistry
  let image: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-certificates-'))
    makeAuthority(folder)
    registry = await startDockerRegistry({
      tls: { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') },
    })
    image = `${registry.address}/busybox:1`
    push(image, ['--dest-tls-verify=false'])
  })
  afterAll(async () => {
    await registry[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  const certsOf = (box: Box) => join(box.env['HOME'] as string, '.config/containers/certs.d', registry.address)

  rootTest('is refused, though it is on this machine, with a hint where its certificate belongs', async () => {
    await using box = openBox()
    const { code, stderr } = await box.try(['pull', '-q', image])
    expect(code).toBe(125)
    expect(stderr).toMatch(/^Error: .*x509: certificate signed by unknown authority\n/)
    expect(stderr).toContain(`/etc/containers/certs.d/${registry.address}/ca.crt`)
  })

  rootTest('is trusted with the authority in certs.d or in --cert-dir', async () => {
    await using box = openBox()
    place(join(certsOf(box), 'ca.crt'), '')
    cpSync(join(folder, 'ca.crt'), join(certsOf(box), 'ca.crt'))
    await box.ok(['pull', '-q', '--tls-verify=true', image])
    rmSync(certsOf(box), { recursive: true })
    await box.ok(['rmi', image])
    place(join(box.folder, 'certs/own.crt'), '')
    cpSync(join(folder, 'ca.crt'), join(box.folder, 'certs/own.crt'))
    await box.ok(['pull', '-q', '--tls-verify=true', '--cert-dir', join(box.folder, 'certs'), image])
  })

  rootTest('is refused with another authority of the same name', async () => {
    await using box = openBox()
    const other = join(box.folder, 'other')
    mkdirSync(other)
    makeAuthority(other)
    place(join(certsOf(box), 'ca.crt'), '')
    cpSync(join(other, 'ca.crt'), join(certsOf(box), 'ca.crt'))
    expect((await box.try(['pull', '-q', '--tls-verify=true', image])).code).toBe(125)
  })

  rootTest('is not verified with --tls-verify=false', async () => {
    await using box = openBox()
    await box.ok(['pull', '-q', '--tls-verify=false', image])
  })
})

describe('a registry that wants to know its clients by a certificate', () => {
  const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo', 'openssl')
  let folder: string
  let registry: RealRegistry
  let image: string
  const at = (name: string) => join(folder, name)

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-certificates-'))
    makeAuthority(folder)
    for (const [name, ...files] of [
      ['whole', 'ca.crt', 'tls.cert', 'tls.key'],
      ['no-key', 'ca.crt', 'tls.cert'],
      ['no-certificate', 'ca.crt', 'tls.key'],
      ['authority-alone', 'ca.crt'],
    ] as const) {
      mkdirSync(at(name))
      for (const file of files) cpSync(at(file.replace('.cert', '.crt')), join(at(name), file))
    }
    registry = await startDockerRegistry({
      tls: { certificate: at('tls.crt'), key: at('tls.key'), clientAuthority: at('ca.crt') },
    })
    image = `${registry.address}/busybox:1`
    push(image, ['--dest-cert-dir', at('whole')])
  })
  afterAll(async () => {
    await registry[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  rootTest('is given it; half of one is named, and none is told to be missing', async () => {
    await using box = openBox()
    await box.ok(['pull', '-q', '--cert-dir', at('whole'), image])
    const reasons: Record<string, RegExp> = {
      'no-key': /missing key tls\.key for client certificate tls\.cert\. .*authorit.*\.crt/,
      'no-certificate': /missing client certificate tls\.cert for key tls\.key/,
      'authority-alone': /remote error: tls: .*certificate.*\n.*client certificate/,
    }
    for (const [name, reason] of Object.entries(reasons)) {
      for (const flags of [[], ['--tls-verify=true'], ['--tls-verify=false']]) {
        const { code, stderr } = await box.try(['pull', '-q', '--cert-dir', at(name), ...flags, image], {
          isChecked: false,
        })
        expect({ name, code, stderr }).toMatchObject({ code: 125, stderr: expect.stringMatching(reason) })
      }
    }
  })
})

function push(image: string, flags: readonly string[]): void {
  execFileSync('skopeo', ['copy', '-q', ...flags, `docker-archive:${busyboxArchive()}`, `docker://${image}`])
}

function place(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

/** ca.crt, and tls.crt with tls.key for localhost signed by it. */
function makeAuthority(folder: string): void {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...key, '-days', '3', '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.crt')
  openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', 'tls.key', '-out', 'tls.csr')
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names', '-days', '3']
  openssl('x509', '-req', '-in', 'tls.csr', ...signing, '-out', 'tls.crt')
}
