// Sigstore signatures as attachments of a real registry. Debian's skopeo has them switched off, so that openssl is the judge: it verifies what
// we sign, and makes what we verify.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { type SignedRegistry, startSignedRegistry, writePolicy } from '../support/signed-registry.ts'

const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo', 'gpg', 'openssl')
const quick = { isChecked: false }
const insecure = { src: '--src-tls-verify=false', dest: '--dest-tls-verify=false' }
let registry: SignedRegistry

beforeAll(async () => {
  registry = await startSignedRegistry()
  registry.reset(`docker:\n  ${registry.address}/attached:\n    use-sigstore-attachments: true\n`)
})
afterAll(async () => registry[Symbol.asyncDispose]())

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const rawAt = (name: string) => registry.skopeo('inspect', '--raw', '--tls-verify=false', `docker://${name}`)
const openssl = (...argv: string[]) => execFileSync('openssl', argv, { encoding: 'utf8', stdio: 'pipe' })

interface Attachments {
  readonly layers: readonly { readonly digest: string; readonly annotations: Readonly<Record<string, string>> }[]
}

rootTest(
  'push --sign-by-sigstore-private-key: openssl verifies it, the policy lets it in, a second key is added',
  async () => {
    await using box = registry.openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const [password, prefix] = [join(box.folder, 'password'), join(box.folder, 'key')]
    writeFileSync(password, 'correct horse\n')
    const made = ['generate-sigstore-key', '--passphrase-file', password, '--output-prefix']
    expect(await box.ok([...made, prefix], quick)).toBe(`Key written to "${prefix}.private" and "${prefix}.pub"`)
    expect(statSync(`${prefix}.private`).mode & 0o777).toBe(0o600)
    expect((await box.try([...made, prefix], quick)).stderr).toContain('Refusing to overwrite existing')
    const image = `${registry.address}/attached/app:1`
    const signing = ['push', '--sign-passphrase-file', password, '--sign-by-sigstore-private-key']
    const pushed = await box.try([...signing, `${prefix}.private`, busyboxName, image], {
      env: { GANTRY_TRACE: 'exec,lock,http,state' },
    })
    expect(pushed).toMatchObject({ code: 0, stderr: expect.stringContaining('using a sigstore signature') })
    expect(pushed.stderr).not.toContain('correct horse')
    const manifest = digestOf(Buffer.from(rawAt(image)))
    const tag = `${registry.address}/attached/app:${manifest.replace(':', '-')}.sig`
    registry.skopeo('copy', '-q', insecure.src, `docker://${tag}`, `dir:${join(box.folder, 'sig')}`)
    const [layer] = (JSON.parse(rawAt(tag)) as Attachments).layers
    const payload = join(box.folder, 'sig', layer?.digest.split(':')[1] as string)
    expect(JSON.parse(readFileSync(payload, 'utf8')).critical).toEqual({
      identity: { 'docker-reference': image },
      image: { 'docker-manifest-digest': manifest },
      type: 'cosign container image signature',
    })
    const signature = join(box.folder, 'signature')
    writeFileSync(signature, Buffer.from(layer?.annotations['dev.cosignproject.cosign/signature'] ?? '', 'base64'))
    expect(openssl('dgst', '-sha256', '-verify', `${prefix}.pub`, '-signature', signature, payload)).toBe(
      'Verified OK\n',
    )

    await box.ok([...made, `${prefix}2`], quick)
    const parameters = join(box.folder, 'parameters.yaml')
    writeFileSync(parameters, `privateKeyFile: ${prefix}2.private\nprivateKeyPassphraseFile: ${password}\n`)
    await box.ok(['push', '-q', '--sign-by-sigstore', parameters, busyboxName, image])
    expect((JSON.parse(rawAt(tag)) as Attachments).layers).toHaveLength(2)
    await box.ok(['rmi', '-f', busyboxName], quick)
    const both = ['', '2'].map((which) => ({ type: 'sigstoreSigned', keyPath: `${prefix}${which}.pub` }))
    await box.ok([
      'pull',
      '-q',
      '--signature-policy',
      writePolicy(box, { docker: { [registry.address]: both } }),
      image,
    ])
  },
)

rootTest('what openssl signed as cosign does is let in, and nothing else with its signature', async () => {
  await using box = registry.openBox()
  const image = `${registry.address}/attached/theirs:1`
  const copy = ['copy', '-q', insecure.dest]
  registry.skopeo(...copy, `docker-archive:${busyboxArchive()}`, `docker://${image}`)
  const file = (name: string) => join(box.folder, name)
  openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384', '-out', file('key'))
  openssl('pkey', '-in', file('key'), '-pubout', '-out', file('key.pub'))
  const attach = (digest: string) => {
    const identity = { 'docker-reference': `${registry.address}/attached/theirs` }
    const critical = { identity, image: { 'docker-manifest-digest': digest }, type: 'cosign container image signature' }
    writeFileSync(file('payload'), JSON.stringify({ critical, optional: null }))
    openssl('dgst', '-sha256', '-sign', file('key'), '-out', file('sig'), file('payload'))
    writeLayout(file('layout'), readFileSync(file('payload')), readFileSync(file('sig')).toString('base64'))
    const manifest = digestOf(Buffer.from(rawAt(image)))
    registry.skopeo(
      ...copy,
      `oci:${file('layout')}:x`,
      `docker://${image.slice(0, -2)}:${manifest.replace(':', '-')}.sig`,
    )
  }
  const signedIdentity = { type: 'matchRepository' }
  const trusted = [{ type: 'sigstoreSigned', keyPath: file('key.pub'), signedIdentity }]
  const pull = ['pull', '-q', '--signature-policy', writePolicy(box, { docker: { '': trusted } }), image]
  expect((await box.try(pull, quick)).stderr).toContain('A signature was required, but no signature exists')
  attach(`sha256:${'0'.repeat(64)}`)
  expect((await box.try(pull, quick)).stderr).toContain(`Signature for digest sha256:${'0'.repeat(64)} does not match`)
  expect(await box.ok(['images', '-aq'])).toBe('')
  attach(digestOf(Buffer.from(rawAt(image))))
  await box.ok(pull)
})

rootTest('where registries.d does not allow attachments, or a service would be asked, that is said', async () => {
  await using box = registry.openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()], quick)
  const [password, prefix] = [join(box.folder, 'password'), join(box.folder, 'key')]
  writeFileSync(password, 'x')
  await box.ok(['generate-sigstore-key', '--passphrase-file', password, '--output-prefix', prefix], quick)
  const image = `${registry.address}/elsewhere:1`
  const push = async (...flags: string[]) => box.try(['push', '-q', ...flags, busyboxName, image], quick)
  const key = ['--sign-by-sigstore-private-key', `${prefix}.private`, '--sign-passphrase-file']
  expect((await push(...key, password)).stderr).toMatch(
    /not written to .*registries.d does not enable.*\n.*attachments: true/,
  )
  expect(() => rawAt(image)).toThrow(/manifest unknown/)
  writeFileSync(password, 'y')
  expect((await push(...key, password)).stderr).toContain(`the passphrase does not open '${prefix}.private'`)
  const parameters = join(box.folder, 'parameters.yaml')
  writeFileSync(parameters, `privateKeyFile: ${prefix}.private\nrekorURL: https://rekor.example.org\n`)
  expect((await push('--sign-by-sigstore', parameters)).stderr).toContain('has "rekorURL", which is not supported')
  const clash = await push(...key, password, '--sign-by', registry.key)
  expect(clash.stderr).toContain('only one of --sign-by and sign-by-sigstore-private-key')
})

/** One layer, cosign's payload, in an OCI layout called `x`. */
function writeLayout(folder: string, payload: Uint8Array, signature: string): void {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
  const put = (bytes: Uint8Array) => {
    writeFileSync(join(folder, 'blobs/sha256', digestOf(bytes).slice(7)), bytes)
    return { digest: digestOf(bytes), size: bytes.length }
  }
  const layer = {
    mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    ...put(payload),
    annotations: { 'dev.cosignproject.cosign/signature': signature },
  }
  const rootfs = { type: 'layers', diff_ids: [layer.digest] }
  const config = Buffer.from(JSON.stringify({ architecture: '', os: '', config: {}, rootfs }))
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const described = { mediaType: 'application/vnd.oci.image.config.v1+json', ...put(config) }
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: described, layers: [layer] }))
  const annotations = { 'org.opencontainers.image.ref.name': 'x' }
  const index = { schemaVersion: 2, manifests: [{ mediaType, ...put(manifest), annotations }] }
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index))
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
}
