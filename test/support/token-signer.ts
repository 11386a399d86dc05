import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import type { RunningLandscape } from './running-landscape';

export type Header = Readonly<Record<string, unknown>>;

/** Makes tokens that a service of the landscape might have issued: signed with its key, which its user can read. */
export class TokenSigner {
  readonly #key: KeyObject;
  readonly publicKey: KeyObject;
  /** Of a token that the service has issued. */
  readonly header: Header;
  readonly claims: JWTPayload;

  /** @param model a token that the service has issued, of which the made ones differ in what is given */
  constructor(
    landscape: RunningLandscape,
    service: 'xsuaa' | 'identity' | 'authorization-server',
    readonly model: string,
  ) {
    const file = join(landscape.home, 'signing-keys', `${service}.json`);
    const { privateKey } = JSON.parse(readFileSync(file, 'utf8')) as { privateKey: string };
    this.#key = createPrivateKey(privateKey);
    this.publicKey = createPublicKey(this.#key);
    this.header = decodeProtectedHeader(model);
    this.claims = decodeJwt(model);
  }

  /** Members that are undefined are left out. */
  sign(claims: Readonly<Record<string, unknown>> = {}, header: Header = {}): string {
    return this.signText(JSON.stringify({ ...this.claims, ...claims }), header);
  }

  /** With a payload as it is written, also such as no serializer writes. */
  signText(payload: string, header: Header = {}): string {
    return sealToken({ ...this.header, ...header }, payload, (input) => sign('sha256', input, this.#key));
  }
}

/** Joins header, payload and signature as JWS Compact Serialization does (RFC 7515 §7.1). */
export function sealToken(header: unknown, payload: string, signInput: (input: Buffer) => Buffer): string {
  const input = `${encode(JSON.stringify(header))}.${encode(payload)}`;
  return `${input}.${signInput(Buffer.from(input)).toString('base64url')}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
