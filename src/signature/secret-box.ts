// NaCl's secretbox (XSalsa20 and Poly1305), which OpenSSL does not offer and cosign's key files are sealed with. The one file that knows tweetnacl.

import nacl from 'tweetnacl'

export interface BoxKey {
  /** 32 bytes */
  readonly key: Uint8Array
  /** 24 bytes */
  readonly nonce: Uint8Array
}

export function sealSecretBox(content: Uint8Array, { key, nonce }: BoxKey): Uint8Array {
  return nacl.secretbox(content, nonce, key)
}

/** undefined where key, nonce and bytes do not belong together. */
export function openSecretBox(bytes: Uint8Array, { key, nonce }: BoxKey): Uint8Array | undefined {
  return nacl.secretbox.open(bytes, nonce, key) ?? undefined
}
