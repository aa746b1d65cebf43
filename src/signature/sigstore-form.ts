// How cosign stores a signature: its payload as a blob, the rest in annotations of that blob's descriptor.

export const sigstoreMediaType = 'application/vnd.dev.cosign.simplesigning.v1+json'

export const signatureAnnotation = 'dev.cosignproject.cosign/signature'
/** Rekor's signed entry timestamp. */
export const bundleAnnotation = 'dev.sigstore.cosign/bundle'
export const certificateAnnotation = 'dev.sigstore.cosign/certificate'
export const chainAnnotation = 'dev.sigstore.cosign/chain'
