// Why a flag of podman's is not supported yet, where that is not plain: see the table in README.md.

const reasons: Readonly<Record<string, string>> = {
  'decryption-key': 'artifacts are not encrypted',
  'new-runtime': 'a container keeps the runtime it was made with; make it anew with container clone --destroy',
  'rootless-netns': 'networks of ordinary users are reached through their containers',
  'storage-opt': 'no storage driver limits the size of a root file system',
}

/** What follows "… is not supported yet". */
export function reasonOf(flag: string): string {
  const reason = reasons[flag]
  return reason === undefined ? '' : `: ${reason}`
}
