// Terminals as people use them, through a real pseudo-terminal (python3's pty): full-screen programs, resize, Ctrl-C, detaching,
// a terminal that is closed, input that ends.

import { execFileSync, spawn } from 'node:child_process'
import { expect } from 'vitest'
import { type Box, finish, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const none = ['--network', 'none']

async function loadedBox(): Promise<Box> {
  const box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  return box
}

realTest('echo hi | run -i cat', async () => {
  await using box = await loadedBox()
  expect(await box.ok(['run', '--rm', '-i', ...none, busyboxName, 'cat'], { stdin: 'hi\n' })).toBe('hi')
})

realTest('without -i the container reads nothing', async () => {
  await using box = await loadedBox()
  expect(await box.ok(['run', '--rm', ...none, busyboxName, 'cat'], { stdin: 'hi\n' })).toBe('')
})

realTest('a signal does not wait behind input that nobody reads', { timeout: 60_000 }, async () => {
  await using box = await loadedBox()
  const program = 'trap "exit 5" TERM; echo ready; while :; do sleep 0.1; done'
  const child = box.start(['run', '--rm', '-i', ...none, busyboxName, 'sh', '-c', program], {
    stdin: Buffer.alloc(4 << 20),
  })
  child.stdout?.once('data', () => setTimeout(() => child.kill('SIGTERM'), 500))
  expect(await finish(child)).toMatchObject({ code: 5 })
})

realTest('8 MiB of random bytes pass through unchanged, both ways', { timeout: 60_000 }, async () => {
  await using box = await loadedBox()
  const noise = Buffer.alloc(8 << 20)
  for (let index = 0; index < noise.length; index += 1) noise[index] = (index * 2654435761) >>> 13
  const child = box.start(['run', '--rm', '-i', ...none, busyboxName, 'cat'], { stdin: noise })
  child.stdin?.end(noise)
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise((done) => child.once('close', done))
  expect(Buffer.concat(chunks).equals(noise)).toBe(true)
})

realTest('no last byte is lost, 20 times', { timeout: 60_000 }, async () => {
  await using box = await loadedBox()
  for (let round = 0; round < 20; round += 1) {
    const { stdout, stderr } = await finish(
      box.start(['run', '--rm', ...none, busyboxName, 'sh', '-c', 'seq 1 2000; echo last; echo err >&2']),
    )
    expect(stdout.split('\n').slice(-3)).toEqual(['2000', 'last', ''])
    expect(stderr).toBe('err\n')
  }
})

realTest('a terminal has the size of ours, and follows it', async () => {
  await using box = await loadedBox()
  const { output } = await onTerminal(
    box,
    ['run', '--rm', '-it', ...none, busyboxName, 'sh'],
    `
    wait(b'#'); send(b'stty size\\n'); wait(b'24 80')
    resize(40, 100); send(b'stty size\\n'); wait(b'40 100')
    send(b'exit 7\\n')`,
  )
  expect(output).toContain('40 100')
  expect(output).toContain('EXIT 7')
})

realTest('a terminal has its size before the first instruction', async () => {
  await using box = await loadedBox()
  await box.ok(['create', '-it', '--name', 'made', ...none, busyboxName, 'stty', 'size'])
  for (const words of [
    ['run', '--rm', '-it', ...none, busyboxName, 'stty', 'size'],
    ['start', '-ai', 'made'],
  ]) {
    const { output } = await onTerminal(box, words, '')
    expect(output).toMatch(/^24 80\r+\nEXIT 0\n$/)
  }
})

realTest('--log-driver passthrough-tty hands over our own terminal, and nobody else gets at it', async () => {
  await using box = await loadedBox()
  const words = ['-v', '/dev:/dev', ...none, busyboxName, 'sh', '-c', 'tty; stty size']
  const { output } = await onTerminal(box, ['run', '--name', 'typist', '--log-driver', 'passthrough-tty', ...words], '')
  expect(output).toMatch(/^\/dev\/pts\/\d+\r\n24 80\r\nEXIT 0\n$/)
  expect((await box.try(['logs', 'typist'])).stderr).toContain(
    "using the 'passthrough-tty' log driver, cannot read logs",
  )
  const refused = await onTerminal(box, ['run', '--rm', '--log-driver', 'passthrough', ...words], '')
  expect(refused.output).toContain('cannot be used on a TTY')
  expect(refused.output).toContain('passthrough-tty')
  const deaf = ['run', '-d', '--name', 'deaf', '--log-driver', 'passthrough', ...none, busyboxName, 'sleep', '1000']
  execFileSync(box.argv[0] as string, [...box.argv.slice(1), ...deaf], { env: box.env, stdio: 'ignore' })
  expect((await box.try(['attach', 'deaf'])).stderr).toContain("using the 'passthrough' log driver, cannot attach")
})

realTest('Ctrl-D ends the input of a program without a terminal of its own', async () => {
  await using box = await loadedBox()
  const { output } = await onTerminal(
    box,
    ['run', '--rm', '-i', ...none, busyboxName, 'sh', '-c', 'cat; echo ended; exit 6'],
    `
    send(b'typed\\n'); wait(b'typed'); wait(b'typed'); send(b'\\x04'); wait(b'ended')`,
  )
  expect(output).toContain('EXIT 6')
})

realTest('Ctrl-C reaches the program, not the client', async () => {
  await using box = await loadedBox()
  const { output } = await onTerminal(
    box,
    ['run', '--rm', '-it', ...none, busyboxName, 'sh'],
    `
    wait(b'#'); send(b'sleep 100\\n'); pause(0.3); send(b'\\x03'); wait(b'#')
    send(b'echo after-$((1+1))\\n'); wait(b'after-2'); send(b'exit 0\\n')`,
  )
  expect(output).toContain('EXIT 0')
})

realTest('Ctrl-P Ctrl-Q detaches; attach comes back; the container lives on', async () => {
  await using box = await loadedBox()
  const first = await onTerminal(
    box,
    ['run', '-it', '--name', 'shell', ...none, busyboxName, 'sh'],
    `
    wait(b'#'); send(b'x=kept\\n'); wait(b'#'); send(b'\\x10\\x11')`,
  )
  expect(first.output).toContain('EXIT 0')
  expect((await box.inspect('shell')).State).toMatchObject({ Status: 'running' })
  const second = await onTerminal(
    box,
    ['attach', 'shell'],
    `
    pause(0.3); send(b'echo $x-$((2+3))\\n'); wait(b'kept-5'); send(b'exit 4\\n')`,
  )
  expect(second.output).toContain('EXIT 0')
})

realTest('a terminal that is closed does not end the container', async () => {
  await using box = await loadedBox()
  await onTerminal(box, ['run', '-it', '--name', 'shell', ...none, busyboxName, 'sh'], `wait(b'#'); hangup()`)
  expect((await box.inspect('shell')).State).toMatchObject({ Status: 'running' })
  expect(await box.ok(['exec', 'shell', 'echo', 'alive'])).toBe('alive')
})

realTest('exec -it has a terminal of the right size', async () => {
  await using box = await loadedBox()
  await box.ok(['run', '-d', '--name', 'web', ...none, busyboxName, 'sleep', '1000'])
  const { output } = await onTerminal(
    box,
    ['exec', '-it', 'web', 'sh'],
    `
    wait(b'#'); send(b'stty size\\n'); wait(b'24 80'); resize(50, 90); pause(0.3)
    send(b'stty size\\n'); wait(b'50 90'); send(b'exit 9\\n')`,
  )
  expect(output).toContain('EXIT 9')
})

realTest('several attach at once, each sees all', async () => {
  await using box = await loadedBox()
  await box.ok(['create', '--name', 'talk', ...none, busyboxName, 'sh', '-c', 'sleep 8; echo one; echo two; exit 5'])
  await box.ok(['start', 'talk'])
  const clients = await Promise.all([1, 2, 3].map(async () => finish(box.start(['attach', '--no-stdin', 'talk']))))
  for (const { stdout, code } of clients) {
    expect(stdout).toBe('one\ntwo\n')
    expect(code).toBe(0)
  }
})

/** Runs the command on a new terminal of 24 × 80 and plays `script`; the output ends with `EXIT code`. */
async function onTerminal(box: Box, args: readonly string[], script: string): Promise<{ output: string }> {
  const program = `
import fcntl, json, os, pty, select, struct, sys, termios, time, signal
argv = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execvpe(argv[0], argv, os.environ)
seen = b''; position = 0
def resize(rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0)); time.sleep(0.3)
def read(seconds):
    global seen
    if select.select([fd], [], [], seconds)[0]:
        try: data = os.read(fd, 65536)
        except OSError: data = b''
        seen += data
        return data != b''
    return None
def wait(text):
    global position
    deadline = time.time() + 15
    while seen.find(text, position) < 0:
        if time.time() > deadline or read(1) is False:
            sys.stdout.buffer.write(seen); print('\\nMISSED', text); os.kill(pid, 9); sys.exit(1)
    position = seen.find(text, position) + len(text)
def send(data): os.write(fd, data)
def pause(seconds):
    end = time.time() + seconds
    while time.time() < end: read(0.05)
def hangup():
    os.close(fd); time.sleep(1); sys.exit(0)
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
${script
  .split('\n')
  .map((line) => line.trim())
  .join('\n')}
while read(10): pass
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
print('EXIT', os.waitstatus_to_exitcode(status))
`
  const child = spawn('python3', ['-c', program, JSON.stringify([...box.argv, ...args])], {
    env: { ...box.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { code, stdout, stderr } = await finish(child)
  expect(`${stdout}${stderr}`).not.toContain('MISSED')
  expect(code, stderr).toBe(0)
  return { output: stdout }
}
