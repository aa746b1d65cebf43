// Why a flag of podman's is not supported yet, where that is not plain.

const reasons: Readonly<Record<string, string>> = {
  'decryption-key': 'encrypted images cannot be read',
  'storage-opt': 'no storage driver limits the size of a root file system',
}

/** What follows "… is not supported yet". */
export function reasonOf(flag: string): string {
  const reason = reasons[flag]
  return reason === undefined ? '' : `: ${reason}`
}
