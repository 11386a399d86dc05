import { X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { parseDistinguishedName, readCertificateName, type CanonicalName } from './distinguished-name';

/** Whom a certificate stands for, and what that one may do. */
export interface RoleEntry {
  /** e.g. the customer. */
  readonly name: string;
  readonly roles: ReadonlySet<string>;
}

/** An entry for every certificate with these names that one of the issuers has signed: it outlives a renewal. */
export interface RenewableEntry extends RoleEntry {
  /** What it is found by, see `namesKey`. */
  readonly key: string;
  /** Certificates that begin earlier are refused; milliseconds since the epoch. */
  readonly issuedAfterMs: number | undefined;
}

/** Client certificates and their roles. */
export interface CertificateRoles {
  /** By `x5t#S256`: exactly this certificate. */
  readonly pinned: ReadonlyMap<string, RoleEntry>;
  /** By `namesKey`. */
  readonly renewable: ReadonlyMap<string, RenewableEntry>;
  /** Who must have signed a certificate that is known by its names only. */
  readonly issuers: readonly X509Certificate[];
}

export function namesKey(subject: CanonicalName, issuer: CanonicalName): string {
  return `${subject} ${issuer}`;
}

const text = v.pipe(v.string('must be a text'), v.nonEmpty('must not be empty'));
const role = v.pipe(
  v.string('must be a text'),
  v.regex(/^[\w.-]{1,64}$/, 'must have 1 to 64 letters, digits, . - and _'),
);
const thumbprint = v.pipe(
  v.string('must be a text'),
  v.regex(/^[\w-]{43}$/, 'must be SHA-256 in base64url, 43 characters, as mtls cert extract prints it'),
);
const name = v.pipe(
  text,
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const canonical = parseDistinguishedName(dataset.value);
    if (canonical !== undefined) return canonical;
    addIssue({ message: 'must be a name as mtls cert extract prints it, e.g. CN=client,O=Example' });
    return NEVER;
  }),
);
const certificate = v.pipe(
  text,
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const read = readIssuer(dataset.value);
    if (read !== undefined) return read;
    addIssue({ message: 'must be the certificate of an authority in PEM, one certificate a text' });
    return NEVER;
  }),
);
const TIME_WANTED = 'must be a time such as 2026-11-22T08:00:00Z';
/** Milliseconds since the epoch. The pattern lets through what Date.parse cannot read, and no certificate is older than NaN. */
const time = v.pipe(
  v.string('must be a text'),
  v.isoTimestamp(TIME_WANTED),
  v.transform((timestamp) => Date.parse(timestamp)),
  v.finite(TIME_WANTED),
);
const entrySchema = v.strictObject({
  name: text,
  roles: v.pipe(v.array(role, 'must be a list'), v.minLength(1, 'must name a role')),
  'x5t#S256': v.optional(thumbprint),
  subject: v.optional(name),
  issuer: v.optional(name),
  'issued-after': v.optional(time),
});
const schema = v.strictObject({
  issuers: v.optional(v.array(certificate, 'must be a list'), []),
  certificates: v.array(entrySchema, 'must be a list'),
});

type Entry = v.InferOutput<typeof entrySchema>;

/** Reads what a file or a service holds; whatever is wrong goes to `report`, with where it stands, and gives undefined. */
export function parseCertificateRoles(value: unknown, report: (problem: string) => void): CertificateRoles | undefined {
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) {
    for (const issue of parsed.issues) report(describeIssue(issue));
    return undefined;
  }
  const { issuers, certificates } = parsed.output;
  const authorities = new Set(issuers.map(({ subject }) => readCertificateName(subject)));
  const pinned = new Map<string, RoleEntry>();
  const renewable = new Map<string, RenewableEntry>();
  let isGood = true;
  for (const [index, entry] of certificates.entries()) {
    const problem = addEntry(entry, { pinned, renewable, authorities });
    if (problem === undefined) continue;
    isGood = false;
    report(`certificates.${index} (${entry.name}) ${problem}`);
  }
  return isGood ? { pinned, renewable, issuers } : undefined;
}

interface Maps {
  readonly pinned: Map<string, RoleEntry>;
  readonly renewable: Map<string, RenewableEntry>;
  readonly authorities: ReadonlySet<CanonicalName | undefined>;
}

/** Adds it to the map where it belongs, or says why it cannot be used. */
function addEntry(entry: Entry, { pinned, renewable, authorities }: Maps): string | undefined {
  const { 'x5t#S256': hash, subject, issuer, 'issued-after': issuedAfterMs } = entry;
  const found = { name: entry.name, roles: new Set(entry.roles) };
  if (hash !== undefined) {
    if (subject !== undefined || issuer !== undefined || issuedAfterMs !== undefined)
      return 'has "x5t#S256" and names: give the one or the others';
    if (pinned.has(hash)) return 'has the "x5t#S256" of another entry: put all its roles into one';
    pinned.set(hash, found);
    return undefined;
  }
  if (subject === undefined || issuer === undefined) return 'needs "x5t#S256", or "subject" and "issuer"';
  // The platform passes on any certificate whose key the client has. Anybody can make one with these names.
  if (!authorities.has(issuer))
    return 'has an "issuer" whose certificate is not in "issuers": without it, names can be forged';
  const key = namesKey(subject, issuer);
  if (renewable.has(key)) return 'has the names of another entry: put all its roles into one';
  renewable.set(key, { ...found, key, issuedAfterMs });
  return undefined;
}

const PEM = /^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----$/;

function readIssuer(pem: string): X509Certificate | undefined {
  if (!PEM.test(pem.trim())) return undefined;
  try {
    const read = new X509Certificate(pem.trim());
    return read.ca ? read : undefined;
  } catch {
    return undefined;
  }
}

function describeIssue(issue: v.InferIssue<typeof schema>): string {
  const path = v.getDotPath(issue) ?? 'the whole';
  if (issue.type !== 'strict_object') return `${path} ${issue.message}`;
  return issue.expected === 'never' ? `${path} is unknown` : `${path} is missing or no object`;
}
