// login and logout, with a real registry that wants a password.

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const rootTest = requires('root', 'overlay', 'docker-registry', 'htpasswd')
const user = { name: 'maria', password: 'se:cret' }
const words = ['--username', user.name, '--password', user.password]
const auth = Buffer.from(`${user.name}:${user.password}`).toString('base64')
const quick = { isChecked: false }
let registry: RealRegistry

beforeAll(async () => {
  registry = await startDockerRegistry({ user })
})
afterAll(async () => registry[Symbol.asyncDispose]())

const documentAt = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>

/** A credential helper that keeps what it is given in a file, and writes down how it was called. */
function writeHelper(folder: string): string {
  mkdirSync(folder)
  const path = join(folder, 'docker-credential-box')
  writeFileSync(
    path,
    `#!/bin/sh
echo "$@" >> ${folder}/calls
case $1 in
store) cat > ${folder}/kept ;;
get) test -e ${folder}/kept && sed 's/"ServerURL"/"Server"/' ${folder}/kept || { echo 'credentials not found'; exit 1; } ;;
erase) rm ${folder}/kept ;;
esac
`,
  )
  chmodSync(path, 0o755)
  return folder
}

async function canPush(box: Box, flags: readonly string[] = []): Promise<boolean> {
  const { code } = await box.try(['push', '-q', ...flags, busyboxName, `${registry.address}/team/app:1`], quick)
  return code === 0
}

describe('login', () => {
  rootTest('keeps an ordinary user’s in his runtime folder, known to be his without the environment', async () => {
    const owner = testUser()
    await using box = openBox({ user: owner })
    const file = `/run/user/${owner.uid}/containers/auth.json`
    rmSync(file, { force: true })
    const env = { XDG_RUNTIME_DIR: '' }
    await box.ok(['login', ...words, registry.address], { env })
    expect(documentAt(file)).toEqual({ auths: { [registry.address]: { auth } } })
    expect(await box.ok(['login', '--get-login', registry.address])).toBe(user.name)
    await box.ok(['logout', registry.address], { env })
    expect(documentAt(file)).toEqual({ auths: {} })
    rmSync(file)
  })

  rootTest('keeps what the registry accepts, for pushes to come; logout forgets it', async () => {
    await using box = openBox()
    const file = join(box.folder, 'new', 'auth.json')
    const there = ['--authfile', file]
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    expect(await canPush(box)).toBe(false)
    expect(await box.ok(['login', ...there, ...words, registry.address])).toBe('Login Succeeded!')
    expect(documentAt(file)).toEqual({ auths: { [registry.address]: { auth } } })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await box.ok(['login', ...there, '--get-login', registry.address])).toBe(user.name)
    expect(await canPush(box, there)).toBe(true)
    expect(await box.ok(['logout', ...there, registry.address])).toBe(
      `Removed login credentials for ${registry.address}`,
    )
    expect(documentAt(file)).toEqual({ auths: {} })
    expect(await canPush(box, there)).toBe(false)
    const again = await box.try(['logout', ...there, registry.address])
    expect(again).toMatchObject({ code: 125, stderr: `Error: not logged into ${registry.address}\n` })
  })

  rootTest('a registry that registries.conf speaks of is logged in to by its own name', async () => {
    await using box = openBox()
    const conf = join(box.folder, 'registries.conf')
    for (const entry of [
      `location = "${registry.address}"`,
      `prefix = "${registry.address}"\nlocation = "${registry.address}/team"`,
    ]) {
      writeFileSync(conf, `[[registry]]\n${entry}\ninsecure = true\n`)
      const env = { CONTAINERS_REGISTRIES_CONF: conf }
      const authFile = ['--authfile', join(box.folder, 'auth.json')]
      await box.ok(['login', ...authFile, ...words, registry.address], { env })
      expect(await box.ok(['login', ...authFile, '--get-login', registry.address], { env })).toBe(user.name)
      const wrong = await box.try(['login', ...authFile, '-u', user.name, '-p', 'guess', registry.address], { env })
      expect(wrong.stderr).toContain('invalid username/password')
    }
  })

  rootTest('a wrong password is refused, changes nothing and is not shown', async () => {
    await using box = openBox()
    const file = join(box.folder, 'auth.json')
    const { code, stdout, stderr } = await box.try(
      ['--log-level', 'debug', 'login', '--authfile', file, '-u', user.name, '--password-stdin', registry.address],
      { stdin: 'guessed\n' },
    )
    expect(code).toBe(125)
    expect(stderr).toContain(`Error: logging into "${registry.address}": invalid username/password`)
    expect(stdout + stderr).not.toMatch(/guessed|Z3Vlc3NlZA/)
    expect(existsSync(file)).toBe(false)
    expect(await box.ok(['events', '--stream=false'])).not.toContain('guessed')
  })

  rootTest('what else is in the file stays, and of two logins at once neither is lost', async () => {
    await using box = openBox()
    const file = join(box.folder, 'auth.json')
    writeFileSync(file, JSON.stringify({ auths: { 'quay.io': { auth } }, credHelpers: { 'gcr.io': 'gcloud' }, x: 1 }))
    const login = async (key: string) =>
      box.ok(['login', '--authfile', file, ...words, `${registry.address}${key}`], quick)
    await Promise.all(['', '/a', '/b/c'].map(login))
    const keys = ['quay.io', ...['', '/a', '/b/c'].map((key) => `${registry.address}${key}`)]
    expect(documentAt(file)).toMatchObject({ credHelpers: { 'gcr.io': 'gcloud' }, x: 1 })
    expect(Object.keys(documentAt(file)['auths'] as object).sort()).toEqual(keys.sort())
    await box.ok(['logout', '--all', '--authfile', file], quick)
    expect(documentAt(file)).toMatchObject({ auths: {}, x: 1 })
  })

  rootTest("docker's own configuration, by flag and by DOCKER_CONFIG", async () => {
    await using box = openBox()
    const file = join(box.folder, 'docker', 'config.json')
    const env = { DOCKER_CONFIG: join(box.folder, 'docker') }
    await box.ok(['login', '--compat-auth-file', file, ...words, registry.address], quick)
    expect(documentAt(file)).toEqual({ auths: { [registry.address]: { auth } } })
    expect(await box.ok(['login', '--get-login', registry.address], { env, ...quick })).toBe(user.name)
    await box.ok(['logout', registry.address], { env, ...quick })
    expect(documentAt(file)).toEqual({ auths: {} })
    const named = await box.try(['login', '--compat-auth-file', file, ...words, `${registry.address}/team`], quick)
    expect(named.stderr).toContain('has credentials for registries only')
    const both = ['--authfile', file, '--compat-auth-file', file]
    expect((await box.try(['login', ...both, registry.address], quick)).stderr).toMatch(/can not be set simultaneously/)
  })

  rootTest('a credential helper is given the password on its standard input', async () => {
    const own = openBox()
    const folder = writeHelper(join(own.folder, 'programs'))
    await using _own = own
    await using box = openBox({ programs: folder })
    const file = join(box.folder, 'auth.json')
    const there = ['--authfile', file]
    writeFileSync(file, JSON.stringify({ credHelpers: { [registry.address]: 'box' } }))
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    await box.ok(['login', ...there, ...words, registry.address], quick)
    expect(JSON.parse(readFileSync(join(folder, 'kept'), 'utf8'))).toMatchObject({
      ServerURL: registry.address,
      Username: user.name,
      Secret: user.password,
    })
    expect(readFileSync(join(folder, 'calls'), 'utf8')).not.toContain(user.password)
    expect(readFileSync(file, 'utf8')).not.toContain(auth)
    expect(await canPush(box, there)).toBe(true)
    await box.ok(['logout', ...there, registry.address], quick)
    expect(existsSync(join(folder, 'kept'))).toBe(false)
    expect(await canPush(box, there)).toBe(false)
  })

  rootTest('the password of a secret; and no way to ask for one', async () => {
    await using box = openBox()
    const there = ['--authfile', join(box.folder, 'auth.json')]
    await box.ok(['secret', 'create', user.name, '-'], { stdin: user.password, ...quick })
    expect(await box.ok(['login', ...there, '--secret', user.name, registry.address], quick)).toBe('Login Succeeded!')
    await box.ok(['logout', ...there, registry.address], quick)
    const asked = await box.try(['login', ...there, '-u', user.name, registry.address], quick)
    expect(asked).toMatchObject({ code: 125 })
    expect(asked.stderr).toContain('--password-stdin')
  })
})
