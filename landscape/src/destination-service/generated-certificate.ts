import { createPrivateKey } from 'node:crypto';
import * as v from 'valibot';
import type { CertificateAuthority } from '../ca/certificate-authority';
import { subaccount } from '../xsuaa/subaccount';
import { formatOfName, type Certificate, type Generation } from './certificate';
import { ServiceError } from './service-error';

const DAY_MS = 86_400_000;
const KEY_LENGTH = 2048;
/** X.520 upper bound of a common name. */
const MAX_COMMON_NAME = 64;

const attributesSchema = v.object({
  Name: v.pipe(v.string(), v.trim(), v.nonEmpty()),
  Attributes: v.object({
    CN: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(MAX_COMMON_NAME)),
    CSR: v.optional(v.string()),
    Validity: v.object({
      TimeUnit: v.picklist(['DAYS', 'MONTHS', 'YEARS']),
      Value: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(365)),
    }),
    AutomaticRenew: v.optional(v.boolean(), false),
    Password: v.optional(v.string()),
  }),
});

/** Whether a body asks the service to generate the certificate. */
export function asksForGeneration(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'Attributes' in body;
}

/**
 * Generates a client certificate with its key as the attributes say: PEM, key first.
 * @throws {ServiceError} 400 naming the attribute that is missing, wrong or not offered here.
 */
export async function generateCertificate(
  body: unknown,
  ca: CertificateAuthority,
  now: number,
): Promise<{ name: string; value: Certificate }> {
  const result = v.safeParse(attributesSchema, body);
  if (!result.success) {
    const [issue] = result.issues;
    throw new ServiceError(400, `The property ${v.getDotPath(issue) ?? 'Attributes'} is not right: ${issue.message}`);
  }
  const { Name: name, Attributes: attributes } = result.output;
  if (formatOfName(name) !== 'pem')
    throw new ServiceError(400, `"${name}": this landscape generates PEM only (.pem, .crt, .cer)`);
  if (attributes.CSR !== undefined)
    throw new ServiceError(400, 'Attributes.CSR: this landscape generates the key too and takes no signing request');
  const generation = {
    commonName: attributes.CN,
    validityDays: toDays(attributes.Validity, now),
    automaticRenew: attributes.AutomaticRenew,
    ...(attributes.Password && { password: attributes.Password }),
  };
  return { name, value: await issueGenerated(generation, ca) };
}

/** Issues a certificate for a new key; renewing one means the same subject and duration again. */
export async function issueGenerated(generation: Generation, ca: CertificateAuthority): Promise<Certificate> {
  const { commonName, validityDays, password } = generation;
  const issued = await ca.issueClient({ commonName, locality: subaccount.id, keyLength: KEY_LENGTH, validityDays });
  const key = password === undefined ? issued.key : encrypt(issued.key, password);
  return {
    content: Buffer.from(key + issued.certificate),
    format: 'pem',
    generated: { generation, notAfter: Date.parse(issued.leaf.validTo) },
  };
}

function encrypt(key: string, passphrase: string): string {
  return createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();
}

function toDays({ TimeUnit: unit, Value: value }: { TimeUnit: string; Value: number }, now: number): number {
  const end = new Date(now);
  if (unit === 'DAYS') end.setUTCDate(end.getUTCDate() + value);
  if (unit === 'MONTHS') end.setUTCMonth(end.getUTCMonth() + value);
  if (unit === 'YEARS') end.setUTCFullYear(end.getUTCFullYear() + value);
  return Math.round((end.getTime() - now) / DAY_MS);
}
