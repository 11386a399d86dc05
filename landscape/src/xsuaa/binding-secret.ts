import { randomBytes, randomUUID } from 'node:crypto';

/** Makes a client secret in XSUAA's form; the dollar sign is SAP's, and a trap for shells. */
export function makeBindingSecret(): string {
  return `${randomUUID()}$${randomBytes(32).toString('base64')}`;
}
