export interface PemBlock {
  readonly kind: 'certificate' | 'key' | 'other';
  /** What stands between BEGIN and the dashes, e.g. `RSA PRIVATE KEY`. */
  readonly label: string;
  /** The block with its BEGIN and END line. */
  readonly text: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[ \t]*\r?\n[\s\S]*?-----END \1-----/g;

/** Finds the PEM blocks of a text (RFC 7468), in order; what stands between them is ignored. */
export function readPemBlocks(text: string): readonly PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([block, label = '']) => ({ kind: kindOf(label), label, text: `${block}\n` }));
}

function kindOf(label: string): PemBlock['kind'] {
  if (label === 'CERTIFICATE' || label === 'X509 CERTIFICATE') return 'certificate';
  return label.endsWith('PRIVATE KEY') ? 'key' : 'other';
}
