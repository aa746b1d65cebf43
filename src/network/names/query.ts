// One question to a name server, to know when it answers: DNS over UDP, type A and AAAA only.

/** The domain that names of containers are in, too. */
export const searchDomain = 'dns.podman'

/** Wire form of "what is the address of NAME?" */
export function printQuestion(name: string, family: 4 | 6): Buffer {
  const header = Buffer.from([0x67, 0x61, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, family === 4 ? 1 : 28, 0, 1])])
}

/** Whether the answer knows the name. */
export function isKnown(answer: Buffer): boolean {
  return answer.length >= 12 && (answer.readUInt8(3) & 0x0f) === 0 && answer.readUInt16BE(6) > 0
}
