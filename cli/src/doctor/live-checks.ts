import { Failure } from '../failure';
import { toFinding, type Finding } from '../findings';
import type { CallSettings } from '../probe/call-settings';
import { fetchServerChain } from '../probe/fetch-server-chain';
import { HopFailure } from '../probe/hop';
import { judgeServerChain } from '../probe/judge-server-chain';
import { judgeFetchedToken } from '../probe/perform-call';
import { readAuthentication, requestToken, type TokenRequest } from '../probe/request-token';
import { nameOf } from '../service-key/bindings';
import {
  hasClient,
  readCertificateCredentials,
  readOAuthClient,
  readServiceUri,
} from '../service-key/client-credentials';
import type { SeenBinding } from './evidence';

/** One thing that was tried, and what came of it. */
export interface Check {
  readonly what: string;
  readonly findings: readonly Finding[];
}

/** Whether the binding's own client can ask for a token; the Destination Service's is tried with the service itself. */
export function hasTokenToTry({ binding }: SeenBinding): boolean {
  try {
    const { certificate, key } = readCertificateCredentials(binding);
    const isWithoutKey = certificate !== undefined && key === undefined;
    return hasClient(binding) && !isWithoutKey && readServiceUri(binding) === undefined;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** Fetches a token with a binding: only this tells one that was deleted. */
export async function checkToken(seen: SeenBinding, settings: CallSettings): Promise<Check> {
  return check(`token for ${seen.where}`, async () => {
    const request = describeTokenRequest(seen);
    const { claims } = await requestToken(request, settings);
    return claims === undefined ? [] : judgeFetchedToken(request, claims);
  });
}

/** @throws {Failure} naming what the binding lacks. */
export function describeTokenRequest({ binding }: SeenBinding): TokenRequest {
  const client = readOAuthClient(binding);
  const { clientId, tokenUrl } = client;
  return { party: `token for ${nameOf(binding)}`, clientId, tokenUrl, authentication: readAuthentication(client) };
}

/** Shakes hands with a server and looks at its certificate; nothing else is sent. */
export async function checkServer(url: URL, settings: CallSettings): Promise<Check> {
  return check(`server ${url.host}`, async () => {
    const { timeoutMs, trusted, proxyFor, now } = settings;
    const shown = await fetchServerChain({ url, timeoutMs, trusted, proxy: proxyFor(url), now });
    const { findings } = judgeServerChain(shown, { name: url.host, now: now() });
    return findings.map((finding) => ({ ...finding, where: url.host }));
  });
}

/** A failure of what was tried is its result. */
export async function check(what: string, act: () => Promise<readonly Finding[]>): Promise<Check> {
  try {
    return { what, findings: await act() };
  } catch (error) {
    if (error instanceof HopFailure) return { what, findings: [error.finding, ...error.further] };
    if (error instanceof Failure) return { what, findings: [toFinding(error, what)] };
    throw error;
  }
}
