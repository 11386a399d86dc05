import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { computeThumbprint, formatName, isSelfSigned } from './certificate';
import { IssuerPool } from './chain';
import type { Identity } from './identities';

/** Who signed a certificate, and who therefore believes it. */
export interface IssuerTrust {
  /** `listed` and `unlisted` tell of the list that was given. */
  readonly kind: 'self-signed' | 'sap' | 'public' | 'private' | 'listed' | 'unlisted';
  readonly text: string;
}

export interface TrustQuestion {
  /** The authorities that the other side trusts, where they are known. */
  readonly trusted?: readonly X509Certificate[];
  /** Whose certificate it is; a client's by default. */
  readonly purpose?: 'client' | 'server';
}

/** Judges the issuer of an identity, by a list of trusted certificates where there is one. */
export function judgeIssuer({ chain }: Identity, { trusted, purpose = 'client' }: TrustQuestion): IssuerTrust {
  const other = purpose === 'client' ? 'server' : 'client';
  const top = chain.at(-1) ?? chain[0];
  const name = `"${formatName(isSelfSigned(top) ? top.subject : top.issuer)}"`;
  if (trusted !== undefined) return judgeByList(chain, { trusted, name });
  if (chain.length === 1 && isSelfSigned(top))
    return {
      kind: 'self-signed',
      text:
        purpose === 'client'
          ? 'It has signed itself: only a server where it is registered believes it (mtls cert jwks, or import it there).'
          : 'It has signed itself: only a client that imported it believes it.',
    };
  // Only a hint: everybody can write such a name into a certificate.
  if (/\bO=SAP SE\b|\bO=SAP AG\b/.test(top.subject) || /\bO=SAP SE\b|\bO=SAP AG\b/.test(top.issuer))
    return {
      kind: 'sap',
      text: `Signed by an authority that calls itself SAP's, ${name}: nothing is left to be signed or paid. SAP's services know that root; any other ${other} has to import it.`,
    };
  if (isPublic(top))
    return { kind: 'public', text: `Signed below ${name}, which browsers and Node.js trust for servers.` };
  return {
    kind: 'private',
    text: `Signed below ${name}, which is no public authority: each ${other} has to import that root before it believes the certificate.`,
  };
}

function judgeByList(
  chain: Identity['chain'],
  { trusted, name }: { trusted: readonly X509Certificate[]; name: string },
): IssuerTrust {
  const thumbprints = new Set(trusted.map((one) => computeThumbprint(one)));
  const top = chain.at(-1) ?? chain[0];
  const anchored =
    chain.some((one) => thumbprints.has(computeThumbprint(one))) ||
    new IssuerPool(trusted).findIssuer(top, new Set()) !== undefined;
  return anchored
    ? { kind: 'listed', text: `Trusted: the list holds the authority ${name} or one below it.` }
    : { kind: 'unlisted', text: `Not trusted: the list holds neither ${name} nor an authority below it.` };
}

/** Whether one of the authorities that Node.js ships is this certificate or has issued it. */
function isPublic(top: X509Certificate): boolean {
  roots ??= rootCertificates.map((pem) => new X509Certificate(pem));
  const thumbprint = computeThumbprint(top);
  return (
    roots.some((root) => computeThumbprint(root) === thumbprint) ||
    new IssuerPool(roots).findIssuer(top, new Set()) !== undefined
  );
}

/** Parsed once, and only where somebody asks: some 140 certificates. */
let roots: readonly X509Certificate[] | undefined;
